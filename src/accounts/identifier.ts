// The names by which people sign in: e-mail addresses and user names, in the one form that is stored and compared.
// `account.ts` keeps them; `login.ts` counts attempts by `loginBucket`.
import { domainToASCII } from 'node:url';
import { isSeen } from '../lib/shown-text.ts';

const MAX_EMAIL = 254;
const MAX_LOCAL_PART = 64;
const MAX_DISPLAY_NAME = 100;
/** Nothing longer can be an e-mail address or a user name. */
const MAX_LOGIN = 320;

/** Characters that cannot be seen or that reorder their neighbours: two names that differ by them look alike. */
const INVISIBLE_OR_SPACE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;
const LOCAL_PART = /^[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}"(),:;<>@[\\\]]+$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const DOMAIN_LABELS = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const USERNAME = /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{1,63}$/u;
/** Alphabets with letters that look like one another's. */
const ALIKE = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Cherokee', 'Coptic', 'Lisu'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

// Twice NFKC: lower-casing can undo the first (U+0130).
const fold = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC').trim();

/**
 * The stored form of an e-mail address (RFC 5321 §4.1.2 without quoting, RFC 6531 for other scripts): lower case, NFKC,
 * the domain in ASCII (RFC 5891). `undefined` when it is not one.
 */
export function parseEmail(text: string): string | undefined {
  if (text.length > MAX_LOGIN) return undefined;
  const [local, domain, ...rest] = fold(text).split('@');
  if (local === undefined || domain === undefined || rest.length > 0) return undefined;
  if (!LOCAL_PART.test(local) || local.length > MAX_LOCAL_PART || !DOMAIN.test(domain)) return undefined;

  const ascii = domainToASCII(domain);
  const email = `${local}@${ascii}`;
  return DOMAIN_LABELS.test(ascii) && Buffer.byteLength(email) <= MAX_EMAIL ? email : undefined;
}

/** The stored form of a user name: 2 to 64 letters, digits, `.`, `_`, `-` of any script. `undefined` when it is not one. */
export function parseUsername(text: string): string | undefined {
  if (text.length > MAX_LOGIN) return undefined;
  const username = fold(text);
  return USERNAME.test(username) ? username : undefined;
}

/**
 * As `parseUsername`, of a name that somebody chooses: letters of one alphabet beside those that look like them in another
 * would make it another's twin (UTS #39 §5.2).
 */
export function parseNewUsername(text: string): string | undefined {
  const username = parseUsername(text);
  return username !== undefined && ALIKE.filter((script) => script.test(username)).length <= 1 ? username : undefined;
}

/** A name to show, trimmed; 1 to 100 characters, none of them invisible. `undefined` when it is not one. */
export function parseDisplayName(text: string): string | undefined {
  if (text.length > MAX_LOGIN) return undefined;
  const name = text.normalize('NFC').trim();
  const { length } = Array.from(name);
  return length <= MAX_DISPLAY_NAME && isSeen(name) ? name : undefined;
}

/** Under which identifier a typed login is looked up; `undefined` when no account can have it. */
export function parseLogin(text: string): { index: 'email' | 'username'; value: string } | undefined {
  const email = parseEmail(text);
  if (email !== undefined) return { index: 'email', value: email };
  const username = parseUsername(text);
  return username === undefined ? undefined : { index: 'username', value: username };
}

/**
 * What attempts are counted under. Coarser than the look-up on purpose: every spelling that reaches an account falls into
 * one bucket, and a login without an account has a bucket like any other.
 */
export function loginBucket(text: string): string {
  const visible = fold(text.slice(0, MAX_LOGIN)).replace(INVISIBLE_OR_SPACE, '');
  return parseLogin(visible)?.value ?? visible;
}
