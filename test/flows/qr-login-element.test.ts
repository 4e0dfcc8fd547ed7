// `<tokenim-qr-login>` on a page of another origin, in Chromium: one script tag signs in, under the strictest policy; a page
// whose origin is not registered gets nothing. The file itself: views/qr-login.test.ts.
import type { ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { qrSvg } from '../../src/qr/code.ts';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { scan } from '../helpers/camera.ts';
import { decideOn, openProfile, type Profile, signInOn } from '../helpers/chromium.ts';
import type { DeviceAnswer } from '../helpers/device.ts';
import { inChromium } from '../helpers/in-chromium.ts';
import { type OtherSite, startOtherSite } from '../helpers/other-site.ts';

let browser: Browser;
let server: AuthServer;
let site: OtherSite;
let stranger: OtherSite;

const browserTest = inChromium(
  async (launched) => {
    browser = launched;
    [site, stranger] = [await startOtherSite(), await startOtherSite()];
    server = await startAuthServer(undefined, { config: { clients: clients() } });
    for (const each of [site, stranger]) {
      each.serve('/', {
        body: pageWith('<tokenim-qr-login client-id="my-site"></tokenim-qr-login>'),
        policy: strict(),
      });
    }
  },
  async () => {
    await server?.stop();
    await Promise.all([site?.stop(), stranger?.stop()]);
  },
);

const clients = () => ({
  'my-site': { name: 'My Site', grants: ['device_code'], origins: [site.origin], scopes: ['openid', 'profile'] },
});
const scriptOf = ({ issuer }: AuthServer) => `<script src="${issuer}/qr-login.js" async></script>`;
const pageWith = (element: string, script = scriptOf(server)) =>
  `<!doctype html><meta charset="utf-8"><title>My Site</title>${script}<body>${element}`;

/** No inline script or style, no markup from strings, and this server only where the element needs it. */
const strict = () =>
  [
    `default-src 'none'; script-src ${server.issuer}; connect-src ${server.issuer}; img-src ${server.issuer}`,
    `base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  ].join('; ');

const START = 'tokenim-qr-login [part~=start]';
const inState = (state: string) => `tokenim-qr-login[state=${state}]`;

/** The first event of the element from now on. */
const nextEvent = (page: Page): Promise<{ type: string; detail: Record<string, unknown> | null }> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        for (const type of ['approved', 'denied', 'expired']) {
          document.addEventListener(type, (event) => resolve({ type, detail: (event as CustomEvent).detail }));
        }
      }),
  );

/** Presses the button and answers what the server said to the element. */
async function begin(page: Page): Promise<DeviceAnswer> {
  const answered = page.waitForResponse('**/oauth/device_authorization');
  await page.click(START);
  const answer = (await (await answered).json()) as DeviceAnswer;
  await page.waitForSelector(inState('pending'));
  return answer;
}

async function openOnPhone(t: ExecutionContext, link: string, on = server): Promise<Profile> {
  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(link);
  await signInOn(phone, await on.createPerson());
  await phone.page.waitForSelector('button[name=decision]');
  return phone;
}

const pictureLoaded = (page: Page) =>
  page.waitForFunction(
    () => document.querySelector('tokenim-qr-login')?.shadowRoot?.querySelector('img')?.naturalWidth,
  );

interface Extension {
  qr_uri?: string;
  events_uri?: string;
  expires_in?: number;
  interval?: number;
}

type Bare = Omit<DeviceAnswer, 'qr_uri' | 'events_uri'>;

/** Adds to the answers of the device authorization endpoint what this makes of them. */
async function extend(page: Page, extension: (answer: Bare) => Extension | Promise<Extension>): Promise<void> {
  await page.route('**/oauth/device_authorization', async (route) => {
    const response = await route.fetch();
    const { qr_uri: _qr, events_uri: _events, ...body } = (await response.json()) as DeviceAnswer & Extension;
    await route.fulfill({ response, json: { ...body, ...(await extension(body)) } });
  });
}

/** As `extend`, with a picture of the link as `qr_uri`. */
async function draw(page: Page): Promise<void> {
  let picture = '';
  await page.route('**/drawn.svg', (route) => route.fulfill({ contentType: 'image/svg+xml', body: picture }));
  await extend(page, async ({ verification_uri_complete }) => {
    picture = await qrSvg(verification_uri_complete);
    return { qr_uri: `${server.issuer}/drawn.svg` };
  });
}

browserTest('a page of another origin with one script tag signs in, under a strict policy', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.goto(site.origin);
  const event = nextEvent(screen.page);
  const { user_code } = await begin(screen.page);
  t.is(await screen.page.textContent('tokenim-qr-login [part=code]'), user_code);
  await pictureLoaded(screen.page);
  const phone = await openOnPhone(t, await scan(screen.page, 'tokenim-qr-login img'));
  await screen.page.waitForSelector(inState('scanned'));
  await screen.picture('element-scanned');
  t.true((await phone.page.content()).includes('My Site'));
  await decideOn(phone, 'approve');
  const { type, detail } = await event;
  t.is(type, 'approved');
  t.is(typeof detail?.['access_token'], 'string');
  t.is(typeof detail?.['id_token'], 'string');
  t.is(await screen.page.getAttribute('tokenim-qr-login', 'state'), 'approved');
});

browserTest('the picture that the server offers is scanned from the screen', async (t) => {
  const screen = await openProfile(t, browser);
  await draw(screen.page);
  await screen.page.goto(site.origin);
  const { verification_uri_complete } = await begin(screen.page);
  await pictureLoaded(screen.page);
  await screen.picture('element-pending');
  t.is(await scan(screen.page, 'tokenim-qr-login img'), verification_uri_complete.toUpperCase());
});

browserTest('the code stays dark on white where the page is dark', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.emulateMedia({ colorScheme: 'dark' });
  await draw(screen.page);
  await screen.page.goto(site.origin);
  await begin(screen.page);
  await screen.page.waitForTimeout(300);
  await screen.picture('element-pending-dark');
  const background = await screen.page
    .locator('tokenim-qr-login img')
    .evaluate((image) => getComputedStyle(image).backgroundColor);
  t.is(background, 'rgb(255, 255, 255)');
  await t.notThrowsAsync(scan(screen.page, 'tokenim-qr-login img'));
});

browserTest('a page whose origin is not registered gets neither a code nor tokens', async (t) => {
  const screen = await openProfile(t, browser);
  const complaints: string[] = [];
  screen.page.removeAllListeners('console');
  screen.page.on('console', (message) => complaints.push(message.text()));
  await screen.page.goto(stranger.origin);
  await screen.page.click(START);
  await screen.page.waitForSelector(inState('failed'));
  t.true(complaints.some((text) => text.includes('tokenim-qr-login')));
  t.is(await screen.page.textContent('tokenim-qr-login [part=code]'), '');
});

browserTest('nothing is asked of the server before the person asks', async (t) => {
  const screen = await openProfile(t, browser);
  const asked: string[] = [];
  screen.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await screen.page.goto(site.origin);
  await screen.page.waitForSelector(inState('idle'));
  await screen.page.waitForTimeout(500);
  t.deepEqual(asked, ['/', '/qr-login.js']);
});

browserTest('with autostart it begins by itself', async (t) => {
  const element = '<tokenim-qr-login client-id="my-site" autostart></tokenim-qr-login>';
  site.serve('/autostart', { body: pageWith(element), policy: strict() });
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${site.origin}/autostart`);
  await t.notThrowsAsync(screen.page.waitForSelector(inState('pending')));
});

