// "Sign in with your phone" on an application's sign-in page, over the wire: the device code stays on the server, one browser
// finishes, once, and the application is told how. In real browsers: scan-to-sign-in-browser.test.ts.
import test from 'ava';
import { decodeJwt } from 'jose';
import type { Configuration } from 'openid-client';
import { type AuthServer, OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { poll, signedInPhone } from '../helpers/device.ts';
import {
  type AuthorizationRequest,
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  walk,
} from '../helpers/foreign-client.ts';
import { formsOf, textOf } from '../helpers/html.ts';
import { createPhone, locationOf, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

interface Screen {
  config: Configuration;
  request: AuthorizationRequest;
  browser: Phone;
  /** The page with the code. */
  page: Page;
  userCode: string;
}

const pathOf = ({ page }: Pick<Screen, 'page'>): string => page.url.pathname.replace(/\/qr$/, '');
const formTo = ({ text }: Page, ending: string) => formsOf(text).find(({ action }) => action.endsWith(ending));

/** Presses the button of the page whose form goes to this address, and follows. */
async function press(browser: Phone, page: Page, ending: string): Promise<Page> {
  const form = formTo(page, ending);
  if (!form) throw new Error(`no form to ${ending} on the page:\n${textOf(page.text)}`);
  const answer = await browser.post(form.action, form.hidden);
  const target = locationOf(answer);
  return target?.origin === page.url.origin ? browser.open(target) : answer;
}

async function openScreen(server: AuthServer, parameters: Readonly<Record<string, string>> = {}): Promise<Screen> {
  const config = await connect(server, 'crm');
  const request = await authorizationRequest(config, parameters);
  const browser = createPhone(server.issuer);
  const page = await press(browser, await browser.open(request.url), '/qr');
  const userCode = /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/.exec(textOf(page.text))?.[0] ?? '';
  return { config, request, browser, page, userCode };
}

const stateOf = async ({ browser, ...screen }: Screen): Promise<unknown> =>
  JSON.parse((await browser.open(`${pathOf(screen)}/qr/state`)).text);

const reload = ({ browser, ...screen }: Screen): Promise<Page> => browser.open(`${pathOf(screen)}/qr`);

onEachStorage(({ on, server, storage }) => {
  async function answer(
    { userCode }: Screen,
    decision: 'approve' | 'deny' = 'approve',
    given?: TestPerson,
  ): Promise<TestPerson> {
    const person = given ?? (await server().createPerson());
    const phone = await signedInPhone(server(), person);
    const sheet = await phone.submit(await phone.open('/device'), { user_code: userCode });
    await phone.submit(sheet, { decision });
    return person;
  }

  if (storage === 'sqlite') {
    test.serial(on('an expired code says so, signs nobody in, and a new one is a button away'), async (t) => {
      const time = stopTime(t);
      const screen = await openScreen(server());
      const finish = formTo(screen.page, '/finish');
      time.advance(180);
      t.deepEqual(await stateOf(screen), { state: 'expired' });
      await screen.browser.post(finish?.action ?? '', finish?.hidden ?? {});
      const page = await screen.browser.open(pathOf(screen));
      t.true(page.text.includes('name="password"'));
      const renewed = await press(screen.browser, page, '/qr');
      t.true(renewed.text.includes('role="img"'));
      t.false(renewed.text.includes(screen.userCode));
    });

    test.serial(on('the sign-in is as old as the one on the phone'), async (t) => {
      const time = stopTime(t);
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const signedInAt = Math.floor(Date.now() / 1000);
      time.advance(1800);
      const screen = await openScreen(server());
      const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
      await phone.submit(sheet, { decision: 'approve' });
      const consent = await press(screen.browser, await reload(screen), '/finish');
      const callback = callbackOf(await screen.browser.submit(consent, { decision: 'approve' }));
      const tokens = await exchange(screen.config, callback, screen.request);
      t.is(tokens.claims()?.auth_time, signedInAt);
    });
  }

  test(on("the phone approves, the browser finishes, and the application's code flow goes on"), async (t) => {
    const screen = await openScreen(server());
    const person = await answer(screen);
    t.deepEqual(await stateOf(screen), { state: 'approved' });
    const consent = await press(screen.browser, await reload(screen), '/finish');
    t.true(consent.text.includes('name="decision"'));
    const callback = callbackOf(await screen.browser.submit(consent, { decision: 'approve' }));
    const tokens = await exchange(screen.config, callback, screen.request);
    t.is(tokens.claims()?.sub, person.id);
    t.deepEqual(tokens.claims()?.['amr'], ['pwd', 'qr']);
    t.true((await screen.browser.open('/account')).text.includes(person.email));
    const { items } = await server().server.domain.audit.list({ account: person.id, type: 'device.', limit: 10 });
    t.deepEqual(items.map(({ type }) => type).toSorted(), ['device.approved', 'device.redeemed', 'device.scanned']);
  });

  test(on('the page of QR sign-in says "qr" to the applications of its session too'), async (t) => {
    const browser = createPhone(server().issuer);
    const page = await browser.open('/qr');
    const userCode = /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/.exec(textOf(page.text))?.[0] ?? '';
    const person = await answer({ userCode } as Screen);
    await browser.open('/qr');
    const config = await connect(server(), 'crm');
    const request = await authorizationRequest(config);
    const callback = callbackOf(await walk(browser, request.url, person));
    const tokens = await exchange(config, callback, request);
    t.deepEqual(decodeJwt(tokens.id_token ?? '')['amr'], ['pwd', 'qr']);
  });

  test(on('the state says scanned and denied and nothing about the person; denied signs nobody in'), async (t) => {
    const screen = await openScreen(server());
    t.deepEqual(await stateOf(screen), { state: 'pending' });
    const person = await server().createPerson();
    const phone = await signedInPhone(server(), person);
    const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
    t.deepEqual(await stateOf(screen), { state: 'scanned' });
    t.false((await reload(screen)).text.includes(person.email));
    await phone.submit(sheet, { decision: 'deny' });
    t.deepEqual(await stateOf(screen), { state: 'denied' });
    const page = await press(screen.browser, screen.page, '/finish');
    t.true(page.text.includes('name="password"'));
  });

  test(on('before approval nothing can be finished'), async (t) => {
    const screen = await openScreen(server());
    const page = await press(screen.browser, screen.page, '/finish');
    t.true(page.text.includes('name="password"'));
    t.deepEqual(await stateOf(screen), { state: 'pending' });
  });

  test(on('looking changes nothing: a code is made by pressing the button, not by opening the page'), async (t) => {
    const { url } = await authorizationRequest(await connect(server(), 'crm'));
    const browser = createPhone(server().issuer);
    const page = await browser.open(url);
    for (let visit = 0; visit < 3; visit++) {
      const visited = await browser.open(`${page.url.pathname}/qr`);
      t.is(visited.url.pathname, page.url.pathname);
      t.is(browser.cookie('tim_scan', `${page.url.pathname}/qr`), undefined);
    }
  });

  test(on('the device code never reaches the page; nobody can poll for it'), async (t) => {
    const screen = await openScreen(server());
    t.notRegex(screen.page.text, /device_code|device-code/);
    await answer(screen);
    t.is((await poll(server(), { device_code: screen.userCode }, 'tokenim-web')).body['error'], 'invalid_grant');
  });

  test(on('of many attempts to finish at once, one signs in'), async (t) => {
    const screen = await openScreen(server());
    await answer(screen);
    const form = formTo(await reload(screen), '/finish');
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => screen.browser.post(form?.action ?? '', form?.hidden ?? {})),
    );
    const targets = answers.map((page) => locationOf(page)?.pathname ?? '');
    t.is(targets.filter((path) => path.startsWith('/oauth/authorize/')).length, 1);
  });

  test(on("a code begun for one application's sign-in finishes no other, nor one of another browser"), async (t) => {
    const [attacker, victim] = [await openScreen(server()), await openScreen(server())];
    await answer(attacker);
    const stolen = attacker.browser.cookie('tim_scan', `${pathOf(attacker)}/qr`) ?? '';
    t.not(stolen, '');
    const forms = formTo(victim.page, '/finish');
    victim.browser.setCookie('tim_scan', stolen, pathOf(victim));
    const page = await victim.browser.post(forms?.action ?? '', forms?.hidden ?? {});
    t.is(locationOf(page)?.pathname, pathOf(victim));
    t.true((await victim.browser.open('/account')).url.pathname === '/account/sign-in');
    const form = formTo(attacker.page, '/finish');
    const other = await victim.browser.post(form?.action ?? '', { csrf: forms?.hidden['csrf'] ?? '' });
    t.is(other.status, 404);
  });

  test(on('without its CSRF field, or from another site, nothing begins and nothing finishes'), async (t) => {
    const screen = await openScreen(server());
    await answer(screen);
    const csrf = formTo(screen.page, '/finish')?.hidden['csrf'] ?? '';
    for (const path of [`${pathOf(screen)}/qr`, `${pathOf(screen)}/qr/finish`]) {
      t.is((await screen.browser.post(path, {})).status, 403, path);
      t.is((await screen.browser.post(path, { csrf }, { 'Sec-Fetch-Site': 'cross-site' })).status, 403, path);
    }
    t.deepEqual(await stateOf(screen), { state: 'approved' });
  });

  test(on('an account disabled after approving does not sign in'), async (t) => {
    const screen = await openScreen(server());
    const person = await answer(screen);
    await server().administration.disableAccount(OPERATOR, person.id);
    t.deepEqual(await stateOf(screen), { state: 'expired' });
    const page = await press(screen.browser, screen.page, '/finish');
    t.true(page.text.includes('name="password"'));
  });

  test(on('a reload shows the same code, so that a scan is not lost; a new one replaces it'), async (t) => {
    const screen = await openScreen(server());
    t.true((await reload(screen)).text.includes(screen.userCode));
    const next = await press(screen.browser, screen.page, '/qr');
    t.false(next.text.includes(screen.userCode));
  });

  test(on('neither the handle nor the interaction stands in the log'), async (t) => {
    const screen = await openScreen(server());
    await answer(screen);
    await press(screen.browser, await reload(screen), '/finish');
    t.false(server().logged().includes(screen.userCode));
    t.false(
      server()
        .logged()
        .includes(pathOf(screen).split('/')[2] ?? ''),
    );
  });
});

