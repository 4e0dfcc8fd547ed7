// A code that is not the person's own (cross-device phishing, RFC 10027 §4.1). Who relays codes live and talks a person into
// approving cannot be told by a server: it says who asks, warns, demands a check where networks differ, and keeps records.
import { OPERATOR } from '../../helpers/auth-server.ts';
import { answerOn, approve, poll, scanLink, signedInPhone, startDevice } from '../../helpers/device.ts';
import { textOf } from '../../helpers/html.ts';
import { ask, post } from '../../helpers/http.ts';
import { createPhone } from '../../helpers/phone.ts';
import { createPhoneApp } from '../../helpers/phone-app.ts';
import { openScreen } from '../../helpers/screen.ts';
import { attacksOn, deviceRecords } from './attacks.ts';

const attack = attacksOn({ trusted_proxies: ['127.0.0.1'], qr: { check: 'risk' } });

const ATTACKER = '203.0.113.66';
const VICTIM = '198.51.100.7';
const from = (address: string) => ({ 'X-Forwarded-For': address });

attack(25, 'the sheet names who asks and warns, and the check is asked before anything is given', async (t, scene) => {
  const { server } = scene;
  const device = await startDevice(server, { scope: 'openid messages:read', headers: from(ATTACKER) });
  const person = await server.createPerson();
  const victim = createPhone(server.issuer, from(VICTIM));
  // Opened before the victim signs in, and after: neither the visit nor the sign-in answers for the person.
  const signIn = await victim.open(device.verification_uri_complete);
  const sheet = await victim.submit(signIn, { login: person.email, password: person.password });
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  const text = textOf(sheet.text);
  for (const shown of ['Living Room TV', ATTACKER, 'Read your messages', 'Only approve what you started yourself']) {
    t.true(text.includes(shown), shown);
  }
  t.false(sheet.text.includes(device.user_code), 'who does not see the screen cannot answer the check');
  const careless = await victim.submit(sheet, { decision: 'approve' });
  t.is(careless.status, 422);
  t.is((await poll(server, device)).body['access_token'], undefined);
  t.true(device.expires_in <= 600);
  await victim.submit(careless, { decision: 'deny' });
  t.is((await poll(server, device)).body['error'], 'access_denied');
  t.true((await deviceRecords(server, { account: person.id })).includes('device.denied'));
});

attack(26, 'nothing changes, nothing is recorded, and anybody may still scan', async (t, { server }) => {
  const device = await startDevice(server, { headers: from(VICTIM) });
  const looker = await server.createPerson();
  const phone = await signedInPhone(server, looker, from(VICTIM));
  const sheet = await scanLink(phone, device);
  const action = /action="(\/device\/[^"/]+)"/.exec(sheet.text)?.[1] ?? '';
  const looks = [device.verification_uri_complete, action, `${action}?decision=approve`, `${action}/scan`];
  for (const address of looks) await phone.open(address);
  for (const address of [...looks, device.qr_uri, `/device?user_code=${device.user_code}`]) {
    for (const headers of [{ 'Sec-Purpose': 'prefetch' }, { 'User-Agent': 'Slackbot-LinkExpanding 1.0' }]) {
      t.true((await ask(server, address, { headers })).status < 500, address);
    }
    await ask(server, address, { method: 'HEAD' });
  }
  await ask(server, device.events_uri, { method: 'HEAD' });
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  t.deepEqual(await deviceRecords(server, { account: looker.id }), []);
  const other = await signedInPhone(server, await server.createPerson(), from(VICTIM));
  t.is((await answerOn(other, device, 'approve')).status, 200);
  t.is((await poll(server, device)).status, 200);
});

