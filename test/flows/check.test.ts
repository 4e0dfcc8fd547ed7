// The check of a QR sign-in (RFC 10027): digits from phone to screen, or the user code from screen to phone, as policy asks. Digits
// that are guessed: attacks/guessing.test.ts; networks that differ: attacks/phishing.test.ts.
import test from 'ava';
import * as client from 'openid-client';
import type { AuthServer } from '../helpers/auth-server.ts';
import { type DeviceAnswer, poll, scanLink, signedInPhone, startDevice } from '../helpers/device.ts';
import { notThese, sendDigits, shownBy } from '../helpers/digits.ts';
import { connect } from '../helpers/foreign-client.ts';
import { attributeOf, textOf } from '../helpers/html.ts';
import { ask } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { createPhoneApp } from '../helpers/phone-app.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PENDING = 'authorization_pending';
/** People may leave out one of its scopes. */
const WALL = {
  name: 'Wall Display',
  grants: ['device_code'],
  scopes: ['openid', 'messages:read', 'calls:read'],
  optional_scopes: ['calls:read'],
};

const recordsOf = async (server: AuthServer, accountId: string) => {
  const { items } = await server.server.domain.audit.list({ account: accountId, limit: 50 });
  return items
    .filter(({ type }) => type.startsWith('device.'))
    .map(({ type, reason }) => `${type} ${reason ?? ''}`.trim());
};

