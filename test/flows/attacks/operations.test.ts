// What can be lost, found or go away around the flow: keys of others, leaked codes, the store, the last write, an answer.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { sha256 } from '../../../src/lib/hash.ts';
import { DEVICE_CODE_KIND, normalizeUserCode } from '../../../src/oidc/device-codes.ts';
import {
  approve,
  DEVICE_GRANT,
  type DeviceAnswer,
  poll,
  scanLink,
  signedInPhone,
  startDevice,
} from '../../helpers/device.ts';
import { sendDigits } from '../../helpers/digits.ts';
import { readEvents } from '../../helpers/events.ts';
import { ask, post, type Target } from '../../helpers/http.ts';
import { startFailingServer } from '../../helpers/outage.ts';
import { createPhoneApp } from '../../helpers/phone-app.ts';
import { attacksOn } from './attacks.ts';

const SCOPE = 'openid offline_access messages:read';

const attack = attacksOn({
  clients: {
    vault: {
      name: 'Vault Display',
      grants: ['device_code', 'refresh_token'],
      scopes: ['openid', 'offline_access', 'messages:read'],
      dpop_bound_access_tokens: true,
    },
  },
});

// The device grant has no PKCE, and a key is first seen at the token endpoint (RFC 9449 §5): who steals the code before its
// owner has redeemed it can bind it. After that nothing of the owner's works under another key.
attack(35, 'without a key nothing is given; what is bound to one is worth nothing under another', async (t, scene) => {
  const { server } = scene;
  const device = await startDevice(server, { clientId: 'vault', scope: SCOPE });
  await approve(server, device);
  const code = { grant_type: DEVICE_GRANT, client_id: 'vault', device_code: device.device_code };
  const [owner, thief] = [
    await proverFor(`${server.issuer}/oauth/token`),
    await proverFor(`${server.issuer}/oauth/token`),
  ];
  const redeem = async (fields: Record<string, string>, DPoP?: string) =>
    post(server, 'token', fields, { ...(DPoP !== undefined && { DPoP }) });
  for (const refused of [await redeem(code), await redeem(code, 'a.b.c')]) {
    t.is(refused.status, 400);
    t.is(refused.body['access_token'], undefined);
  }
  const { body } = await redeem(code, await owner.prove());
  t.is(body['token_type'], 'DPoP');
  t.deepEqual(decodeJwt(String(body['access_token']))['cnf'], { jkt: owner.thumbprint });
  t.is((await redeem(code, await thief.prove())).body['error'], 'invalid_grant');
  const refresh = { grant_type: 'refresh_token', client_id: 'vault', refresh_token: String(body['refresh_token']) };
  t.is((await redeem(refresh, await thief.prove())).body['error'], 'invalid_grant');
  t.is((await redeem(refresh, await owner.prove())).status, 200);
});

attack(
  36,
  'none is there after a whole flow, approved and denied, by page and by application',
  async (t, { server }) => {
    const [device, denied] = [
      await startDevice(server, { scope: SCOPE, takesDigits: true }),
      await startDevice(server),
    ];
    const app = await createPhoneApp(server);
    const reader = await readEvents(server, device.events_uri);
    await app.approve((await app.scan(device.verification_uri_complete)).body['transaction']);
    await sendDigits(server, device, '42');
    const { body } = await poll(server, device);
    const phone = await signedInPhone(server, app.person);
    const sheet = await scanLink(phone, denied);
    const answered = await phone.submit(sheet, { decision: 'deny' });
    await ask(server, device.qr_uri);
    await reader.ended;

    for (const page of [sheet, answered]) t.is(page.headers.get('Referrer-Policy'), 'no-referrer');
    t.notRegex(answered.url.href, new RegExp(`${denied.user_code}|${lastOf(denied.verification_uri_complete)}`));
    const secrets = [device, denied].flatMap((each) => [
      each.device_code,
      each.user_code,
      normalizeUserCode(each.user_code),
      ...[each.verification_uri_complete, each.events_uri, each.check_uri ?? `/${randomUUID()}`].map(lastOf),
    ]);
    const tokens = ['access_token', 'id_token', 'refresh_token'].map((name) => String(body[name]));
    const { items } = await server.server.domain.audit.list({ limit: 1000 });
    const written = JSON.stringify(items) + server.logged() + (await ask(server, '/metrics')).text;
    t.true(written.includes('/qr/check/:check') && written.includes(app.person.id));
    for (const secret of [...secrets, ...tokens, app.token, app.person.password]) {
      t.true(secret.length >= 8);
      t.false(written.includes(secret), `${secret.slice(0, 4)}…`);
    }
  },
);

