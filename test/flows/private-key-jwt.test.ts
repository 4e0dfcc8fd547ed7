// Clients that hold a key in place of a secret (`private_key_jwt`, OpenID Connect Core §9, RFC 7523), with openid-client; and what
// others send in their name.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { startAuthServer } from '../helpers/auth-server.ts';
import { approve } from '../helpers/device.ts';
import { connect, redirectUriOf, refusalOf, signInTo } from '../helpers/foreign-client.ts';
import { ask, post, type Reply, type Target } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Pair {
  key: CryptoKey;
  jwk: JWK;
}

async function pair(alg: string, kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

const pairs = {
  RS256: await pair('RS256', 'rsa'),
  PS256: await pair('PS256', 'pss'),
  ES256: await pair('ES256', 'ec'),
  Ed25519: await pair('Ed25519', 'okp'),
};
const other = await pair('ES256', 'ec');

/** The client's own page of keys, which a test changes. */
const published = { status: 200, keys: [pairs.ES256.jwk], asked: 0, body: undefined as string | undefined };
const site: Server = createServer((_req, res) => {
  published.asked++;
  res.writeHead(published.status, { Location: '/elsewhere' });
  res.end(published.body ?? JSON.stringify({ keys: published.keys }));
});
site.listen(0, '127.0.0.1');
await once(site, 'listening');
test.after.always(() => site.close());
const siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/jwks.json`;

const vault = {
  name: 'Vault',
  grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
  redirect_uris: [redirectUriOf('crm')],
  scopes: ['openid', 'offline_access', 'messages:read'],
};
const CONFIG = {
  clients: {
    vault: { ...vault, jwks: { keys: Object.values(pairs).map(({ jwk }) => jwk) } },
    remote: { ...vault, name: 'Remote', jwks_uri: siteUrl },
    lonely: { ...vault, name: 'Lonely', jwks_uri: 'http://127.0.0.1:9/jwks.json' },
  },
};

interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  /** Seconds from now. */
  exp?: number;
  jti?: string | null;
}

async function assertionOf(
  { issuer }: Target,
  { iss = 'vault', sub = iss, aud = issuer, exp = 60, jti = randomUUID() }: Claims = {},
  { key, jwk }: Pair = pairs.ES256,
  alg = 'ES256',
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss, sub, aud, iat: now, exp: now + exp, ...(jti !== null && { jti }) };
  return new SignJWT(claims).setProtectedHeader({ alg, kid: String(jwk.kid) }).sign(key);
}

const present = (target: Target, assertion: string, clientId?: string): Promise<Reply> =>
  post(target, 'token', {
    grant_type: 'client_credentials',
    scope: 'messages:read',
    client_assertion_type: ASSERTION,
    client_assertion: assertion,
    ...(clientId !== undefined && { client_id: clientId }),
  });

onEachStorage(
  ({ on, server }) => {
    const connected = (clientId: string, { key, jwk }: Pair) =>
      connect(server(), clientId, undefined, client.PrivateKeyJwt({ key, kid: String(jwk.kid) }));

    test(on('every grant, introspection and revocation are open to its key'), async (t) => {
      const config = await connected('vault', pairs.ES256);
      const scope = 'openid offline_access messages:read';
      const redirect_uri = redirectUriOf('crm');
      const person = await server().createPerson();
      const { tokens } = await signInTo(config, person, { scope, prompt: 'consent', redirect_uri });
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      t.true((await client.tokenIntrospection(config, refreshed.access_token)).active);
      await client.tokenRevocation(config, refreshed.refresh_token ?? '');
      t.is(await refusalOf(client.refreshTokenGrant(config, refreshed.refresh_token ?? '')), 'invalid_grant');
      t.is((await client.clientCredentialsGrant(config, { scope: 'messages:read' })).scope, 'messages:read');
      const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
      await approve(server(), { verification_uri_complete: device.verification_uri_complete ?? '' });
      t.truthy((await client.pollDeviceAuthorizationGrant(config, device)).id_token);
    });

    test(on('a person who signs in with its key gets the whole flow by pushed request too'), async (t) => {
      const config = await connected('vault', pairs.ES256);
      const url = await client.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: redirectUriOf('crm'),
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      });
      t.truthy(url.searchParams.get('request_uri'));
    });

    for (const [alg, signer] of Object.entries(pairs)) {
      test(on(`${alg} is taken`), async (t) => {
        t.is((await present(server(), await assertionOf(server(), {}, signer, alg))).status, 200);
      });
    }

    test(on('EdDSA, the former name of Ed25519, is taken'), async (t) => {
      t.is((await present(server(), await assertionOf(server(), {}, pairs.Ed25519, 'EdDSA'))).status, 200);
    });

    test(on('the token endpoint is a good audience, and so is a list of one'), async (t) => {
      const aud = `${server().issuer}/oauth/token`;
      t.is((await present(server(), await assertionOf(server(), { aud }))).status, 200);
      t.is((await present(server(), await assertionOf(server(), { aud: [aud] }))).status, 200);
    });

    const hostile: Record<string, Parameters<typeof assertionOf> extends [unknown, ...infer R] ? R : never> = {
      'for another server': [{ aud: 'https://other.example' }],
      'for another server beside this one': [{ aud: ['ISSUER', 'https://other.example'] }],
      'for another of our addresses': [{ aud: 'ISSUER/oauth/introspect' }],
      'that has expired': [{ exp: -30 }],
      'that lives for an hour': [{ exp: 3600 }],
      'without jti': [{ jti: null }],
      'issued by another client': [{ iss: 'remote', sub: 'vault' }],
      'under a known kid by another key': [{}, other],
    };
    for (const [what, [claims = {}, signer, alg]] of Object.entries(hostile)) {
      test(on(`an assertion ${what} is refused`), async (t) => {
        const { issuer } = server();
        const inPlace = (aud: string): string => aud.replace('ISSUER', issuer);
        const { aud } = claims;
        const at =
          aud === undefined ? claims : { ...claims, aud: Array.isArray(aud) ? aud.map(inPlace) : inPlace(aud) };
        const { status, body } = await present(server(), await assertionOf(server(), at, signer, alg));
        t.is(status, 401);
        t.is(body['error'], 'invalid_client');
      });
    }

    test(on('an assertion by HMAC under the public key, or without signature, is refused'), async (t) => {
      const [, claims = ''] = (await assertionOf(server())).split('.');
      const secret = new TextEncoder().encode(JSON.stringify(pairs.ES256.jwk));
      const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
      const mac = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'ec' }).sign(secret);
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
      for (const forged of [mac, none]) t.is((await present(server(), forged)).body['error'], 'invalid_client');
    });

    test(on('an assertion is taken once, by whichever process, also of many at the same moment'), async (t) => {
      const beside = await startAuthServer(t, { beside: server() });
      const assertion = await assertionOf(server());
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, index) => present(index % 2 === 0 ? server() : beside, assertion)),
      );
      t.is(replies.filter(({ status }) => status === 200).length, 1);
      t.true(replies.every(({ status, body }) => status === 200 || body['error'] === 'invalid_client'));
    });

    test(on('a secret, or nothing at all, does not open it'), async (t) => {
      const fields = { grant_type: 'client_credentials', client_id: 'vault' };
      t.is((await post(server(), 'token', fields)).body['error'], 'invalid_client');
      const guessed = { ...fields, client_secret: 'compared-by-hash-elsewhere' };
      t.is((await post(server(), 'token', guessed)).body['error'], 'invalid_client');
    });

    test(on('discovery says how its key is taken'), async (t) => {
      const { body } = await ask(server(), '/.well-known/openid-configuration');
      t.true((body['token_endpoint_auth_methods_supported'] as string[]).includes('private_key_jwt'));
      t.deepEqual(body['token_endpoint_auth_signing_alg_values_supported'], [
        'RS256',
        'PS256',
        'ES256',
        'EdDSA',
        'Ed25519',
      ]);
    });

    test.serial(on('keys at jwks_uri are kept; an unknown one is asked for, once in a while'), async (t) => {
      const beside = await startAuthServer(t, { beside: server() });
      const sign = async (signer: Pair) => present(beside, await assertionOf(server(), { iss: 'remote' }, signer));
      Object.assign(published, { keys: [pairs.ES256.jwk], asked: 0 });
      t.is((await sign(pairs.ES256)).status, 200);
      t.is((await sign(pairs.ES256)).status, 200);
      t.is(published.asked, 1);
      const [fresh, strange] = [await pair('ES256', 'fresh'), await pair('ES256', 'strange')];
      published.keys = [fresh.jwk];
      t.is((await sign(fresh)).status, 200);
      t.is((await sign(pairs.ES256)).status, 401, 'the former key is no longer published');
      t.is((await sign(strange)).status, 401);
      t.is(published.asked, 2, 'somebody who sends unknown keys makes us ask no more often');
    });

    test.serial(on('changed keys count from the reload on'), async (t) => {
      const beside = await startAuthServer(t, {
        config: { clients: { vault: { ...vault, jwks: { keys: [other.jwk] } } } },
      });
      t.is((await present(beside, await assertionOf(beside, {}, other))).status, 200);
      const jwk = JSON.stringify(pairs.RS256.jwk);
      await beside.edit((text) =>
        text.replace(
          '  kiosk:',
          `  vault2: ${JSON.stringify({ ...vault, jwks: { keys: ['KEY'] } }).replace('"KEY"', jwk)}\n  kiosk:`,
        ),
      );
      t.is(await beside.server.reload.reload('start'), undefined);
      const added = await assertionOf(beside, { iss: 'vault2' }, pairs.RS256, 'RS256');
      t.is((await present(beside, added)).status, 200);
      await beside.edit((text) => text.replace(jwk, JSON.stringify(pairs.PS256.jwk)));
      t.is(await beside.server.reload.reload('start'), undefined);
      const former = await assertionOf(beside, { iss: 'vault2' }, pairs.RS256, 'RS256');
      t.is((await present(beside, former)).body['error'], 'invalid_client');
      const now = await assertionOf(beside, { iss: 'vault2' }, pairs.PS256, 'PS256');
      t.is((await present(beside, now)).status, 200);
    });
  },
  { config: CONFIG },
);
