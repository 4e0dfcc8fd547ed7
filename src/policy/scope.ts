// Scopes as they are written (RFC 6749 §3.3), which resource they select (RFC 8707), and how a person reads them.
// Whether they are granted is decided in `decide.ts`.
import type { Config, Locale, LocalizedText, ResourceConfig } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';

/** RFC 6749 §3.3: 1*( %x21 / %x23-5B / %x5D-7E ). */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** The scopes of a `scope` parameter, each once, in order. Throws `invalid_scope` (`invalid`) for other characters. */
export function parseScope(scope: string): string[] {
  const scopes = [...new Set(scope.split(' '))].filter((token) => token !== '');
  if (scopes.every((token) => SCOPE_TOKEN.test(token))) return scopes;
  throw new DomainError('invalid', 'invalid_scope', { detail: 'scope has a character outside RFC 6749 section 3.3' });
}

export type ResourceSelection =
  /** OpenID and unknown scopes select nothing. */
  | { kind: 'none' }
  | { kind: 'one'; name: string; resource: ResourceConfig }
  /** To be answered with `invalid_target` (RFC 8707 §2), naming them. */
  | { kind: 'several'; names: string[] };

/** The resource that scopes select when a request has no `resource` parameter. */
export function selectResource(
  scopes: readonly string[],
  { scopes: known, resources }: Pick<Config, 'scopes' | 'resources'>,
): ResourceSelection {
  const owners = scopes.map((scope) => (Object.hasOwn(known, scope) ? known[scope]?.resource : undefined));
  const names = [...new Set(owners)].filter((name) => name !== undefined);
  const [name, ...others] = names;
  if (name === undefined) return { kind: 'none' };
  if (others.length > 0) return { kind: 'several', names };
  const resource = resources[name];
  return resource ? { kind: 'one', name, resource } : { kind: 'none' };
}

const OPENID_DESCRIPTIONS: Readonly<Record<string, LocalizedText>> = {
  openid: { en: 'Know who you are', 'zh-CN': '识别您的身份', 'zh-TW': '識別您的身分' },
  profile: { en: 'See your name and language', 'zh-CN': '查看您的姓名和语言', 'zh-TW': '查看您的姓名和語言' },
  email: { en: 'See your e-mail address', 'zh-CN': '查看您的邮箱地址', 'zh-TW': '查看您的電子郵件地址' },
  phone: { en: 'See your phone number', 'zh-CN': '查看您的电话号码', 'zh-TW': '查看您的電話號碼' },
  offline_access: {
    en: 'Keep this access while you are away',
    'zh-CN': '在您离开时保持授权',
    'zh-TW': '在您離開時保持授權',
  },
};

/** What a consent page says of a scope; the scope itself when nobody described it. */
export function describeScope(scope: string, locale: Locale, scopes: Config['scopes']): string {
  const own = Object.hasOwn(scopes, scope) ? scopes[scope]?.description : undefined;
  const openid = Object.hasOwn(OPENID_DESCRIPTIONS, scope) ? OPENID_DESCRIPTIONS[scope] : undefined;
  const text = own ?? openid;
  return text?.[locale] ?? text?.en ?? scope;
}