browserTest('a module script serves as well', async (t) => {
  const script = `<script type="module" src="${server.issuer}/qr-login.js"></script>`;
  site.serve('/module', { body: pageWith('<tokenim-qr-login client-id="my-site"></tokenim-qr-login>', script) });
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${site.origin}/module`);
  t.regex((await begin(screen.page)).user_code, /^\w{4}-\w{4}$/);
});

browserTest('where policy checks, the digits of the phone are typed into it, and wrong ones are told', async (t) => {
  const checking = await startAuthServer(t, { config: { clients: clients(), qr: { check: 'always' } } });
  site.serve('/checked', {
    body: pageWith('<tokenim-qr-login client-id="my-site"></tokenim-qr-login>', scriptOf(checking)),
  });
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${site.origin}/checked`);
  const event = nextEvent(screen.page);
  const { verification_uri_complete } = await begin(screen.page);
  const phone = await openOnPhone(t, verification_uri_complete, checking);
  await decideOn(phone, 'approve');
  const digits = (await phone.page.textContent('.user-code code')) ?? '';
  t.regex(digits, /^\d{2}$/);
  const type = async (typed: string) => {
    await screen.page.fill('tokenim-qr-login input', typed);
    await screen.page.click('tokenim-qr-login [part~=send]');
  };
  await type(String(10 + ((Number(digits) - 9) % 90)));
  await screen.page.waitForSelector('tokenim-qr-login [part=wrong]:has-text("Those are not the digits")');
  await screen.picture('element-digits');
  await type(digits);
  t.is((await event).type, 'approved');
});

