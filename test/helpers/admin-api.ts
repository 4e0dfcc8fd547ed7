// An administrator with an access token for `/api/v1`, on a server whose configuration has `ADMINISTRATION`.
import { ADMIN_ROLES } from './administrator.ts';
import type { AuthServer, TestPerson } from './auth-server.ts';
import { authorizationRequest, callbackOf, connect, exchange, walk } from './foreign-client.ts';
import { ask, type Reply } from './http.ts';
import { createPhone } from './phone.ts';

export const REDIRECT_URI = 'http://127.0.0.1:50123/callback';

/** Sections to be put beside those of tokenim.yaml. */
export const ADMINISTRATION = {
  ...ADMIN_ROLES,
  clients: {
    'admin-tool': {
      name: 'Administration Tool',
      type: 'native',
      grants: ['authorization_code'],
      redirect_uris: [REDIRECT_URI],
      scopes: ['openid', 'admin:read', 'admin:write'],
      lifetimes: { access_token: '1h' },
    },
  },
};

export type Call = (method: string, path: string, body?: unknown) => Promise<Reply>;

/** Calls `/api/v1` as a person of these roles. */
export async function adminApi(
  server: AuthServer,
  roles: readonly string[] = ['chief'],
): Promise<{ person: TestPerson; call: Call }> {
  const person = await server.createPerson({ roles });
  const config = await connect(server, 'admin-tool');
  const request = await authorizationRequest(config, {
    scope: 'openid admin:read admin:write',
    redirect_uri: REDIRECT_URI,
  });
  const callback = callbackOf(await walk(createPhone(server.issuer), request.url, person));
  const { access_token: token } = await exchange(config, callback, request);
  return { person, call: callAs(server, token) };
}

/** Calls `/api/v1` with the token. */
export const callAs =
  (server: AuthServer, token: string): Call =>
  (method, path, body) =>
    ask(server, `/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
