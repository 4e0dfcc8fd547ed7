// Short secrets that people type: user codes (RFC 8628 §5.1) and the digits of the check (RFC 10027).
import { poll, type DeviceAnswer, signedInPhone, startDevice } from '../../helpers/device.ts';
import { notThese, sendDigits, shownBy } from '../../helpers/digits.ts';
import { createPhoneApp, type PhoneApp } from '../../helpers/phone-app.ts';
import { attacksOn, deviceRecords, type Scene } from './attacks.ts';

const WRONG = ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD', 'FFFF-FFFF', 'GGGG-GGGG', 'HHHH-HHHH'];
const TRUSTED = { trusted_proxies: ['127.0.0.1'] };
const from = (address: string) => ({ 'X-Forwarded-For': address });

async function statusesOf(app: PhoneApp, codes: readonly string[], address: string): Promise<number[]> {
  const statuses: number[] = [];
  for (const code of codes) statuses.push((await app.scan(code, from(address))).status);
  return statuses;
}

const guessing = attacksOn({ ...TRUSTED, limits: { user_code: { per_account: 3, per_address: 5, total: 15 } } });

guessing(11, 'stopped by account, address and in total, also with a right code', async (t, { server }) => {
  const device = await startDevice(server);
  const right = device.user_code;
  const [first, second] = [await createPhoneApp(server), await createPhoneApp(server)];
  const own = await startDevice(server);
  const tried = await statusesOf(first, [own.user_code, ...WRONG.slice(0, 2), right], '203.0.113.1');
  t.deepEqual(tried, [200, 404, 404, 429], 'a success does not begin the count anew');
  t.deepEqual(await statusesOf(first, [right], '203.0.113.2'), [429], 'the account is stopped wherever it goes');
  t.deepEqual(await statusesOf(second, [...WRONG.slice(0, 2), right], '203.0.113.1'), [404, 404, 429]);
  const phone = await signedInPhone(server, second.person, from('203.0.113.1'));
  const page = await phone.submit(await phone.open('/device'), { user_code: right });
  t.is(page.status, 429);
  t.true(Number(page.headers.get('Retry-After')) > 0);
  const many = [];
  for (let count = 0; count < 4; count++) {
    many.push(...(await statusesOf(await createPhoneApp(server), WRONG.slice(0, 3), `198.51.100.${count}`)));
  }
  t.deepEqual(new Set(many.slice(0, 9)), new Set([404]));
  t.is(many.at(-1), 429);
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
});

const sharing = attacksOn({ ...TRUSTED, limits: { user_code: { per_account: 3, per_address: 8, total: 1000 } } });

sharing(12, 'the abuser stops at the limit of the account, the neighbours go on', async (t, { server }) => {
  const [abuser, neighbour] = [await createPhoneApp(server), await createPhoneApp(server)];
  const statuses = await statusesOf(abuser, [...WRONG, ...WRONG, ...WRONG], '203.0.113.12');
  t.deepEqual(statuses.slice(0, 3), [404, 404, 404]);
  t.deepEqual(new Set(statuses.slice(3)), new Set([429]));
  const device = await startDevice(server);
  t.deepEqual(await statusesOf(neighbour, [device.user_code], '203.0.113.12'), [200]);
});

sharing(14, 'every spelling is one try of the account', async (t, { server }) => {
  const wide = (code: string) =>
    code.replace(/[A-Z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
  const spellings = ['BBBB-BBBB', 'bbbbbbbb', ' b b b b – bbbb ', wide('BBBB-BBBB')];
  const app = await createPhoneApp(server);
  t.deepEqual(await statusesOf(app, spellings, '203.0.113.14'), [404, 404, 404, 429]);
});

const checking = attacksOn({ qr: { check: 'always' } });

checking(24, 'three wrong tries end the code, those of another flow never count', async (t, { server }) => {
  const mine = await scanned(server);
  let other = await scanned(server);
  while (other.digits === mine.digits) other = await scanned(server);
  for (const flow of [mine, other]) await flow.app.approve(flow.transaction);
  t.is((await sendDigits(server, mine.device, other.digits)).status, 422);
  t.is((await poll(server, mine.device)).body['error'], 'authorization_pending');

  for (let count = 0; count < 2; count++) {
    const { status, body } = await sendDigits(server, mine.device, notThese(mine.digits));
    t.deepEqual([status, body['code']], [422, 'check_failed']);
  }
  const all = Array.from({ length: 90 }, (_, n) => String(10 + n)).filter((guess) => guess !== other.digits);
  const answers = await Promise.all(all.map((guess) => sendDigits(server, other.device, guess)));
  t.is(answers.filter(({ status }) => status === 422).length, 3, 'of all at once no more are tried');

  for (const { device, app, transaction, digits } of [mine, other]) {
    t.is((await sendDigits(server, device, digits)).status, 409);
    t.is((await app.approve(transaction)).body['code'], 'already_decided');
    t.is((await poll(server, device)).body['error'], 'access_denied');
    const records = await deviceRecords(server, { account: app.person.id });
    t.is(records.filter((record) => record === 'device.mismatch wrong_digits').length, 3);
    t.true(records.includes('device.denied check_failed'));
  }
});

interface Scanned {
  device: DeviceAnswer;
  app: PhoneApp;
  transaction: unknown;
  digits: string;
}

async function scanned(server: Scene['server']): Promise<Scanned> {
  const device = await startDevice(server, { takesDigits: true });
  const app = await createPhoneApp(server);
  const scan = await app.scan(device.verification_uri_complete);
  return { device, app, transaction: scan.body['transaction'], digits: shownBy(scan) };
}