browserTest('a declined sign-in is told, and the next code is a button away, by keyboard too', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.goto(site.origin);
  const event = nextEvent(screen.page);
  const { user_code, verification_uri_complete } = await begin(screen.page);
  const phone = await openOnPhone(t, verification_uri_complete);
  await decideOn(phone, 'deny');
  t.deepEqual(await event, { type: 'denied', detail: null });
  await screen.picture('element-denied');
  await screen.page.focus('tokenim-qr-login [part~=refresh]');
  await screen.page.keyboard.press('Enter');
  await screen.page.waitForSelector(inState('pending'));
  t.not(await screen.page.textContent('tokenim-qr-login [part=code]'), user_code);
  const focused = await screen.page.evaluate(
    () => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part') ?? null,
  );
  t.is(focused, 'panel');
});

browserTest('an expired code is renewed twice, then the person is asked', async (t) => {
  const screen = await openProfile(t, browser);
  const codes = new Set<string>();
  await extend(screen.page, ({ user_code }) => {
    codes.add(user_code);
    return { expires_in: 2 };
  });
  await screen.page.goto(site.origin);
  const event = nextEvent(screen.page);
  await screen.page.click(START);
  t.is((await event).type, 'expired');
  t.is(codes.size, 3);
  t.true(await screen.page.isVisible('tokenim-qr-login [part~=refresh]'));
  await screen.page.waitForTimeout(1500);
  t.is(codes.size, 3);
});

browserTest('a hint of the event stream shows what happened and makes it ask at once', async (t) => {
  const screen = await openProfile(t, browser);
  const polls: number[] = [];
  screen.page.on('request', (request) => {
    if (request.url().endsWith('/oauth/token')) polls.push(Date.now());
  });
  await screen.page.addInitScript(() => {
    class Hints extends EventTarget {
      static OPEN = 1;
      readyState = 1;
      constructor() {
        super();
        Object.assign(window, { hint: (data: string) => this.dispatchEvent(new MessageEvent('state', { data })) });
      }
      close(): void {
        this.readyState = 2;
      }
    }
    Object.assign(window, { EventSource: Hints });
  });
  await extend(screen.page, () => ({ events_uri: `${server.issuer}/hints` }));
  await screen.page.goto(site.origin);
  const event = nextEvent(screen.page);
  const { verification_uri_complete } = await begin(screen.page);
  const hint = (data: string) =>
    screen.page.evaluate((sent) => (window as unknown as { hint(data: string): void }).hint(sent), data);

  await hint('not JSON');
  await hint('{"state":"scanned","seq":1}');
  await screen.page.waitForSelector(inState('scanned'));
  const phone = await openOnPhone(t, verification_uri_complete);
  await screen.page.waitForTimeout(6000);
  t.is(polls.length, 0, 'with a live stream it does not poll every five seconds');
  await decideOn(phone, 'approve');
  await phone.page.waitForLoadState();
  const hintedAt = Date.now();
  await hint('{"state":"approved","seq":2}');
  t.is((await event).type, 'approved');
  t.is(polls.length, 1);
  t.true((polls[0] ?? 0) - hintedAt < 1000);
});

