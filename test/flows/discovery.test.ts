// The two metadata documents (RFC 8414, OpenID Connect Discovery 1.0) say what is true of this server, and no more.
import test from 'ava';
import * as oauth from 'oauth4webapi';
import { startAuthServer, type AuthServer } from '../helpers/auth-server.ts';
import { ask } from '../helpers/http.ts';

let server: AuthServer;
test.before(async () => {
  server = await startAuthServer(undefined);
});
test.after.always(() => server.stop());

const PATHS = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

test('a foreign library accepts both documents', async (t) => {
  const issuer = new URL(server.issuer);
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    const options = { algorithm, [oauth.allowInsecureRequests]: true };
    const response = await oauth.discoveryRequest(issuer, options);
    t.is((await oauth.processDiscoveryResponse(issuer, response)).issuer, server.issuer);
  }
});

test('both documents say the same', async (t) => {
  const [first, second] = await Promise.all(PATHS.map((path) => ask(server, path)));
  t.deepEqual(first?.body, second?.body);
});

test('they name what is supported, and nothing obsolete', async (t) => {
  const { body } = await ask(server, PATHS[0] ?? '');
  t.like(body, {
    issuer: server.issuer,
    device_authorization_endpoint: `${server.issuer}/oauth/device_authorization`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  });
  const grants = body['grant_types_supported'] as string[];
  t.deepEqual(grants.toSorted(), [
    'authorization_code',
    'client_credentials',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
  ]);
  t.true((body['scopes_supported'] as string[]).includes('messages:read'));
});

test('every address that they name answers, and is ours', async (t) => {
  const { body } = await ask(server, PATHS[0] ?? '');
  const addresses = Object.entries(body).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
  t.true(addresses.length >= 8);
  for (const [name, address] of addresses) {
    t.true(String(address).startsWith(`${server.issuer}/`), name);
    t.not((await ask(server, String(address))).status, 404, name);
  }
});

test('the published keys are public, for both algorithms', async (t) => {
  const { body } = await ask(server, '/.well-known/jwks.json');
  const keys = body['keys'] as Record<string, unknown>[];
  t.deepEqual(
    keys.map(({ alg }) => String(alg)).toSorted((a, b) => a.localeCompare(b)),
    ['ES256', 'RS256'],
  );
  for (const key of keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) t.is(key[secret], undefined, secret);
  }
});

test('metadata may be read by pages of any site', async (t) => {
  const { headers } = await ask(server, PATHS[0] ?? '', { headers: { Origin: 'https://anywhere.example' } });
  t.true(['*', 'https://anywhere.example'].includes(headers.get('Access-Control-Allow-Origin') ?? ''));
});
