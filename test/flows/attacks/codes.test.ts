// Device codes after their use and after their end, in foreign hands, and twice the same.
import { randomUUID } from 'node:crypto';
import { normalizeUserCode } from '../../../src/oidc/device-codes.ts';
import { startAuthServer } from '../../helpers/auth-server.ts';
import { areAlive, deviceCode } from '../../helpers/bearer.ts';
import { approve, type DeviceAnswer, poll, scanLink, signedInPhone, startDevice } from '../../helpers/device.ts';
import { readEvents } from '../../helpers/events.ts';
import { createPhoneApp, type PhoneApp } from '../../helpers/phone-app.ts';
import { attacksOn, deviceRecords } from './attacks.ts';

/** Longer than what racing requests are forgiven (`RACE_WINDOW_MS`). */
const REPLAY_SECONDS = 11;
const SCOPE = 'openid offline_access messages:read';
/** On Redis they pass in earnest, on machines with other work. */
const LIFE_SECONDS = 8;

const attack = attacksOn({
  clients: {
    brief: {
      name: 'Brief Display',
      grants: ['device_code'],
      scopes: ['openid'],
      lifetimes: { device_code: `${LIFE_SECONDS}s` },
    },
  },
});

attack(1, 'invalid_grant, and what the code gave is revoked and recorded', async (t, { server, pass }) => {
  const device = await startDevice(server, { scope: SCOPE });
  const person = await approve(server, device);
  const winner = await poll(server, device);
  t.is((await poll(server, device)).body['error'], 'invalid_grant');
  t.true((await areAlive(server, winner, 'tv')).access, 'a request sent twice is no replay');
  await pass(REPLAY_SECONDS);
  t.is((await poll(server, device)).body['error'], 'invalid_grant');
  t.deepEqual(await areAlive(server, winner, 'tv'), { access: false, refresh: false });
  const records = await deviceRecords(server, { account: person.id });
  t.deepEqual(records.toSorted(), [
    'device.approved',
    'device.redeemed',
    'device.replayed DeviceCode',
    'device.scanned',
  ]);
});

attack(2, 'of forty attempts at two servers one gets tokens, which live', async (t, { server }) => {
  const second = await startAuthServer(t, { beside: server });
  for (let round = 0; round < 3; round++) {
    const redeem = await deviceCode(server);
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, count) => redeem(count % 2 === 0 ? server : second)),
    );
    const [winner, ...others] = replies.filter(({ status }) => status === 200);
    if (!winner) return t.fail(`nobody won round ${round}`);
    t.is(others.length, 0);
    t.true(replies.every((reply) => reply === winner || reply.body['error'] === 'invalid_grant'));
    t.deepEqual(await areAlive(server, winner, 'tv'), { access: true, refresh: true });
  }
});

attack(3, 'invalid_grant before and after approval, and the owner loses neither pace nor tokens', async (t, scene) => {
  const { server } = scene;
  const device = await startDevice(server);
  const foreign = async () => (await poll(server, device, 'kiosk')).body['error'];
  for (let count = 0; count < 3; count++) t.is(await foreign(), 'invalid_grant');
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  await approve(server, device);
  t.is(await foreign(), 'invalid_grant');
  const { status, body } = await poll(server, device);
  t.is(status, 200);
  t.truthy(body['id_token']);
});

attack(4, 'the phone hears 410, the device expired_token, and one record tells of it', async (t, { server, pass }) => {
  const app = await createPhoneApp(server);
  const phone = await signedInPhone(server, app.person);
  const device = await startDevice(server, { clientId: 'brief' });
  const { transaction } = (await app.scan(device.verification_uri_complete)).body;
  const sheet = await scanLink(phone, device);
  const reader = await readEvents(server, device.events_uri);
  await pass(LIFE_SECONDS);
  await reader.ended;
  t.is(reader.hints().at(-1)?.state, 'expired');
  for (let count = 0; count < 3; count++) {
    t.is((await poll(server, device, 'brief')).body['error'], 'expired_token');
  }
  t.is((await phone.submit(sheet, { decision: 'approve' })).status, 410);
  t.is((await app.approve(transaction)).body['code'], 'code_expired');
  t.is((await app.scan(device.user_code)).body['code'], 'code_expired');
  t.is((await poll(server, device, 'brief')).body['error'], 'expired_token');
  t.deepEqual((await deviceRecords(server, { account: app.person.id })).toSorted(), [
    'device.expired',
    ...Array.from({ length: 3 }, () => 'device.mismatch code_expired'),
    'device.scanned',
  ]);
});

attack(5, 'in time it counts; tokens are given by the clock of the asked, never late', async (t, scene) => {
  const { server, storage, pass } = scene;
  const behind = await startAuthServer(t, { beside: server, clock: { now: () => Date.now() - 60_000 } });
  const [app, late] = [await createPhoneApp(server), await createPhoneApp(behind)];
  const scan = async (scanning: PhoneApp, device: DeviceAnswer) =>
    (await scanning.scan(device.verification_uri_complete)).body['transaction'];

  const inTime = await startDevice(server, { clientId: 'brief' });
  await pass(LIFE_SECONDS - (storage === 'sqlite' ? 1 : 4));
  t.is((await app.approve(await scan(app, inTime))).status, 204);
  t.is((await poll(server, inTime, 'brief')).status, 200);

  const [fetchedLate, answeredLate] = [
    await startDevice(server, { clientId: 'brief' }),
    await startDevice(server, { clientId: 'brief' }),
  ];
  t.is((await app.approve(await scan(app, fetchedLate))).status, 204);
  await pass(LIFE_SECONDS);
  t.is((await poll(server, fetchedLate, 'brief')).body['error'], 'expired_token');
  t.is((await late.approve(await scan(late, answeredLate))).status, 204);
  t.is((await poll(server, answeredLate, 'brief')).body['error'], 'expired_token');
});

attack(13, 'the newcomer gets another one, and the first keeps its own', async (t, { server }) => {
  const first = await startDevice(server);
  const newcomer = { device_code: randomUUID() };
  const exp = Math.floor(Date.now() / 1000) + 600;
  // Nobody outside can choose a user code; the draw is forced where it is stored.
  const drawn = { kind: 'DeviceCode', exp, clientId: 'tv', userCode: normalizeUserCode(first.user_code), params: {} };
  const got = await server.server.authorization.deviceCodes.reserve(newcomer.device_code, drawn, 600);
  t.regex(got, /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
  t.not(got, drawn.userCode);
  const app = await createPhoneApp(server);
  const { body } = await app.scan(first.user_code);
  t.is((await app.approve(body['transaction'])).status, 204);
  t.is((await poll(server, newcomer)).body['error'], 'authorization_pending');
  t.is((await poll(server, first)).status, 200);
});
