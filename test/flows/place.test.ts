// Where the browser that asks is, and what does not fit about it: on the phone's sheet and in the answer to a scan.
import test from 'ava';
import { DEVICE_GRANT, poll, scanLink, signedInPhone, startDevice } from '../helpers/device.ts';
import { attributeOf, textOf } from '../helpers/html.ts';
import { post } from '../helpers/http.ts';
import { writeMmdb } from '../helpers/mmdb.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { createPhoneApp } from '../helpers/phone-app.ts';
import { onEachStorage } from '../helpers/storages.ts';

const ROTTERDAM = '203.0.113.9';
const ALSO_ROTTERDAM = '192.0.2.1';
const ESSEN = '198.51.100.1';
const NOWHERE = '100.64.0.1';

const NEW_BROWSER = 'has never been signed in to on this browser';
const OTHER_PLACE = 'your phone seems to be in';
const OTHER_NETWORK = 'another network than your phone';

const from = (address: string) => ({ 'X-Forwarded-For': address });
const geoip = { file: await writeMmdb() };

onEachStorage(
  ({ on, server }) => {
    const phoneFrom = async (address: string): Promise<Phone> => {
      const phone = createPhone(server().issuer, from(address));
      await phone.signIn(await server().createPerson());
      return phone;
    };
    /** What the sheet says of a device that asks from the one address, on a phone at the other. */
    const sheetOf = async (asking: string, phone: string) =>
      textOf(
        (
          await scanLink(
            await phoneFrom(phone),
            await startDevice(server(), { takesDigits: true, headers: from(asking) }),
          )
        ).text,
      );

    test(on('a scan tells the approximate place, in the language of the phone'), async (t) => {
      const app = await createPhoneApp(server());
      for (const [language, location] of [
        ['en', 'Rotterdam, Netherlands'],
        ['zh-CN', '荷兰 鹿特丹'],
        ['zh-TW', '荷蘭 鹿特丹'],
      ] as const) {
        const device = await startDevice(server(), { headers: from(ROTTERDAM) });
        const { body } = await app.scan(device.verification_uri_complete, { 'Accept-Language': language });
        t.like(body['device'], { ip: ROTTERDAM, location });
      }
    });

    test(on('an address without a place has no location'), async (t) => {
      const app = await createPhoneApp(server());
      const device = await startDevice(server(), { headers: from(NOWHERE) });
      const { body } = await app.scan(device.verification_uri_complete);
      t.false('location' in (body['device'] as object));
    });

    test(on('what a stranger forwards does not choose the place'), async (t) => {
      const app = await createPhoneApp(server());
      const device = await startDevice(server(), { headers: from(`${ROTTERDAM}, ${ESSEN}`) });
      const { body } = await app.scan(device.verification_uri_complete);
      t.like(body['device'], { location: 'Essen, Germany' });
    });

    test(on('the sheet shows the place, and warns of one that is not the phone’s'), async (t) => {
      const sheet = await sheetOf(ROTTERDAM, ESSEN);
      t.true(sheet.includes('Approximate place Rotterdam, Netherlands'));
      t.true(sheet.includes(`from Rotterdam, Netherlands; ${OTHER_PLACE} Essen, Germany`));
      t.false(sheet.includes(OTHER_NETWORK));
    });

    test(on('in the same city another network is no cause for a warning'), async (t) => {
      const sheet = await sheetOf(ROTTERDAM, ALSO_ROTTERDAM);
      t.false(sheet.includes(OTHER_PLACE) || sheet.includes(OTHER_NETWORK));
    });

    test(on('where a place is not known, another network is'), async (t) => {
      t.true((await sheetOf(NOWHERE, ROTTERDAM)).includes(OTHER_NETWORK));
      t.false((await sheetOf(NOWHERE, '100.64.0.99')).includes(OTHER_NETWORK));
    });

    test(on('warned or not, declining is as easy as approving'), async (t) => {
      const phone = await phoneFrom(ESSEN);
      const device = await startDevice(server(), { takesDigits: true, headers: from(ROTTERDAM) });
      const { text } = await scanLink(phone, device);
      t.regex(text, /<button[^>]*value="deny"[^]*<button[^>]*value="approve"/);
      await phone.submit(await scanLink(phone, device), { decision: 'deny' });
      t.is((await poll(server(), device)).body['error'], 'access_denied');
    });

    const openQr = async (browser: Phone) =>
      /class="user-code"[^]*?<code>([^<]+)</.exec((await browser.open('/qr')).text)?.[1] ?? '';
    const enter = async (phone: Phone, user_code: string) => phone.submit(await phone.open('/device'), { user_code });

    test(on('a browser is new to an account until it has signed in to it, and no longer'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const browser = createPhone(server().issuer);
      const sheet = await enter(phone, await openQr(browser));
      t.true(textOf(sheet.text).includes(NEW_BROWSER));
      await phone.submit(sheet, { decision: 'approve' });
      t.is((await browser.open('/qr')).url.pathname, '/account');
      await browser.signOut();
      t.false(textOf((await enter(phone, await openQr(browser))).text).includes(NEW_BROWSER));
    });

    test(on('a browser that another account has used is new to this one'), async (t) => {
      const browser = createPhone(server().issuer);
      await browser.signIn(await server().createPerson());
      await browser.signOut();
      const phone = await signedInPhone(server(), await server().createPerson());
      t.true(textOf((await enter(phone, await openQr(browser))).text).includes(NEW_BROWSER));
    });

    test(on('a browser cookie that was made up is a new browser'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const genuine = phone.cookie('tim_browser') ?? '';
      const [id = ''] = genuine.split('.');
      t.truthy(id);
      const sheetWith = async (cookie: string) => {
        const browser = createPhone(server().issuer);
        browser.setCookie('tim_browser', cookie);
        return textOf((await enter(phone, await openQr(browser))).text);
      };
      for (const forged of [id, `${id}.`, `${id}.AAAA`, `x${genuine}`, `${genuine}.x`, '.']) {
        t.true((await sheetWith(forged)).includes(NEW_BROWSER), forged);
      }
      t.false((await sheetWith(genuine)).includes(NEW_BROWSER));
    });

    test(on('a device is new until it has signed in, and again from another network'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const tv = (address: string) => startDevice(server(), { headers: { ...from(address), 'User-Agent': 'TV/1.0' } });
      const first = await tv('127.0.0.1');
      t.true(textOf((await scanLink(phone, first)).text).includes(NEW_BROWSER));
      await phone.submit(await scanLink(phone, first), { decision: 'approve' });
      const form = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: first.device_code };
      t.is((await post(server(), 'token', form, { 'User-Agent': 'TV/1.0' })).status, 200);
      t.false(textOf((await scanLink(phone, await tv('127.0.0.1'))).text).includes(NEW_BROWSER));
      t.true(textOf((await scanLink(phone, await tv(ROTTERDAM))).text).includes(NEW_BROWSER));
    });

    test(on('the cookie of a known browser is kept from scripts and says nothing of the account'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      const csrf = attributeOf((await phone.open('/account/sign-in')).text, 'value') ?? '';
      t.is(phone.cookie('tim_browser'), undefined);
      const fields = { csrf, login: person.email, password: person.password };
      const { headers } = await phone.post('/account/sign-in', fields);
      const cookie = headers.getSetCookie().find((text) => text.startsWith('tim_browser=')) ?? '';
      t.regex(cookie, /; httponly/i);
      t.regex(cookie, /; samesite=lax/i);
      t.false(cookie.includes(person.id));
    });
  },
  { config: { geoip, trusted_proxies: ['127.0.0.1'] } },
);

onEachStorage(
  ({ on, server }) => {
    test(on('without a database no place is shown and nothing else changes'), async (t) => {
      const app = await createPhoneApp(server());
      const device = await startDevice(server(), { headers: from(ROTTERDAM) });
      const { status, body } = await app.scan(device.verification_uri_complete, from('203.0.113.10'));
      t.is(status, 200);
      t.false('location' in (body['device'] as object));
      t.is(body['check'], null);
      const phone = await signedInPhone(server(), await server().createPerson());
      const sheet = await scanLink(phone, await startDevice(server()));
      t.false(textOf(sheet.text).includes('Approximate place'));
    });
  },
  { config: { trusted_proxies: ['127.0.0.1'] } },
);
