// Values that can be redeemed once, of each kind, ready to be redeemed: for tests of racing and replayed redemptions.
import type { AuthServer } from './auth-server.ts';
import { approve, DEVICE_GRANT, startDevice } from './device.ts';
import { authorizationRequest, callbackOf, connect, redirectUriOf, SECRETS, signInTo, walk } from './foreign-client.ts';
import { basic, post, type Reply, type Target } from './http.ts';
import { createPhone } from './phone.ts';

/** Redeems the same value once more, at the process asked. */
export type Redeem = (at: Target) => Promise<Reply>;

const SCOPE = 'openid offline_access messages:read';
const asCrm = basic('crm', SECRETS.crm);

export async function deviceCode(server: AuthServer): Promise<Redeem> {
  const device = await startDevice(server, { scope: SCOPE });
  await approve(server, device);
  const fields = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code };
  return (at) => post(at, 'token', fields);
}

export async function authorizationCode(server: AuthServer): Promise<Redeem> {
  const config = await connect(server, 'crm');
  const { url, verifier } = await authorizationRequest(config, { scope: SCOPE, prompt: 'consent' });
  const callback = callbackOf(await walk(createPhone(server.issuer), url, await server.createPerson()));
  const fields = {
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    redirect_uri: redirectUriOf('crm'),
    code_verifier: verifier,
  };
  return (at) => post(at, 'token', fields, asCrm);
}

export async function refreshToken(server: AuthServer): Promise<Redeem> {
  const config = await connect(server, 'crm');
  const { tokens } = await signInTo(config, await server.createPerson(), { scope: SCOPE, prompt: 'consent' });
  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  return (at) => post(at, 'token', fields, asCrm);
}

export const BEARERS = {
  'device code': { make: deviceCode, clientId: 'tv' },
  'authorization code': { make: authorizationCode, clientId: 'crm' },
  'refresh token': { make: refreshToken, clientId: 'crm' },
} as const;

/** Whether the access token works and the refresh token can be used. */
export async function areAlive(
  at: Target,
  { body }: Reply,
  clientId: string,
): Promise<{ access: boolean; refresh: boolean }> {
  const introspected = await post(
    at,
    'introspect',
    { token: String(body['access_token']) },
    basic('im-api', SECRETS['im-api']),
  );
  const fields = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
  const refreshed = await (clientId === 'crm'
    ? post(at, 'token', fields, asCrm)
    : post(at, 'token', { ...fields, client_id: clientId }));
  return { access: introspected.body['active'] === true, refresh: refreshed.status === 200 };
}
