// Explains a pasted API key to who holds it: what copying did to it, and what the server thinks of it. Kept apart from
// `verify.ts`, which forgives nothing.
import { isReservedScope } from '../config/built-in.ts';
import type { ApiKey, FindOwner } from './api-key.ts';
import { API_KEYS_IN_TEXT, isApiKeyClientId, parseApiKey } from './format.ts';
import type { Verification, Verifier } from './verify.ts';

/** What copying added, so that the text is not the key itself. */
export type CopyingFault = 'white_space' | 'quotes' | 'invisible_characters' | 'full_width' | 'other_text';

export interface Inspection {
  /** What had to be put right before the text could be read as a key. */
  faults: CopyingFault[];
  /** Absent when not even the client_id can be read. */
  clientId?: string;
  verification: Verification;
  /** Of a key whose secret was presented: what it may do now, scope by scope. */
  scopes?: ScopeStanding[];
}

export interface ScopeStanding {
  scope: string;
  isGranted: boolean;
  /** Why it has no effect: the owner's roles, another resource than the key is for, or it is none for keys. */
  because?: 'role' | 'resource' | 'never';
  /** Those that would grant it, where the owner's do not any more. */
  roles: readonly string[];
}

export interface InspectDeps {
  verify: Verifier['verify'];
  /** What the roles of an account grant now. */
  findOwner: FindOwner;
  rolesGranting(scope: string): readonly string[];
  /** Indicator of the resource that the scope belongs to now. */
  resourceOf(scope: string): string | undefined;
}

const REPAIRS: readonly [CopyingFault, (text: string) => string][] = [
  ['full_width', (text) => text.normalize('NFKC')],
  ['invisible_characters', (text) => text.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')],
  ['other_text', onlyKeyIn],
  ['white_space', (text) => text.replace(/\s/gu, '')],
  ['quotes', (text) => text.replace(/^["'`“”‘’]+|["'`“”‘’]+$/gu, '')],
];

/** The one key among other words: `client_id:key`, `Bearer key`, `NAME="key",`. White space and quotes are no words. */
function onlyKeyIn(text: string): string {
  const [key, ...others] = new Set(text.match(API_KEYS_IN_TEXT));
  if (key === undefined || others.length > 0) return text;
  return /[^\s"'`“”‘’]/u.test(text.replaceAll(key, '')) ? key : text;
}

const LONGEST_PASTE = 1024;

function repair(text: string): { text: string; faults: CopyingFault[] } {
  const faults: CopyingFault[] = [];
  let repaired = text.slice(0, LONGEST_PASTE);
  for (const [fault, mend] of REPAIRS) {
    const mended = mend(repaired);
    if (mended !== repaired) faults.push(fault);
    repaired = mended;
  }
  return { text: repaired, faults };
}

function clientIdIn(text: string): string | undefined {
  const clientId = text.split('_').slice(0, 3).join('_');
  return isApiKeyClientId(clientId) ? clientId : undefined;
}

/** Reads the key as its holder meant it. Text and secret appear nowhere in the answer. */
export async function inspectApiKey(pasted: string, deps: InspectDeps, address?: string): Promise<Inspection> {
  const { text, faults } = repair(pasted);
  const parsed = parseApiKey(text);
  const clientId = clientIdIn(text);
  const verification: Verification = parsed.ok
    ? await deps.verify(parsed.clientId, text, address)
    : { kind: 'invalid', reason: parsed.reason };
  return {
    faults,
    ...(clientId !== undefined && { clientId }),
    verification,
    ...(verification.key && { scopes: await scopesNow(verification.key, deps) }),
  };
}

/** The key's scopes against its resource and what its owner's roles grant now. */
export async function scopesNow(
  { ownerId, scopes, resource }: Pick<ApiKey, 'ownerId' | 'scopes' | 'resource'>,
  { findOwner, rolesGranting, resourceOf }: Omit<InspectDeps, 'verify'>,
): Promise<ScopeStanding[]> {
  const granted = (await findOwner(ownerId))?.scopes ?? [];
  return scopes.map((scope): ScopeStanding => {
    const without = { scope, isGranted: false, roles: [] };
    if (isReservedScope(scope)) return { ...without, because: 'never' };
    if (!granted.includes(scope)) return { ...without, because: 'role', roles: rolesGranting(scope) };
    if (resource !== undefined && resource !== resourceOf(scope)) return { ...without, because: 'resource' };
    return { ...without, isGranted: true };
  });
}
