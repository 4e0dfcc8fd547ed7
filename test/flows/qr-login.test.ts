// Signing in by QR as the hosted page does it over the wire: the browser that began the flow, and no other, may turn the
// ID token into its session, once. In real browsers: browser.test.ts.
import test from 'ava';
import { stopTime } from '../helpers/clock.ts';
import { poll, signedInPhone } from '../helpers/device.ts';
import { attributeOf } from '../helpers/html.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { openScreen, openSession, type Screen } from '../helpers/screen.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server, storage }) => {
  const approveOnPhone = async ({ userCode }: Screen, decision: 'approve' | 'deny' = 'approve') => {
    const person = await server().createPerson();
    const phone = await signedInPhone(server(), person);
    const sheet = await phone.submit(await phone.open('/device'), { user_code: userCode });
    await phone.submit(sheet, { decision });
    return person;
  };
  const fetchIdToken = async (screen: Screen) => (await poll(server(), screen, 'tokenim-web')).body['id_token'];
  const isSignedIn = async (browser: Phone) => (await browser.open('/account')).url.pathname === '/account';

  if (storage === 'sqlite') {
    test.serial(
      on('a QR that nobody answered is recorded as expired, once, whoever looks and how often'),
      async (t) => {
        const time = stopTime(t);
        const screen = await openScreen(server());
        const phone = await signedInPhone(server(), await server().createPerson());
        const expiries = async () => {
          const of = { client: 'tokenim-web', type: 'device.expired', limit: 100 };
          return (await server().server.domain.audit.list(of)).items.length;
        };
        const before = await expiries();
        time.advance(180);
        await screen.browser.open('/qr/state');
        // An answer does not wait for the record; the next one comes after it.
        const entry = await phone.open('/device');
        t.is(await expiries(), before + 1);
        await phone.submit(entry, { user_code: screen.userCode });
        for (let count = 0; count < 2; count++) await poll(server(), screen, 'tokenim-web');
        t.is(await expiries(), before + 1);
      },
    );

    test.serial(on('an expired QR says so and a new one is a button away'), async (t) => {
      const time = stopTime(t);
      const screen = await openScreen(server());
      time.advance(180);
      t.is(JSON.parse((await screen.browser.open('/qr/state')).text).state, 'expired');
      const next = await screen.browser.open('/qr');
      t.not(attributeOf(next.text, 'data-device-code'), screen.device_code);
    });
  }

  test(on('after approval the ID token opens the session of the browser that began'), async (t) => {
    const screen = await openScreen(server());
    const person = await approveOnPhone(screen);
    const answer = await openSession(screen, await fetchIdToken(screen));
    t.is(answer.status, 200);
    t.deepEqual(JSON.parse(answer.text), { location: '/account' });
    t.true((await screen.browser.open('/account')).text.includes(person.email));
  });

  test(on('an ID token opens one session'), async (t) => {
    const screen = await openScreen(server());
    const cookie = screen.browser.cookie('tim_qr') ?? '';
    await approveOnPhone(screen);
    const idToken = await fetchIdToken(screen);
    t.is((await openSession(screen, idToken)).status, 200);
    screen.browser.setCookie('tim_qr', cookie);
    t.is((await openSession(screen, idToken)).status, 403);
  });

  test(on('what is no ID token, or comes without the CSRF token, opens none'), async (t) => {
    const screen = await openScreen(server());
    await approveOnPhone(screen);
    const idToken = await fetchIdToken(screen);
    for (const wrong of ['a.b.c', '', 7, null, {}]) t.is((await openSession(screen, wrong)).status, 403);
    t.is((await openSession({ ...screen, csrf: 'guessed' }, idToken)).status, 403);
    t.false(await isSignedIn(screen.browser));
  });

  test(on('an approved device of another client opens no web session'), async (t) => {
    const screen = await openScreen(server());
    await approveOnPhone(screen);
    t.is((await poll(server(), screen, 'tv')).body['error'], 'invalid_grant');
  });

  test(on('without scripts the reloaded page is signed in and goes on to return_to'), async (t) => {
    const screen = await openScreen(server(), '/device');
    const person = await approveOnPhone(screen);
    const next = await screen.browser.open('/qr');
    t.is(next.url.pathname, '/device');
    t.true(await isSignedIn(screen.browser));
    const { items } = await server().server.domain.audit.list({ account: person.id, type: 'device.', limit: 10 });
    t.true(items.some(({ type }) => type === 'device.redeemed'));
  });

  test(on('a copied flow cookie signs in once: whoever reloads second has to begin again'), async (t) => {
    const screen = await openScreen(server());
    const copy = createPhone(server().issuer);
    copy.setCookie('tim_qr', screen.browser.cookie('tim_qr') ?? '');
    await approveOnPhone(screen);
    const signedIn = await Promise.all(
      [screen.browser, copy].map(async (browser) => {
        await browser.open('/qr');
        return isSignedIn(browser);
      }),
    );
    t.is(signedIn.filter(Boolean).length, 1);
  });

  test(on('the state says pending, scanned and denied, and nothing about the person'), async (t) => {
    const screen = await openScreen(server());
    const state = async () => JSON.parse((await screen.browser.open('/qr/state')).text) as Record<string, unknown>;
    t.deepEqual(await state(), { state: 'pending', seq: 0 });
    const phone = await signedInPhone(server(), await server().createPerson());
    const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
    t.deepEqual(await state(), { state: 'scanned', seq: 1 });
    await phone.submit(sheet, { decision: 'deny' });
    t.is((await state())['state'], 'denied');
  });

  test(on('a reload shows the same QR, so that a scan is not lost'), async (t) => {
    const screen = await openScreen(server());
    t.is(attributeOf((await screen.browser.open('/qr')).text, 'data-device-code'), screen.device_code);
  });

  test(on('who is signed in already is sent on'), async (t) => {
    const browser = await signedInPhone(server(), await server().createPerson());
    t.is((await browser.open('/qr')).url.pathname, '/account');
  });
});
