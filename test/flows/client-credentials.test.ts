// The client credentials grant (RFC 6749 §4.4) with API keys as credentials, and with clients of the configuration. Scopes
// are those requested ∩ those of the key ∩ what the roles of its owner grant now (contract §4).
import test from 'ava';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { connect, refusalOf, SECRETS } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const GRANT = { grant_type: 'client_credentials' };
const DAY = 86_400;

onEachStorage(({ on, server, storage }) => {
  if (storage === 'sqlite') {
    test.serial(on('an expired key is refused'), async (t) => {
      const time = stopTime(t);
      const { key } = await createKey(server());
      time.advance(91 * DAY);
      const answer = await post(server(), 'token', GRANT, basic(key.client_id, key.client_secret));
      t.is(answer.body['error'], 'invalid_client');
    });
  }

  test(on('an API key obtains a signed token of the resource, in its own name and with its owner'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read', 'messages:send']);
    const config = await connect(server(), key.client_id, key.client_secret);
    const { access_token, expires_in, scope } = await client.clientCredentialsGrant(config, { scope: 'messages:read' });
    const claims = decodeJwt(access_token);
    t.like(decodeProtectedHeader(access_token), { typ: 'at+jwt', alg: 'ES256' });
    t.like(claims, {
      iss: server().issuer,
      aud: 'https://im.tokenim.example/',
      sub: key.client_id,
      client_id: key.client_id,
      owner: owner.id,
      scope: 'messages:read',
    });
    t.is(scope, 'messages:read');
    t.is(expires_in, 600);
  });

  test(on('the key may also stand in the body'), async (t) => {
    const { key } = await createKey(server());
    const { client_id, client_secret } = key;
    const answer = await post(server(), 'token', { ...GRANT, client_id, client_secret, scope: 'messages:read' });
    t.is(answer.status, 200);
  });

  test(on('without scope a key gets all that it may have of its resource'), async (t) => {
    const { key } = await createKey(server(), ['messages:read', 'messages:send']);
    const config = await connect(server(), key.client_id, key.client_secret);
    const { scope } = await client.clientCredentialsGrant(config);
    t.deepEqual(scope?.split(' ').toSorted(), ['messages:read', 'messages:send']);
  });

  test(on('a wrong, an altered and an unknown key are refused alike'), async (t) => {
    const { key } = await createKey(server());
    const other = await createKey(server());
    const attempts = [
      basic(key.client_id, other.key.client_secret),
      basic(key.client_id, `${key.client_secret.slice(0, -1)}${key.client_secret.endsWith('0') ? '1' : '0'}`),
      basic(key.client_id, key.client_id),
      basic('tim_live_000000000000', key.client_secret),
    ];
    const answers = await Promise.all(attempts.map((header) => post(server(), 'token', GRANT, header)));
    for (const { status, body, headers } of answers) {
      t.is(status, 401);
      t.deepEqual(body, answers[0]?.body);
      t.regex(headers.get('WWW-Authenticate') ?? '', /^Basic /);
    }
  });

  test(on('a key without its secret is refused'), async (t) => {
    const { key } = await createKey(server());
    const answer = await post(server(), 'token', { ...GRANT, client_id: key.client_id });
    t.is(answer.body['error'], 'invalid_client');
  });

  test(on('a revoked key is refused at once'), async (t) => {
    const { key } = await createKey(server());
    await server().administration.revokeKey(OPERATOR, key.client_id);
    const answer = await post(server(), 'token', GRANT, basic(key.client_id, key.client_secret));
    t.is(answer.body['error'], 'invalid_client');
  });

  test(on('the key of a disabled account is refused until the account is enabled again'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read']);
    const request = () => post(server(), 'token', GRANT, basic(key.client_id, key.client_secret));
    await server().administration.disableAccount(OPERATOR, owner.id);
    t.is((await request()).body['error'], 'invalid_client');
    await server().administration.enableAccount(OPERATOR, owner.id);
    t.is((await request()).status, 200);
  });

  test(on('a rotated key keeps its client_id, and the former secret works until the overlap ends'), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const next = await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: 60 });
    t.is(next.client_id, key.client_id);
    for (const secret of [key.client_secret, next.client_secret]) {
      t.is((await post(server(), 'token', GRANT, basic(key.client_id, secret))).status, 200);
    }
    const last = await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: 0 });
    t.is((await post(server(), 'token', GRANT, basic(key.client_id, key.client_secret))).status, 401);
    t.is((await post(server(), 'token', GRANT, basic(key.client_id, last.client_secret))).status, 200);
  });

  test(on('a scope that the key does not have is refused, and left out beside one that it has'), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const config = await connect(server(), key.client_id, key.client_secret);
    t.is(await refusalOf(client.clientCredentialsGrant(config, { scope: 'messages:send' })), 'invalid_scope');
    const { scope } = await client.clientCredentialsGrant(config, { scope: 'messages:read messages:send' });
    t.is(scope, 'messages:read');
  });

  test(on('a role taken from the owner takes its scopes from the next token'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read', 'calls:read'], ['support']);
    const config = await connect(server(), key.client_id, key.client_secret);
    const before = await client.clientCredentialsGrant(config);
    t.regex(before.scope ?? '', /calls:read/);
    await server().administration.revokeRole(OPERATOR, owner.id, 'support');
    const after = await client.clientCredentialsGrant(config);
    t.is(after.scope, 'messages:read');
    t.is(await refusalOf(client.clientCredentialsGrant(config, { scope: 'calls:read' })), 'invalid_scope');
  });

  test(on('scopes of two resources are invalid_target, naming both'), async (t) => {
    const answer = await post(
      server(),
      'token',
      { ...GRANT, scope: 'messages:read files:read' },
      basic('reports', SECRETS.reports),
    );
    t.is(answer.status, 400);
    t.is(answer.body['error'], 'invalid_target');
    const description = String(answer.body['error_description']);
    t.regex(description, /messages:read \(https:\/\/im\.tokenim\.example\/\)/);
    t.regex(description, /files:read \(https:\/\/files\.tokenim\.example\/\)/);
  });

  test(on('a client of the configuration uses its secret, of which the server has the hash'), async (t) => {
    const config = await connect(server(), 'reports');
    const { scope, access_token } = await client.clientCredentialsGrant(config, { scope: 'calls:read' });
    t.is(scope, 'calls:read');
    t.is(decodeJwt(access_token).sub, 'reports');
    const wrong = await post(server(), 'token', GRANT, basic('reports', 'compared-by-hash-elsewhere'));
    t.is(wrong.body['error'], 'invalid_client');
  });

  test(on('an opaque resource gets opaque tokens'), async (t) => {
    const config = await connect(server(), 'reports');
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'files:read' });
    t.false(access_token.includes('.'));
  });

  test(on('OpenID scopes, unknown scopes and qr:approve are refused'), async (t) => {
    const { key } = await createKey(server());
    for (const scope of ['openid', 'offline_access', 'no:such', 'qr:approve', 'constructor']) {
      const answer = await post(server(), 'token', { ...GRANT, scope }, basic(key.client_id, key.client_secret));
      t.is(answer.body['error'], 'invalid_scope', scope);
    }
  });

  test(on('a key cannot use other grants'), async (t) => {
    const { key } = await createKey(server());
    const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
    const answer = await post(server(), 'token', fields, basic(key.client_id, key.client_secret));
    t.is(answer.body['error'], 'unauthorized_client');
  });

  test(on('no secret and no token reaches the log'), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const answer = await post(server(), 'token', GRANT, basic(key.client_id, key.client_secret));
    t.is(answer.status, 200);
    await post(server(), 'token', { ...GRANT, client_secret: 'wrong-secret-in-body', client_id: key.client_id });
    const secrets = [key.client_secret, String(answer.body['access_token']), 'wrong-secret-in-body'];
    for (const secret of secrets) t.false(server().logged().includes(secret));
  });
});