attack(31, 'code_malformed before anything is looked up, whatever it looks like', async (t, { server }) => {
  const app = await createPhoneApp(server);
  const { verification_uri_complete: link } = await startDevice(server);
  const { host, pathname } = new URL(link);
  const codes: unknown[] = [
    `https://evil.example${pathname}`,
    `http://${host}.evil.example${pathname}`,
    `http://${host}@evil.example${pathname}`,
    `http://evil@${host}${pathname}`,
    `https://${host}${pathname}`,
    `//${host}${pathname}`,
    `javascript:${link}`,
    `${link}/more`,
    `http://${host}/device`,
    '',
    ' ',
    'BBBB',
    'BBBB-BBBB-B',
    'x'.repeat(513),
    '<script>',
    42,
    null,
    { link },
    undefined,
  ];
  for (const code of codes) {
    const { status, body } = await app.scan(code);
    t.deepEqual([status, body['code']], [400, 'code_malformed'], String(code));
  }
});

attack(40, 'the sheet shows what the trusted proxy saw', async (t, { server }) => {
  const forged = '192.0.2.99';
  const headers = {
    'X-Forwarded-For': `${forged}, ${ATTACKER}`,
    'X-Real-IP': forged,
    'X-Client-IP': forged,
    'CF-Connecting-IP': forged,
    Forwarded: `for=${forged}`,
  };
  const device = await startDevice(server, { headers });
  const phone = await signedInPhone(server, await server.createPerson(), from(VICTIM));
  const sheet = await scanLink(phone, device);
  t.true(sheet.text.includes(ATTACKER));
  t.false(sheet.text.includes(forged));
  const { body } = await (await createPhoneApp(server)).scan(device.verification_uri_complete, from(VICTIM));
  t.is((body['device'] as { ip: string }).ip, ATTACKER);
});

// One device for both sides has one network, and is not told apart: phones have the authorization code flow for that.
attack(41, 'where networks differ the check is asked, and moving in later does not spare it', async (t, { server }) => {
  const app = await createPhoneApp(server);
  const checkOf = async (requester: string, approver: string) => {
    const device = await startDevice(server, { takesDigits: true, headers: from(requester) });
    return (await app.scan(device.verification_uri_complete, from(approver))).body['check'];
  };
  t.is(await checkOf('203.0.113.9', '203.0.113.200'), null);
  t.is(await checkOf('2001:db8:1:2::9', '2001:db8:1:3::7'), null);
  t.truthy(await checkOf('203.0.113.9', '198.51.100.7'));
  t.truthy(await checkOf('2001:db8:1::9', '2001:db8:2::9'));
  t.truthy(await checkOf('203.0.113.9', '2001:db8:2::9'));

  const device = await startDevice(server, { headers: from('203.0.113.9') });
  const scan = await app.scan(device.verification_uri_complete, from('198.51.100.7'));
  const again = await app.scan(device.verification_uri_complete, from('203.0.113.10'));
  t.deepEqual(again.body['check'], { ask: 'user_code' });
  t.is((await app.approve(scan.body['transaction'], undefined, from('203.0.113.10'))).status, 422);
});

attack(
  42,
  'a refusal is final and recorded; what was given before is ended with the account',
  async (t, { server }) => {
    const person = await server.createPerson();
    const phone = await signedInPhone(server, person);
    const [given, refused] = [await startDevice(server, { scope: 'offline_access openid' }), await startDevice(server)];
    await approve(server, given, person);
    const { body } = await poll(server, given);
    const screen = await openScreen(server);
    const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
    await phone.submit(sheet, { decision: 'approve' });
    t.is((await screen.browser.open('/qr')).url.pathname, '/account');

    await answerOn(phone, refused, 'deny');
    t.is((await poll(server, refused)).body['error'], 'access_denied');
    const { items } = await server.server.domain.audit.list({ account: person.id, type: 'device.denied', limit: 10 });
    t.is(items.length, 1);
    t.like(items[0], { account: person.id, client: 'tv', address: '127.0.0.1', userAgent: 'TestPhone/1.0' });

    await server.administration.disableAccount(OPERATOR, person.id);
    t.is((await screen.browser.open('/account')).url.pathname, '/account/sign-in');
    const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: String(body['refresh_token']) };
    const refresh = await post(server, 'token', form);
    t.is(refresh.body['error'], 'invalid_grant');
  },
);