attack(
  37,
  'each step is refused as temporary, works when repeated, and tokens are given once',
  async (t, { storage }) => {
    const { server, during } = await startFailingServer(t, storage);
    const app = await createPhoneApp(server);
    const [fresh, seen, given] = [await startDevice(server), await startDevice(server), await startDevice(server)];
    const scan = (device: DeviceAnswer) => app.scan(device.verification_uri_complete);
    const { transaction } = (await scan(seen)).body;
    await approve(server, given, app.person);
    const steps = [
      () => post(server, 'device_authorization', { client_id: 'tv', scope: 'openid' }),
      () => scan(fresh),
      () => app.approve(transaction),
      () => poll(server, given),
    ];
    for (const { status, headers, body } of await during(() => Promise.all(steps.map((step) => step())))) {
      t.is(status, 503);
      t.true(Number(headers.get('Retry-After')) > 0);
      t.is(body['access_token'], undefined);
    }
    for (const device of [fresh, seen]) t.is((await poll(server, device)).body['error'], 'authorization_pending');
    const [created, scanned, approved] = await Promise.all(steps.slice(0, 3).map((step) => step()));
    t.deepEqual([created?.status, scanned?.status, approved?.status], [200, 200, 204]);
    t.is((await poll(server, seen)).status, 200);
    const replies = await Promise.all(Array.from({ length: 5 }, () => poll(server, given)));
    t.is(replies.filter(({ status }) => status === 200).length, 1);
  },
);

// What a failover to a replica that lags behind does: the approval was acknowledged, and is not there.
attack(38, 'the person approves again, and it is still theirs alone', async (t, { server }) => {
  const { store } = server.server;
  const [owner, stranger] = [await createPhoneApp(server), await createPhoneApp(server)];
  const device = await startDevice(server);
  const id = sha256(device.device_code);
  const { transaction } = (await owner.scan(device.verification_uri_complete)).body;
  const { value: before } = (await store.get(DEVICE_CODE_KIND, id)) ?? {};
  t.is((await owner.approve(transaction)).status, 204);
  const { payload, handle } = before as { payload: { userCode: string }; handle: string };
  const unique = { userCode: payload.userCode, handle };
  await store.put(DEVICE_CODE_KIND, id, before, { unique, ttl: 600_000 });
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  t.is((await stranger.scan(device.verification_uri_complete)).body['code'], 'not_yours');
  t.is((await stranger.approve(transaction)).body['code'], 'not_yours');
  t.is((await owner.approve(transaction)).status, 204);
  t.is(decodeJwt(String((await poll(server, device)).body['id_token'])).sub, owner.person.id);
});

attack(39, 'the code is used up, and a new one works', async (t, { server }) => {
  const person = await server.createPerson();
  const device = await startDevice(server);
  await approve(server, device, person);
  await pollAndHangUp(server, device);
  t.is((await poll(server, device)).body['error'], 'invalid_grant');
  const next = await startDevice(server);
  await approve(server, next, person);
  t.is(decodeJwt(String((await poll(server, next)).body['id_token'])).sub, person.id);
});

const lastOf = (address: string): string => address.split('/').pop() ?? '';

async function proverFor(htu: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    prove: () =>
      new SignJWT({ htm: 'POST', htu, jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt()
        .sign(privateKey),
  };
}

/** The answer is on its way when the connection breaks. */
async function pollAndHangUp({ origin, issuer }: Target, { device_code }: DeviceAnswer): Promise<void> {
  const form = new URLSearchParams({ grant_type: DEVICE_GRANT, client_id: 'tv', device_code });
  const headers = { Host: new URL(issuer).host, 'Content-Type': 'application/x-www-form-urlencoded' };
  const sent = request(`${origin}/oauth/token`, { method: 'POST', headers, agent: false });
  await new Promise<void>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.once('error', () => {});
      response.destroy();
      resolve();
    });
    sent.end(form.toString());
  });
}