onEachStorage(
  ({ on, server }) => {
    test(
      on('where policy checks, the digits of the phone are typed on the screen, and wrong ones are told'),
      async (t) => {
        const screen = await openScreen(server());
        const person = await server().createPerson();
        const phone = await signedInPhone(server(), person);
        const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
        const shown = await phone.submit(sheet, { decision: 'approve' });
        const digits = /<code>(\d{2})<\/code>/.exec(shown.text)?.[1] ?? '';
        t.deepEqual(await stateOf(screen), { state: 'confirming' });
        t.true((await press(screen.browser, screen.page, '/finish')).text.includes('name="password"'));

        const other = String(10 + ((Number(digits) - 9) % 90));
        const refused = await screen.browser.submit(await reload(screen), { digits: other });
        t.is(refused.status, 422);
        t.true(textOf(refused.text).includes('Those are not the digits'));
        const page = await screen.browser.submit(refused, { digits });
        const consent = await press(screen.browser, page, '/finish');
        const callback = callbackOf(await screen.browser.submit(consent, { decision: 'approve' }));
        t.is((await exchange(screen.config, callback, screen.request)).claims()?.sub, person.id);
      },
    );
  },
  { config: { qr: { check: 'always' } } },
);

onEachStorage(
  ({ on, server }) => {
    test(on('who asks for too many codes is told how long to wait, and the password still works'), async (t) => {
      const { url } = await authorizationRequest(await connect(server(), 'crm'));
      const browser = createPhone(server().issuer);
      const page = await browser.open(url);
      for (let count = 0; count < 2; count++) t.is((await press(browser, page, '/qr')).status, 200);
      const stopped = await press(browser, page, '/qr');
      t.is(stopped.status, 429);
      t.true(Number(stopped.headers.get('Retry-After')) > 0);
      const { email: login, password } = await server().createPerson();
      const consent = await browser.submit(await browser.open(page.url), { login, password });
      t.true(consent.text.includes('name="decision"'));
    });
  },
  { config: { limits: { device_authorization: { per_address: 2, per_client: 100, total: 1000 } } } },
);
