// The flows in real browsers, as people see them: signing in to an application, approving a device with the phone, and
// signing in by QR, with and without scripts.
import type { Browser } from 'playwright-core';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { scan } from '../helpers/camera.ts';
import { decideOn, launchChromium, openProfile, signInOn } from '../helpers/chromium.ts';
import { poll, startDevice } from '../helpers/device.ts';
import { inChromium } from '../helpers/in-chromium.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { startProcess } from '../helpers/second-process.ts';
import { authorizationRequest, connect, exchange, redirectUriOf } from '../helpers/foreign-client.ts';

let browser: Browser;
let server: AuthServer;
let chromium = '';

const browserTest = inChromium(
  async (launched, executable) => {
    [browser, chromium] = [launched, executable];
    server = await startAuthServer(undefined);
  },
  () => server?.stop(),
);

const atAccount = () => `${server.issuer}/account`;

browserTest('a person signs in to an application, sees what it asks for, and consents', async (t) => {
  const person = await server.createPerson();
  const config = await connect(server, 'crm');
  const request = await authorizationRequest(config, { scope: 'openid email messages:read' });
  const profile = await openProfile(t, browser, { applications: [redirectUriOf('crm')] });
  await profile.page.goto(request.url.href);
  await profile.picture('sign-in');
  await signInOn(profile, person);
  await profile.page.waitForSelector('text=Read your messages');
  await profile.picture('consent');
  await decideOn(profile, 'approve');
  await profile.page.waitForURL(`${redirectUriOf('crm')}**`);
  const tokens = await exchange(config, new URL(profile.page.url()), request);
  t.is(tokens.claims()?.sub, person.id);
});

browserTest('signing in as somebody else in the same browser goes through, and the first person is gone', async (t) => {
  const [first, second] = [await server.createPerson(), await server.createPerson()];
  const config = await connect(server, 'crm');
  const profile = await openProfile(t, browser, { applications: [redirectUriOf('crm')] });
  await profile.page.goto(`${server.issuer}/account/sign-in`);
  await signInOn(profile, first);
  await profile.page.waitForURL(atAccount());
  const request = await authorizationRequest(config, { prompt: 'login' });
  await profile.page.goto(request.url.href);
  await signInOn(profile, second);
  await decideOn(profile, 'approve');
  await profile.page.waitForURL(`${redirectUriOf('crm')}**`);
  t.is((await exchange(config, new URL(profile.page.url()), request)).claims()?.sub, second.id);
});

browserTest('a device is approved on the phone, which shows the code to compare', async (t) => {
  const device = await startDevice(server, { scope: 'openid messages:read' });
  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(device.verification_uri_complete);
  await signInOn(phone, await server.createPerson());
  await phone.page.waitForSelector(`text=${device.user_code}`);
  await phone.picture('confirm-device');
  await decideOn(phone, 'approve');
  await phone.page.waitForLoadState();
  await phone.picture('approved');
  t.is((await poll(server, device)).status, 200);
});

browserTest('a QR is scanned from the screen, approved on the phone, and the browser is signed in', async (t) => {
  const person = await server.createPerson();
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${server.issuer}/qr`);
  await screen.picture('qr-pending');
  const scanned = await scan(screen.page, '.qr-code');
  t.regex(scanned, /^HTTP:\/\/LOCALHOST:\d+\/D\/[A-Z2-7]{26}$/);

  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(scanned);
  await signInOn(phone, person);
  await phone.page.waitForSelector('button[name=decision]');
  await screen.page.waitForSelector('#qr[data-state=scanned]');
  await screen.picture('qr-scanned');
  await phone.picture('confirm-sign-in');
  await decideOn(phone, 'approve');
  await screen.page.waitForURL(atAccount());
  t.true((await screen.page.content()).includes(person.email));
});

browserTest('a denied QR says so on the screen, which offers a new one', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${server.issuer}/qr`);
  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(await scan(screen.page, '.qr-code'));
  await signInOn(phone, await server.createPerson());
  const first = await screen.page.getAttribute('#qr', 'data-device-code');
  await decideOn(phone, 'deny');
  await screen.page.waitForSelector('#qr[data-state=denied]');
  await screen.picture('qr-denied');
  await screen.page.click('form.qr-refresh button');
  await screen.page.waitForSelector('#qr[data-state=pending]');
  t.not(await screen.page.getAttribute('#qr', 'data-device-code'), first);
});

browserTest('where events are blocked the page asks by itself', async (t) => {
  const person = await server.createPerson();
  const screen = await openProfile(t, browser);
  await screen.page.route('**/qr/events/**', (route) => route.abort());
  await screen.page.goto(`${server.issuer}/qr`);
  const phone = await openProfile(t, browser, { phone: true });
  await phone.page.goto(await scan(screen.page, '.qr-code'));
  await signInOn(phone, person);
  await screen.page.waitForSelector('#qr[data-state=scanned]');
  await decideOn(phone, 'approve');
  await screen.page.waitForURL(atAccount());
  t.true((await screen.page.content()).includes(person.email));
});

const onRedis = redisAvailable() ? browserTest : () => undefined;

onRedis('a QR shown by one server process is scanned and approved at another', async (t) => {
  const redis = await startRedis(t);
  const first = await startAuthServer(t, { storage: redis.url });
  const { target, end } = await startProcess(first);
  t.teardown(end);
  // For the phone the issuer's name leads to the other process, as behind a load balancer.
  const moved = `MAP ${new URL(first.issuer).host} ${new URL(target.origin).host}`;
  const elsewhere = await launchChromium(chromium, [`--host-resolver-rules=${moved}`]);
  t.teardown(() => elsewhere.close());

  const person = await first.createPerson();
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${first.issuer}/qr`);
  const phone = await openProfile(t, elsewhere, { phone: true });
  await phone.page.goto(await scan(screen.page, '.qr-code'));
  await signInOn(phone, person);
  await screen.page.waitForSelector('#qr[data-state=scanned]');
  await decideOn(phone, 'approve');
  await screen.page.waitForURL(`${first.issuer}/account`);
  t.true((await screen.page.content()).includes(person.email));
  t.false(first.logged().includes('"path":"/d/:handle"'), 'the phone asked the process that shows the QR');
});

browserTest('without scripts the page reloads itself until the phone has approved', async (t) => {
  const person = await server.createPerson();
  const screen = await openProfile(t, browser, { javaScriptEnabled: false });
  await screen.page.goto(`${server.issuer}/qr?return_to=%2Fdevice`);
  const phone = await openProfile(t, browser, { phone: true, javaScriptEnabled: false });
  await phone.page.goto(await scan(screen.page, '.qr-code'));
  await signInOn(phone, person);
  await decideOn(phone, 'approve');
  await screen.page.waitForURL(`${server.issuer}/device`);
  await screen.page.goto(atAccount());
  t.true((await screen.page.content()).includes(person.email));
});

browserTest('the QR of one browser signs in no other: its link alone opens nothing', async (t) => {
  const screen = await openProfile(t, browser);
  await screen.page.goto(`${server.issuer}/qr`);
  const link = await scan(screen.page, '.qr-code');
  const thief = await openProfile(t, browser);
  await thief.page.goto(link);
  t.is(new URL(thief.page.url()).pathname, '/account/sign-in');
});
