import test, { type ExecutionContext } from 'ava';
import { development, production, PRODUCTION_ENV } from './config-files.ts';

const HASH = `{ hash: "sha256:${'A'.repeat(43)}" }`;
const ACCESS = [
  'resources: { im: { indicator: "https://im.example/" } }',
  'scopes: { read: { resource: im, description: { en: x } }, start: { resource: im, description: { en: x } } }',
  'roles: { member: { default: true, scopes: [read] } }',
  'clients:',
];

/** Problems of one client on a line of its own, as `column: message`. */
async function problemsOf(t: ExecutionContext, client: string, mode = development): Promise<string[]> {
  const files = await mode(t, ...ACCESS, client);
  const line = mode === development ? 7 : 9;
  const problems = await files.problems({ env: PRODUCTION_ENV });
  return problems.map((problem) => problem.replace(`config/tokenim.yaml:${line}:`, ''));
}

const judged = (title: string, client: string, ...expected: string[]): void =>
  test(title, async (t) => void t.deepEqual(await problemsOf(t, client), expected));

judged(
  'a confidential web client with redirect is accepted',
  `  a: { name: A, grants: [authorization_code, refresh_token, client_credentials], scopes: [openid, read, start],
      redirect_uris: ["https://a.example/cb"], post_logout_redirect_uris: ["https://a.example/"],
      origins: ["https://a.example"], secrets: [${HASH}], allowed_roles: [member], pkce: optional }`,
);
judged(
  'authorization_code needs a redirect',
  '  a: { name: A, grants: [authorization_code] }',
  '17: authorization_code needs redirect_uris',
);
judged(
  'refresh_token needs a grant that issues the first one',
  `  a: { name: A, grants: [client_credentials, refresh_token], secrets: [${HASH}] }`,
  '17: refresh_token needs authorization_code or device_code, which issue the first one',
);
judged(
  'client_credentials needs secrets',
  '  a: { name: A, grants: [client_credentials] }',
  '17: client_credentials needs secrets, jwks or jwks_uri (RFC 6749 §4.4)',
);
judged(
  'a public client cannot do without PKCE',
  '  a: { name: A, grants: [device_code], pkce: optional }',
  '46: a public client needs PKCE (RFC 7636)',
);
judged(
  'an unknown scope is told with the nearest',
  '  a: { name: A, grants: [device_code], scopes: [opnid, raed] }',
  '49: unknown scope `opnid`; did you mean `openid`?',
  '56: unknown scope `raed`; did you mean `read`?',
);
judged(
  'a scope that people may leave out is accepted',
  '  a: { name: A, grants: [device_code], scopes: [openid, profile, read], optional_scopes: [profile, read] }',
);
judged(
  'an optional scope is one that the client may ask for; a near one is told',
  '  a: { name: A, grants: [device_code], scopes: [openid, read], optional_scopes: [raed, start] }',
  '82: `raed` is not among the scopes of this client; did you mean `read`?',
  '88: `start` is not among the scopes of this client',
);
judged(
  'signing in, and approving sign-ins, cannot be optional',
  `  a: { name: A, grants: [authorization_code], redirect_uris: ["https://a.example/cb"], scopes: [openid, "qr:approve"],
      optional_scopes: [openid, "qr:approve"] }`,
  'config/tokenim.yaml:8:25: `openid` is what signing in means; it cannot be optional',
  'config/tokenim.yaml:8:33: `qr:approve` is asked for each time; it cannot be optional',
);
judged(
  'where nobody is asked nothing is optional',
  `  a: { name: A, grants: [client_credentials], secrets: [${HASH}], scopes: [read], optional_scopes: [read] }`,
  '138: nobody is asked for consent to a client with client_credentials alone',
);
judged(
  'people are not asked by applications of our own',
  '  a: { name: A, first_party: true, grants: [device_code], scopes: [openid, read], optional_scopes: [read] }',
  '83: people are not asked for consent to a first_party client',
);
judged(
  'an unknown allowed role is told with the nearest',
  '  a: { name: A, grants: [device_code], allowed_roles: [membre] }',
  '56: unknown role `membre`; did you mean `member`?',
);
judged(
  'a scope that no role grants is of no use to a client for people',
  '  a: { name: A, grants: [device_code], scopes: [start] }',
  '49: no role grants `start`: nobody could allow it to this client',
);
judged(
  'a scope that no role grants is of use to a client with credentials of its own',
  `  a: { name: A, grants: [client_credentials], scopes: [start], secrets: [${HASH}] }`,
);
judged(
  'the built-in client cannot be replaced',
  '  tokenim-web: { name: A, grants: [device_code] }',
  '3: `tokenim-web` is built in; choose another id',
);
judged(
  'a client cannot be named like an API key',
  '  tim_live_a: { name: A, grants: [device_code] }',
  '3: ids of API keys begin with tim_live_; choose another id',
);
judged(
  'a device client may not ask for scopes of our own interface',
  '  a: { name: A, grants: [authorization_code, device_code], redirect_uris: ["https://a.example/"], scopes: [qr:approve] }',
  '108: a client with device_code may not ask for `qr:approve`',
);
judged(
  'qr:approve needs a person at a browser',
  `  a: { name: A, grants: [client_credentials], scopes: [qr:approve], secrets: [${HASH}] }`,
  '56: `qr:approve` needs the grant authorization_code',
);
judged(
  'post-logout redirects follow the rules of redirects',
  '  a: { name: A, grants: [device_code], post_logout_redirect_uris: ["http://a.example/"] }',
  '68: must be https:; http: only with 127.0.0.1, [::1] or localhost, for a client of type native or in development',
);
judged(
  'an origin has no path',
  '  a: { name: A, grants: [device_code], origins: ["https://a.example/"] }',
  '50: must be an origin such as https://app.example: no path, no slash at its end',
);

test('in production qr:approve needs DPoP and a claimed https redirect', async (t) => {
  const loopback =
    '  a: { name: A, type: native, grants: [authorization_code], redirect_uris: ["http://127.0.0.1/cb"], scopes: [qr:approve] }';
  t.deepEqual(await problemsOf(t, loopback), []);
  t.deepEqual(await problemsOf(t, loopback, production), [
    '110: `qr:approve` needs dpop_bound_access_tokens in production',
    '110: `qr:approve` needs claimed https: redirect_uris in production',
  ]);
  const claimed =
    '  a: { name: A, type: native, grants: [authorization_code], redirect_uris: ["https://a.example/cb"], scopes: [qr:approve], dpop_bound_access_tokens: true }';
  t.deepEqual(await problemsOf(t, claimed, production), []);
});

test('a plain secret is refused with the way to hash it, and not repeated', async (t) => {
  for (const secret of ['hidden-hidden', '{ hash: hidden-hidden }', '{ hidden-hidden }', '{ hash: hidden, env: A }']) {
    const problems = await problemsOf(t, `  a: { name: A, grants: [client_credentials], secrets: [${secret}] }`);
    t.regex(problems.join('\n'), /tokenim secret hash|needs exactly one/);
    t.notRegex(problems.join('\n'), /hidden/);
  }
});

judged(
  'an empty list of secrets does not make a public client',
  '  a: { name: A, grants: [device_code], secrets: [] }',
  '40: `clients.a.secrets` needs at least one secret; leave secrets out for a public client',
);
