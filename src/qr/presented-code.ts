// What a phone application may send as `code`: the link that it scanned, the handle in it, or a user code that somebody typed.
import { DomainError } from '../lib/errors.ts';

export type PresentedCode = { kind: 'handle'; handle: string } | { kind: 'user_code'; userCode: string };

const LONGEST = 512;
const HANDLE = /^[A-Z2-7]{26}$/;
const USER_CODE = /^[A-Z0-9]{8}$/;
const LINK_PATH = /^\/d\/([a-z2-7]{26})$/i;

/** Throws `code_malformed` for anything else, links of other servers above all: they may look like ours. */
export function parseCode(
  code: unknown,
  { issuer, normalizeUserCode }: { issuer: string; normalizeUserCode(input: string): string },
): PresentedCode {
  if (typeof code !== 'string' || code.length > LONGEST) throw malformed();
  const text = code.trim();
  if (text.includes(':') || text.includes('/')) return { kind: 'handle', handle: handleIn(text, issuer) };
  if (HANDLE.test(text.toUpperCase())) return { kind: 'handle', handle: text.toUpperCase() };
  const userCode = normalizeUserCode(text);
  if (!USER_CODE.test(userCode)) throw malformed();
  return { kind: 'user_code', userCode };
}

function handleIn(text: string, issuer: string): string {
  if (!URL.canParse(text)) throw malformed();
  const { origin, username, password, pathname } = new URL(text);
  const [, handle] = LINK_PATH.exec(pathname) ?? [];
  if (origin !== issuer || username !== '' || password !== '' || handle === undefined) throw malformed();
  return handle.toUpperCase();
}

const malformed = (): DomainError =>
  new DomainError('invalid', 'code_malformed', { detail: 'code: a scanned link of this server, or a user code' });
