// Browsers that signed in to an account before. Their attempts are counted apart, so that failures of strangers never lock
// the owner out of them (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie holds a random name of
// the browser and a MAC for each login: it tells nobody which accounts those are, and grants nothing but attempts.
import type { SecretList } from '../config/config.ts';
import { derive, safeEqual } from '../lib/hash.ts';
import { loginBucket } from './identifier.ts';

export interface KnownBrowsers {
  /** The cookie of a browser in which the owner of these logins has just proved who they are. */
  remember(cookie: string | undefined, logins: readonly string[]): string;
  /** The name of the browser, when somebody signed in to it with this login before. */
  find(cookie: string | undefined, login: string): string | undefined;
}

export interface KnownBrowsersDeps {
  keys: () => SecretList;
  /** 128 random bits as text. */
  newName: () => string;
}

/** A person has two logins at most; a browser rarely more than a few people. */
const MAX_PROOFS = 12;
const PROOF_BYTES = 16;
const COOKIE = /^[\w-]{22}(?:\.[\w-]{22}){1,12}$/;

export function createKnownBrowsers({ keys, newName }: KnownBrowsersDeps): KnownBrowsers {
  const proof = (key: string, name: string, login: string): string =>
    derive(key, 'known browser', `${name}\0${loginBucket(login)}`)
      .subarray(0, PROOF_BYTES)
      .toString('base64url');

  const parse = (cookie: string | undefined): string[] =>
    cookie !== undefined && COOKIE.test(cookie) ? cookie.split('.') : [];

  return {
    remember(cookie, logins) {
      const [name = newName(), ...former] = parse(cookie);
      const proofs = logins.map((login) => proof(keys()[0], name, login));
      return [name, ...new Set([...proofs, ...former])].slice(0, MAX_PROOFS + 1).join('.');
    },
    find(cookie, login) {
      const [name, ...proofs] = parse(cookie);
      if (name === undefined) return undefined;
      const accepted = keys().map((key) => proof(key, name, login));
      return proofs.some((given) => accepted.some((expected) => safeEqual(given, expected))) ? name : undefined;
    },
  };
}
