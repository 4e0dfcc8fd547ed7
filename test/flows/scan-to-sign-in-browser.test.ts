// Signing in to an application by scanning, as people see it in Chromium, with and without scripts. What goes over the wire:
// scan-to-sign-in.test.ts.
import type { ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import type { Locale } from '../../src/config/config.ts';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { scan } from '../helpers/camera.ts';
import { decideOn, openProfile, type Profile, type ProfileOptions, signInOn } from '../helpers/chromium.ts';
import { inChromium } from '../helpers/in-chromium.ts';
import { authorizationRequest, connect, exchange, redirectUriOf } from '../helpers/foreign-client.ts';

let browser: Browser;
let server: AuthServer;

const browserTest = inChromium(
  async (launched) => {
    browser = launched;
    server = await startAuthServer(undefined);
  },
  () => server?.stop(),
);

const PHONE_BUTTON = 'form[action$="/qr"] button';
const REDIRECT_URI = redirectUriOf('crm');

async function openScreen(t: ExecutionContext, options: ProfileOptions = {}, lang: Locale = 'en') {
  const config = await connect(server, 'crm');
  const request = await authorizationRequest(config);
  const screen = await openProfile(t, browser, { applications: [REDIRECT_URI], ...options });
  await screen.page.goto(request.url.href);
  await screen.page.goto(`${screen.page.url()}?lang=${lang}`);
  return { config, request, screen };
}

async function openOnPhone(t: ExecutionContext, link: string, options: ProfileOptions = {}): Promise<Profile> {
  const phone = await openProfile(t, browser, { phone: true, ...options });
  await phone.page.goto(link);
  await signInOn(phone, await server.createPerson());
  await phone.page.waitForSelector('button[name=decision]');
  return phone;
}

browserTest("an application's sign-in is finished by scanning what the screen shows", async (t) => {
  const { config, request, screen } = await openScreen(t);
  await screen.picture('scan-offered');
  await screen.page.click(PHONE_BUTTON);
  const link = await scan(screen.page, '.qr-code');
  await screen.picture('scan-pending');
  const person = await server.createPerson();
  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(link);
  await signInOn(phone, person);
  await phone.page.waitForSelector('button[name=decision]');
  await screen.page.waitForSelector('#scan[data-state=scanned]');
  await screen.picture('scan-scanned');
  t.false((await screen.page.content()).includes(person.email));
  await decideOn(phone, 'approve');
  await screen.page.waitForSelector('text=Allow Harbour CRM?');
  await decideOn(screen, 'approve');
  await screen.page.waitForURL(`${REDIRECT_URI}**`);
  const tokens = await exchange(config, new URL(screen.page.url()), request);
  t.is(tokens.claims()?.sub, person.id);
  t.deepEqual(tokens.claims()?.['amr'], ['pwd', 'qr']);
});

browserTest('where events are blocked the page asks by itself', async (t) => {
  const { screen } = await openScreen(t);
  await screen.page.route('**/qr/events/**', (route) => route.abort());
  await screen.page.click(PHONE_BUTTON);
  const phone = await openOnPhone(t, await scan(screen.page, '.qr-code'));
  await screen.page.waitForSelector('#scan[data-state=scanned]');
  await decideOn(phone, 'approve');
  await t.notThrowsAsync(screen.page.waitForSelector('text=Allow Harbour CRM?'));
});

browserTest('without scripts the page reloads itself, and a button goes on', async (t) => {
  const { config, request, screen } = await openScreen(t, { javaScriptEnabled: false });
  await screen.page.click(PHONE_BUTTON);
  const phone = await openOnPhone(t, await scan(screen.page, '.qr-code'), { javaScriptEnabled: false });
  await decideOn(phone, 'approve');
  await screen.page.click('form[action$="/finish"] button');
  await decideOn(screen, 'approve');
  await screen.page.waitForURL(`${REDIRECT_URI}**`);
  t.deepEqual((await exchange(config, new URL(screen.page.url()), request)).claims()?.['amr'], ['pwd', 'qr']);
});

browserTest('who declines on the phone sees it on the screen, and may use the password there', async (t) => {
  const { screen } = await openScreen(t);
  await screen.page.click(PHONE_BUTTON);
  const phone = await openOnPhone(t, await scan(screen.page, '.qr-code'));
  await decideOn(phone, 'deny');
  await screen.page.waitForSelector('#scan[data-state=denied]');
  await screen.picture('scan-denied');
  t.true(await screen.page.isVisible('form.qr-refresh button'));
  await screen.page.click('text=Use your password instead');
  await signInOn(screen, await server.createPerson());
  await t.notThrowsAsync(screen.page.waitForSelector('text=Allow Harbour CRM?'));
});

browserTest('the way back from the code keeps where the person wanted to go', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${server.issuer}/qr?return_to=%2F`);
  const phone = await openOnPhone(t, await scan(screen.page, '.qr-code'));
  await decideOn(phone, 'approve');
  await t.notThrowsAsync(screen.page.waitForURL(`${server.issuer}/`));
});

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [true, false].map((phone) => ({ colorScheme, phone, look: `${colorScheme}-${phone ? 'phone' : 'desktop'}` })),
);

for (const lang of ['en', 'zh-CN', 'zh-TW'] as const) {
  browserTest(`the page fits and its code can be scanned, light and dark, on every screen: ${lang}`, async (t) => {
    for (const { colorScheme, phone, look } of LOOKS) {
      const { screen } = await openScreen(t, { phone }, lang);
      await screen.page.emulateMedia({ colorScheme });
      await screen.picture(`scan-offered-${lang}-${look}`);
      await screen.page.click(PHONE_BUTTON);
      await screen.page.waitForSelector('.qr-code');
      await screen.picture(`scan-pending-${lang}-${look}`);
      await t.notThrowsAsync(scan(screen.page, '.qr-code'), look);
      const overflow = await screen.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      t.true(overflow <= 0, look);
    }
  });
}