browserTest('it honours slow_down and goes on after an interrupted connection', async (t) => {
  const screen = await openProfile(t, browser);
  const polls: number[] = [];
  await screen.page.route('**/oauth/token', async (route) => {
    polls.push(Date.now());
    if (polls.length === 1) return route.abort();
    const headers = { 'Access-Control-Allow-Origin': site.origin };
    const error = polls.length === 2 ? 'slow_down' : 'access_denied';
    return route.fulfill({ status: 400, headers, json: { error } });
  });
  await extend(screen.page, () => ({ interval: 1 }));
  await screen.page.goto(site.origin);
  const event = nextEvent(screen.page);
  await screen.page.click(START);
  await screen.page.waitForSelector('tokenim-qr-login [part=status]:has-text("No connection")');
  t.is((await event).type, 'denied');
  t.is(polls.length, 3);
  t.true((polls[2] ?? 0) - (polls[1] ?? 0) >= 5500, 'five seconds more than the interval of one');
});

for (const [lang, text] of [
  ['en-GB', 'Waiting for your phone'],
  ['zh-CN', '等待扫描'],
  ['zh-Hant-HK', '等待掃描'],
] as const) {
  browserTest(`it speaks the language that the page names: ${lang}`, async (t) => {
    const element = `<tokenim-qr-login client-id="my-site" lang="${lang}"></tokenim-qr-login>`;
    site.serve(`/${lang}`, { body: pageWith(element), policy: strict() });
    const screen = await openProfile(t, browser);
    await draw(screen.page);
    await screen.page.goto(`${site.origin}/${lang}`);
    await begin(screen.page);
    await screen.page.waitForTimeout(200);
    await screen.picture(`element-${lang}`);
    t.is(await screen.page.textContent('tokenim-qr-login [role=status]'), text);
  });
}

browserTest('a page styles it by custom properties and parts, and its own styles stay outside', async (t) => {
  const styles = `tokenim-qr-login { --tokenim-accent: rgb(1, 2, 3) }
    tokenim-qr-login::part(panel) { border-width: 7px } button { display: none !important }`;
  const element = `<style>${styles}</style><tokenim-qr-login client-id="my-site"></tokenim-qr-login>`;
  site.serve('/styled', { body: pageWith(element) });
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${site.origin}/styled`);
  const style = (selector: string, property: string) =>
    screen.page.locator(selector).evaluate((node, name) => getComputedStyle(node).getPropertyValue(name), property);
  t.is(await style(START, 'background-color'), 'rgb(1, 2, 3)');
  t.is(await style('tokenim-qr-login [part=panel]', 'border-top-width'), '7px');
  t.true(await screen.page.isVisible(START));
});

browserTest('a browser without constructable sheets shows it too, under the same policy', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.addInitScript(() => Reflect.deleteProperty(CSSStyleSheet.prototype, 'replaceSync'));
  await screen.page.goto(site.origin);
  await begin(screen.page);
  await screen.picture('element-old-browser');
  const panel = screen.page.locator('tokenim-qr-login [part=panel]');
  t.is(await panel.evaluate((node) => getComputedStyle(node).display), 'grid');
  t.false(await screen.page.isVisible(START));
});
