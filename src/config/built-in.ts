// What every installation has without writing it: the resource of our own JSON interface, the scope of the phone that
// approves QR sign-in, and the client of the page `/qr` (contract §3). Their names are not free for others.
import type { ClientConfig, ResourceConfig, ScopeConfig } from './config.ts';

/** Key of the resource that protects `/api/v1`. */
export const API_RESOURCE = 'api';
/** Lets a phone approve QR sign-ins. No role needs to grant it: every account may. */
export const QR_APPROVE = 'qr:approve';
/** See API keys, one's own and those of service accounts that one maintains. */
export const KEYS_READ = 'keys:read';
/** Make, rotate and revoke them. */
export const KEYS_WRITE = 'keys:write';
/** Reads what administration knows: who holds what and why. Roles grant it; see `config/tokenim.yaml`. */
export const ADMIN_READ = 'admin:read';
/** Changes what administration may change: accounts, roles, grants, keys, clients that no file manages. */
export const ADMIN_WRITE = 'admin:write';
/** The client of the page `/qr`. */
export const WEB_CLIENT = 'tokenim-web';
/** Client ids of API keys begin so (contract §4). */
export const API_KEY_PREFIX = 'tim_live_';

/** Scopes of our own interface: approving sign-ins, managing keys, administration. */
export const isReservedScope = (scope: string): boolean => scope === QR_APPROVE || /^(keys|admin):/.test(scope);

/** The issuer of a development server that names none. */
export const localIssuer = (port: number): string => `http://localhost:${port}`;

export const apiResource = (issuer: string): ResourceConfig => ({
  indicator: `${issuer}/api/v1`,
  token: 'jwt',
  introspected_by: [],
});

export const builtInScopes: Readonly<Record<string, ScopeConfig>> = {
  [QR_APPROVE]: {
    resource: API_RESOURCE,
    description: {
      en: 'Approve sign-ins on other devices by scanning a QR code',
      'zh-CN': '扫描二维码，批准在其他设备上登录',
      'zh-TW': '掃描 QR 碼，核准在其他裝置上登入',
    },
  },
  [KEYS_READ]: {
    resource: API_RESOURCE,
    description: { en: 'See your API keys', 'zh-CN': '查看您的 API 密钥', 'zh-TW': '查看您的 API 金鑰' },
  },
  [KEYS_WRITE]: {
    resource: API_RESOURCE,
    description: {
      en: 'Create, rotate and revoke API keys that may do what you may do',
      'zh-CN': '创建、轮换和吊销与您权限相同的 API 密钥',
      'zh-TW': '建立、輪替和撤銷與您權限相同的 API 金鑰',
    },
  },
  [ADMIN_READ]: {
    resource: API_RESOURCE,
    description: {
      en: 'See who may do what on this server, and why',
      'zh-CN': '查看本服务器上每个人的权限及其原因',
      'zh-TW': '檢視此伺服器上每個人的權限及其原因',
    },
  },
  [ADMIN_WRITE]: {
    resource: API_RESOURCE,
    description: {
      en: 'Administer this server: people, roles, applications, what each may do',
      'zh-CN': '管理本服务器：人员、角色、应用及其权限',
      'zh-TW': '管理此伺服器：人員、角色、應用程式及其權限',
    },
  },
};

export const webClient: ClientConfig = {
  name: 'TokenIM',
  first_party: true,
  type: 'web',
  grants: ['device_code'],
  redirect_uris: [],
  post_logout_redirect_uris: [],
  origins: [],
  secret_hashes: [],
  scopes: ['openid', 'profile'],
  id_token_signed_response_alg: 'ES256',
  pkce: 'required',
  dpop_bound_access_tokens: false,
  lifetimes: {},
};
