// How a person reads a scope. Which resource it selects (RFC 8707) is in `oidc/resources.ts`; whether it is granted is
// decided in `decide.ts`.
import type { Config, Locale, LocalizedText } from '../config/config.ts';

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
