// The pages of the device grant without scripts (RFC 8628 §3.3): typed codes, scanned links, the confirm sheet. What the
// device hears is in device-authorization-grant.test.ts, what attackers try in attacks/.
import test from 'ava';
import { poll, signedInPhone, startDevice } from '../helpers/device.ts';
import { textOf } from '../helpers/html.ts';
import { createPhone, locationOf } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const newPhone = async () => signedInPhone(server(), await server().createPerson());

  test(on('the scanned link asks to sign in first and comes back to the same sheet'), async (t) => {
    const device = await startDevice(server());
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    const signIn = await phone.open(device.verification_uri_complete);
    const sheet = await phone.submit(signIn, { login: person.email, password: person.password });
    t.true(textOf(sheet.text).includes(device.user_code));
    await phone.submit(sheet, { decision: 'approve' });
    t.is((await poll(server(), device)).status, 200);
  });

  test(
    on('the sheet shows the application, the code to compare, the scopes and where the request comes from'),
    async (t) => {
      const device = await startDevice(server(), { scope: 'openid messages:read' });
      const text = textOf((await (await newPhone()).open(device.verification_uri_complete)).text);
      for (const shown of ['Living Room TV', device.user_code, 'Read your messages', '127.0.0.1']) {
        t.true(text.includes(shown), shown);
      }
    },
  );

  test(on('the link works in any letter case'), async (t) => {
    const device = await startDevice(server());
    const { pathname } = new URL(device.verification_uri_complete);
    const phone = await newPhone();
    for (const path of [pathname.toLowerCase(), pathname.toUpperCase()]) {
      t.true(textOf((await phone.open(path)).text).includes(device.user_code), path);
    }
  });

  test(on('a code may be typed in small letters, with spaces, dashes or full-width letters'), async (t) => {
    const phone = await newPhone();
    const spellings: ((code: string) => string)[] = [
      (code) => code.toLowerCase(),
      (code) => code.replace('-', ''),
      (code) => ` ${code.replace('-', ' – ')} `,
      (code) => code.replace(/[A-Z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)),
    ];
    for (const spell of spellings) {
      const device = await startDevice(server());
      const sheet = await phone.submit(await phone.open('/device'), { user_code: spell(device.user_code) });
      t.true(textOf(sheet.text).includes(device.user_code), spell('WDJB-MJHT'));
    }
  });

  test(on('a typed code leads to the sheet, and approval to tokens'), async (t) => {
    const device = await startDevice(server());
    const phone = await newPhone();
    const sheet = await phone.submit(await phone.open('/device'), { user_code: device.user_code });
    t.is(sheet.status, 200);
    t.is((await phone.submit(sheet, { decision: 'approve' })).status, 200);
    t.is((await poll(server(), device)).status, 200);
  });

  test(on('an unknown code is told where it was typed'), async (t) => {
    const phone = await newPhone();
    const page = await phone.submit(await phone.open('/device'), { user_code: 'BBBB-BBBB' });
    t.is(page.status, 404);
    t.true(page.text.includes('name="user_code"'));
  });

  test(on('"Not you?" signs out and comes back to the same code'), async (t) => {
    const device = await startDevice(server());
    const phone = await newPhone();
    const other = await server().createPerson();
    const sheet = await phone.open(device.verification_uri_complete);
    const action = /action="(\/device\/[^"]+\/switch)"/.exec(sheet.text)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(sheet.text)?.[1] ?? '';
    const signIn = await phone.open(locationOf(await phone.post(action, { csrf })) ?? '');
    const again = await phone.submit(signIn, { login: other.email, password: other.password });
    t.true(textOf(again.text).includes(device.user_code));
    t.true(textOf(again.text).includes(other.email));
  });

  test(on("the provider's own user-code pages are out of reach"), async (t) => {
    const phone = await newPhone();
    for (const path of [
      '/oauth/-/device',
      '/oauth/-/device/abc',
      '/oauth/-/device?user_code=BBBB-BBBB',
      '/oauth/-%2Fdevice',
    ]) {
      t.is((await phone.open(path)).status, 404, path);
    }
  });
});
