// Why a scope is granted or denied, in sentences that name the role, key, consent or client and where it is written. Pure:
// `decide.ts` decides, `roles.ts` says what roles grant, and `compose/explain.ts` finds the facts. What is no question of scopes is in
// `explain-door.ts`, the person's part in `explain-consent.ts`.
import { isReservedScope, QR_APPROVE } from '../config/built-in.ts';
import { OPENID_SCOPES } from '../config/config.ts';
import { type DecisionInput, type Limit, reasonsFor } from './decide.ts';
import { type Asking, askingOf } from './explain-consent.ts';
import { doorReasons } from './explain-door.ts';
import { at, type ExplainedReason, type Facts, listed, no, ownEntry, yes } from './explained.ts';
import { accountScopes, expandRoles, roleScopes, type RoleHolder, rolesOf } from './roles.ts';

/** `asks_consent`: nothing is in the way but the person, who will be asked. */
export type Verdict = 'granted' | 'asks_consent' | 'denied';

export interface Explanation {
  scope: string;
  verdict: Verdict;
  reasons: ExplainedReason[];
}

const OPENID: readonly string[] = OPENID_SCOPES;

export function explainScope(facts: Facts, scope: string): Explanation {
  const isKnown = OPENID.includes(scope) || Object.hasOwn(facts.config.scopes, scope);
  if (!isKnown) {
    return { scope, verdict: 'denied', reasons: [no('scope', `there is no scope \`${scope}\` in the configuration`)] };
  }
  const asking = askingOf(facts, scope);
  const decided = reasonsFor(limitsOf(facts, asking, scope), scope);
  const door = doorReasons(facts, scope);
  const verdict = verdictOf([...door, ...decided], asking);
  const reasons = decided.map(({ limit, allows }) => ({
    limit,
    allows,
    text: limit === 'consent' ? consentSentence(asking, verdict) : sentenceOf(facts, limit, scope, allows),
  }));
  return { scope, verdict, reasons: [...door, ...reasons, ...secondFactor(facts, scope), ...remarks(facts, scope)] };
}

function verdictOf(reasons: readonly Omit<ExplainedReason, 'text'>[], asking: Asking | undefined): Verdict {
  const against = reasons.filter(({ allows }) => !allows);
  if (against.length === 0) return 'granted';
  return asking?.willAsk && against.every(({ limit }) => limit === 'consent') ? 'asks_consent' : 'denied';
}

/** The same sets as a token request meets; absent where nothing limits. */
function limitsOf(
  { config, account, clientId, key }: Facts,
  asking: Asking | undefined,
  scope: string,
): Omit<DecisionInput, 'requested'> {
  const client = clientId === undefined || key ? undefined : ownEntry(config.clients, clientId);
  const granted = account && (key ? roleScopes(account, config.roles) : accountScopes(account, config.roles));
  return {
    ...(clientId !== undefined && !key && { clientScopes: client?.scopes ?? [] }),
    ...(granted && { accountScopes: granted }),
    ...(key && { keyScopes: key.scopes }),
    ...(asking && { consentedScopes: asking.isGiven ? [scope] : [] }),
  };
}

function consentSentence(asking: Asking | undefined, verdict: Verdict): string {
  return `${asking?.text ?? ''}${verdict === 'asks_consent' ? '; they will be asked' : ''}`;
}

function sentenceOf(
  { config, account, clientId = '', key }: Facts,
  limit: Limit,
  scope: string,
  allows: boolean,
): string {
  if (limit === 'client')
    return `${clientId} ${allows ? 'may' : 'may not'} ask for it${at(config, 'clients', clientId)}`;
  if (limit === 'role') return account ? roleSentence(config, account, scope, allows) : '';
  return `the key "${key?.name}" ${allows ? 'was given it' : `was given only ${key?.scopes.join(' ') || 'nothing'}`}`;
}

function roleSentence(
  config: Facts['config'],
  account: NonNullable<Facts['account']>,
  scope: string,
  allows: boolean,
): string {
  const granting = Object.keys(config.roles).filter((role) => config.roles[role]?.scopes.includes(scope));
  const held = rolesOf(account, config.roles);
  if (allows) {
    const by = granting.filter((role) => held.includes(role));
    if (by.length === 0) return `every person has it without a role`;
    return `${account.name} has it by ${by.map((role) => way(config, account, role)).join('; ')}`;
  }
  const others = granting.length > 0 ? `; ${listed(config, granting)} would grant it` : '; no role grants it';
  const none =
    held.length === 0
      ? 'holds no role'
      : `holds ${listed(config, held)}, which ${held.length === 1 ? 'does' : 'do'} not grant it`;
  return `${account.name} ${none}${others}`;
}

/** How the role came to the account. */
function way(config: Facts['config'], account: RoleHolder, role: string): string {
  const named = `role ${role}${at(config, 'roles', role)}`;
  if (account.roles.includes(role)) return named;
  if (account.kind === 'person' && config.roles[role]?.default) return `${named}, which everybody has`;
  const parents = rolesOf(account, config.roles).filter((name) => config.roles[name]?.includes.includes(role));
  return `${named}, included in ${listed(config, parents)}`;
}

/** Granted by roles that have no effect after a weaker sign-in. */
function secondFactor({ config, account, key }: Facts, scope: string): ExplainedReason[] {
  if (!account || key || !accountScopes(account, config.roles).includes(scope)) return [];
  if (accountScopes(account, config.roles, { mfa: false }).includes(scope)) return [];
  const demanding = expandRoles(rolesOf(account, config.roles), config.roles).filter(
    (role) => config.roles[role]?.require_mfa,
  );
  return [yes('second_factor', `only after signing in with a second factor: ${listed(config, demanding)} demands it`)];
}

function remarks({ account }: Facts, scope: string): ExplainedReason[] {
  if (!isReservedScope(scope)) return [];
  const needsNoRole = account?.kind === 'person' && scope === QR_APPROVE ? 'it needs no role; ' : '';
  return [yes('scope', `${needsNoRole}it can never be obtained by the device grant`)];
}