onEachStorage(
  ({ on, server }) => {
    /** A device that takes digits, scanned by a new person's phone. */
    const scanned = async () => {
      const device = await startDevice(server(), { takesDigits: true });
      const app = await createPhoneApp(server());
      const scan = await app.scan(device.verification_uri_complete);
      return { device, app, scan, transaction: scan.body['transaction'], digits: shownBy(scan) };
    };
    const errorOf = async (device: DeviceAnswer) => (await poll(server(), device)).body['error'];

    test(on('a device that takes digits gets a check_uri of its own secret, another one does not'), async (t) => {
      const device = await startDevice(server(), { takesDigits: true });
      const secret = /^(.+)\/qr\/check\/([\w-]{43}\.[\w-]{22})$/.exec(device.check_uri ?? '');
      t.is(secret?.[1], server().issuer);
      t.false(device.check_uri?.includes(device.device_code));
      const handle = device.verification_uri_complete.split('/').pop() ?? '';
      t.false(device.check_uri?.toUpperCase().includes(handle));
      t.is((await startDevice(server())).check_uri, undefined);
    });

    test(on('approval waits for the digits that the phone shows'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      t.regex(digits, /^[1-9]\d$/);
      const answer = await app.approve(transaction);
      t.is(answer.status, 200);
      t.deepEqual(answer.body, { state: 'confirming' });
      t.is(await errorOf(device), PENDING);
      t.is((await sendDigits(server(), device, digits)).status, 204);
      const { status, body } = await poll(server(), device);
      t.is(status, 200);
      t.truthy(body['id_token']);
      t.deepEqual((await recordsOf(server(), app.person.id)).toSorted(), [
        'device.approved',
        'device.confirming',
        'device.redeemed',
        'device.scanned',
      ]);
    });

    test(on('digits that came before the approval leave nothing to wait for'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      t.is((await sendDigits(server(), device, digits)).status, 204);
      t.is(await errorOf(device), PENDING);
      t.is((await app.approve(transaction)).status, 204);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('the approval may be repeated while the digits are owed, and the scan shows the same ones'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      for (let time = 0; time < 2; time++) t.is((await app.approve(transaction)).status, 200);
      t.is(shownBy(await app.scan(device.verification_uri_complete)), digits);
      t.is((await sendDigits(server(), device, digits)).status, 204);
    });

    test(on('two wrong tries and the right one still sign in'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      for (let time = 0; time < 2; time++) await sendDigits(server(), device, notThese(digits));
      t.is((await sendDigits(server(), device, digits)).status, 204);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('the right digits sent many times at once give one set of tokens'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      const answers = await Promise.all(Array.from({ length: 10 }, () => sendDigits(server(), device, digits)));
      t.is(answers.filter(({ status }) => status === 204).length, 1);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('yes and digits at the same moment lose neither'), async (t) => {
      for (let round = 0; round < 5; round++) {
        const { device, app, transaction, digits } = await scanned();
        const [yes, typed] = await Promise.all([app.approve(transaction), sendDigits(server(), device, digits)]);
        t.true([200, 204].includes(yes.status));
        t.is(typed.status, 204);
        t.is((await poll(server(), device)).status, 200);
      }
    });

    test(on('digits before the scan are not taken, and do not use up tries'), async (t) => {
      const device = await startDevice(server(), { takesDigits: true });
      for (let time = 0; time < 4; time++) {
        t.is((await sendDigits(server(), device, '42')).body['code'], 'check_not_due');
      }
      t.is(shownBy(await (await createPhoneApp(server())).scan(device.verification_uri_complete)).length, 2);
    });

    test(on('what are no two digits is told and not counted'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      for (const typed of ['', '4', '123', 'ab', 42, null, [digits], { digits }]) {
        t.is((await sendDigits(server(), device, typed)).status, 400, JSON.stringify(typed));
      }
      t.is((await sendDigits(server(), device, digits)).status, 204);
    });

    test(on('an address that this server did not give out is unknown'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      const handle = device.verification_uri_complete.split('/').pop() ?? '';
      const mac = device.check_uri?.split('.').pop() ?? '';
      const forged = [
        `${String(transaction)}.${'A'.repeat(22)}`,
        `${String(transaction)}.`,
        `${handle}.${mac}`,
        handle,
        'x',
      ];
      for (const name of forged) {
        const check_uri = `${server().issuer}/qr/check/${name}`;
        t.is((await sendDigits(server(), { ...device, check_uri }, digits)).body['code'], 'code_unknown', name);
      }
      t.is(await errorOf(device), PENDING);
    });

    test(on('pages of the client and of this server may send digits, pages of others may not'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      for (const Origin of ['https://evil.example', 'null', 'http://tv.example']) {
        t.is((await sendDigits(server(), device, digits, { Origin })).status, 403, Origin);
        const preflight = await ask(server(), device.check_uri ?? '', { method: 'OPTIONS', headers: { Origin } });
        t.is(preflight.headers.get('Access-Control-Allow-Origin'), null);
      }
      for (const Origin of ['https://tv.example', server().issuer]) {
        const preflight = await ask(server(), device.check_uri ?? '', { method: 'OPTIONS', headers: { Origin } });
        t.is(preflight.headers.get('Access-Control-Allow-Origin'), Origin);
        t.regex(preflight.headers.get('Access-Control-Allow-Headers') ?? '', /content-type/i);
        t.is(preflight.headers.get('Access-Control-Allow-Credentials'), null);
      }
      const answer = await sendDigits(server(), device, digits, { Origin: 'https://tv.example' });
      t.is(answer.status, 204);
      t.is(answer.headers.get('Access-Control-Allow-Origin'), 'https://tv.example');
    });

    test(on('while the digits are owed the phone can still deny'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      t.is((await app.deny(transaction)).status, 204);
      t.is((await sendDigits(server(), device, digits)).status, 409);
      t.is(await errorOf(device), 'access_denied');
    });

    test(on('an account disabled between yes and digits gives nothing'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      await server().administration.disableAccount({ actor: 'operator' }, app.person.id);
      t.is((await sendDigits(server(), device, digits)).status, 403);
      t.is(await errorOf(device), PENDING);
    });

    test(on('neither digits nor the address for them reach the log'), async (t) => {
      const { device, app, transaction, digits } = await scanned();
      await app.approve(transaction);
      await sendDigits(server(), device, digits);
      t.true(server().logged().includes('/qr/check/:check'));
      t.false(
        server()
          .logged()
          .includes(device.check_uri?.split('/').pop() ?? ''),
      );
    });

    test(on('what was unticked before the digits arrived, or beside a wrong user code, stays so'), async (t) => {
      const person = await server().createPerson({ roles: ['support'] });
      const phone = await signedInPhone(server(), person);
      const wanted = { clientId: 'wall', scope: 'openid messages:read calls:read' };
      const scopeOf = async (device: DeviceAnswer) => (await poll(server(), device, 'wall')).body['scope'];

      const waiting = await startDevice(server(), { ...wanted, takesDigits: true });
      const shown = await phone.submit(await scanLink(phone, waiting), { decision: 'approve' });
      const digits = />(\d\d)</.exec(shown.text)?.[1] ?? '';
      t.is((await sendDigits(server(), waiting, digits)).status, 204);
      t.is(await scopeOf(waiting), 'messages:read');

      const asking = await startDevice(server(), wanted);
      const sheet = await scanLink(phone, asking);
      const again = await phone.submit(sheet, { decision: 'approve', user_code: 'BBBB-BBBB', scope: 'calls:read' });
      t.is(again.status, 422);
      t.regex(
        again.text,
        /<input type="checkbox"[^>]*calls:read[^>]*checked|<input type="checkbox"[^>]*checked[^>]*calls:read/,
      );
      const unticked = await phone.submit(again, { decision: 'approve', user_code: 'BBBB-BBBB' });
      t.notRegex(unticked.text, /<input type="checkbox"[^>]*checked/);
      await phone.submit(unticked, { decision: 'approve', user_code: asking.user_code });
      t.is(await scopeOf(asking), 'messages:read');
    });

    const askedFor = async () => {
      const device = await startDevice(server());
      const app = await createPhoneApp(server());
      const scan = await app.scan(device.verification_uri_complete);
      return { device, app, check: scan.body['check'], transaction: scan.body['transaction'] };
    };

    test(on('for a device without digits the user code is typed on the phone'), async (t) => {
      const { device, app, check, transaction } = await askedFor();
      t.deepEqual(check, { ask: 'user_code' });
      t.is((await app.approve(transaction)).body['code'], 'check_failed');
      t.is(await errorOf(device), PENDING);
      t.is((await app.approve(transaction, device.user_code.toLowerCase().replace('-', ' '))).status, 204);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('three wrong user codes end the code and are recorded'), async (t) => {
      const { device, app, transaction } = await askedFor();
      const { user_code: foreign } = await startDevice(server());
      for (const wrong of ['BBBB-BBBB', foreign, '']) {
        t.is((await app.approve(transaction, wrong)).status, 422);
      }
      t.is((await app.approve(transaction, device.user_code)).body['code'], 'already_decided');
      t.is(await errorOf(device), 'access_denied');
      const records = await recordsOf(server(), app.person.id);
      t.is(records.filter((record) => record === 'device.mismatch wrong_user_code').length, 3);
      t.true(records.includes('device.denied check_failed'));
    });

    test(on('who began by typing the user code is not asked for it again'), async (t) => {
      const device = await startDevice(server());
      const app = await createPhoneApp(server());
      const { body } = await app.scan(device.user_code);
      t.is(body['check'], null);
      t.is((await app.approve(body['transaction'])).status, 204);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('but the digits are still owed to a device that takes them'), async (t) => {
      const device = await startDevice(server(), { takesDigits: true });
      const app = await createPhoneApp(server());
      const { body } = await app.scan(device.user_code);
      t.is((await app.approve(body['transaction'])).status, 200);
      t.is(await errorOf(device), PENDING);
    });

    test(on("openid-client's device grant works unchanged: the code is typed at /device"), async (t) => {
      const config = await connect(server(), 'tv');
      const device = await client.initiateDeviceAuthorization(config, { scope: 'openid messages:read' });
      const waiting = client.pollDeviceAuthorizationGrant(config, device);
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const sheet = await phone.submit(await phone.open('/device'), { user_code: device.user_code });
      t.false(sheet.text.includes('name="user_code"'));
      t.is((await phone.submit(sheet, { decision: 'approve' })).status, 200);
      t.is((await waiting).claims()?.sub, person.id);
    });

    test(on("openid-client's device grant works unchanged: the phone application asks for the code"), async (t) => {
      const config = await connect(server(), 'tv');
      const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
      const waiting = client.pollDeviceAuthorizationGrant(config, device);
      const app = await createPhoneApp(server());
      const { body } = await app.scan(device.verification_uri_complete);
      t.is((await app.approve(body['transaction'], device.user_code)).status, 204);
      t.is((await waiting).claims()?.sub, app.person.id);
    });

    test(on('the sheet of a scanned link does not show the code that it asks for'), async (t) => {
      const device = await startDevice(server());
      const phone = await signedInPhone(server(), await server().createPerson());
      const sheet = await scanLink(phone, device);
      t.true(sheet.text.includes('name="user_code"'));
      t.false(sheet.text.includes(device.user_code));
      const again = await phone.submit(sheet, { decision: 'approve', user_code: 'BBBB-BBBB' });
      t.is(again.status, 422);
      t.false(again.text.includes(device.user_code));
      t.is(await errorOf(device), PENDING);
      t.is((await phone.submit(again, { decision: 'approve', user_code: device.user_code })).status, 200);
      t.is((await poll(server(), device)).status, 200);
    });

    test(on('a sheet answered without the code approves nothing; denying needs none'), async (t) => {
      const device = await startDevice(server());
      const phone = await signedInPhone(server(), await server().createPerson());
      const sheet = await scanLink(phone, device);
      t.is((await phone.submit(sheet, { decision: 'approve' })).status, 422);
      t.is(await errorOf(device), PENDING);
      t.is((await phone.submit(sheet, { decision: 'deny' })).status, 200);
      t.is(await errorOf(device), 'access_denied');
    });

    test(on('three wrong codes on the sheet end it'), async (t) => {
      const device = await startDevice(server());
      const phone = await signedInPhone(server(), await server().createPerson());
      const sheet = await scanLink(phone, device);
      for (let time = 0; time < 3; time++) {
        t.is((await phone.submit(sheet, { decision: 'approve', user_code: 'BBBB-BBBB' })).status, 422);
      }
      t.is((await phone.submit(sheet, { decision: 'approve', user_code: device.user_code })).status, 409);
      t.is(await errorOf(device), 'access_denied');
    });

    test(on('/qr without scripts: after the yes it asks for the digits that the phone shows'), async (t) => {
      const person = await server().createPerson();
      const [browser, phone] = [createPhone(server().issuer), await signedInPhone(server(), person)];
      const waiting = await browser.open('/qr');
      t.is(attributeOf(waiting.text, 'data-state'), 'pending');
      const code = /[B-Z]{4}-[B-Z]{4}/.exec(textOf(waiting.text))?.[0] ?? '';
      const sheet = await phone.submit(await phone.open('/device'), { user_code: code });
      const shown = await phone.submit(sheet, { decision: 'approve' });
      const digits = /<code>(\d\d)<\/code>/.exec(shown.text)?.[1] ?? '';
      t.regex(digits, /^[1-9]\d$/);
      const asking = await browser.open('/qr');
      t.is(attributeOf(asking.text, 'data-state'), 'confirming');
      t.false(asking.text.includes('http-equiv="refresh"'), 'nobody types on a page that loads itself again');
      const wrong = await browser.submit(asking, { digits: notThese(digits) });
      t.is(wrong.status, 422);
      const account = await browser.submit(wrong, { digits });
      t.is(account.url.pathname, '/account');
      t.true(textOf(account.text).includes(person.email));
    });

    test(on('/qr without scripts: the digits need the form of this page'), async (t) => {
      const browser = createPhone(server().issuer);
      await browser.open('/qr');
      t.is((await browser.post('/qr/digits', { digits: '42' })).status, 403);
    });
  },
  { config: { qr: { check: 'always' }, clients: { wall: WALL } } },
);

const from = (address: string) => ({ 'X-Forwarded-For': address });

onEachStorage(
  ({ on, server }) => {
    test(on('under policy never the check is not asked, whatever the networks'), async (t) => {
      const app = await createPhoneApp(server());
      const device = await startDevice(server(), { takesDigits: true, headers: from('203.0.113.9') });
      const { body } = await app.scan(device.verification_uri_complete, from('198.51.100.7'));
      t.is(body['check'], null);
      t.is((await app.approve(body['transaction'])).status, 204);
      t.is((await poll(server(), device)).status, 200);
    });
  },
  { config: { qr: { check: 'never' }, trusted_proxies: ['127.0.0.1'] } },
);
