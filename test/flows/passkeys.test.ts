// Passkeys in a real browser with a virtual authenticator (CDP WebAuthn): added, used alone and as second factor, and refused when
// challenge, origin, owner or counter do not fit. What goes wrong is posted without the page's script.
import type { Browser } from 'playwright-core';
import { addAuthenticator, type Authenticator, withoutConditional } from '../helpers/authenticator.ts';
import { type AuthServer, startAuthServer, type TestPerson } from '../helpers/auth-server.ts';
import { decideOn, openProfile, type Profile, signInOn } from '../helpers/chromium.ts';
import { authorizationRequest, connect, exchange, redirectUriOf } from '../helpers/foreign-client.ts';
import { inChromium } from '../helpers/in-chromium.ts';
import { giveTotp } from '../helpers/second-factor.ts';

let browser: Browser;
let server: AuthServer;

const browserTest = inChromium(
  async (launched) => {
    browser = launched;
    server = await startAuthServer(undefined, {
      config: { limits: { second_factor: { per_account: 1000, per_address: 10_000 } } },
    });
  },
  () => server?.stop(),
);

type Device = Profile & Authenticator;

const openDevice = async (
  t: Parameters<typeof openProfile>[0],
  options: Parameters<typeof openProfile>[2] = {},
): Promise<Device> => {
  const profile = await openProfile(t, browser, options);
  return { ...profile, ...(await addAuthenticator(profile)) };
};

const credentialsOf = async ({ cdp, authenticatorId }: Device) =>
  (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;

/** Signs in and adds a passkey. */
async function addPasskey(device: Device, person: TestPerson, name = 'Laptop'): Promise<void> {
  const { page } = device;
  await page.goto(`${server.issuer}/account/sign-in`);
  await signInOn(device, person);
  await page.waitForURL('**/account');
  await page.goto(`${server.issuer}/account/security/passkeys/new`);
  await page.fill('input[name=name]', name);
  await page.click('[data-passkey] button[type=submit]');
  await page.waitForSelector('.recovery-codes');
}

/** The answer of the authenticator to this page, caught instead of sent. */
async function catchAnswer({ page }: Device): Promise<{ action: string; fields: Record<string, string> }> {
  return page.evaluate(async () => {
    interface Form {
      action: string;
      elements: Record<string, { value: string }>;
      requestSubmit(): void;
    }
    const { document } = globalThis as unknown as { document: { querySelector(selector: string): Form } };
    const form = document.querySelector('[data-passkey] form');
    const press = form.requestSubmit.bind(form);
    const sent = new Promise<void>((resolve) => {
      form.requestSubmit = () => resolve();
    });
    press();
    await sent;
    const names = ['csrf', 'ticket', 'response'];
    return {
      action: form.action,
      fields: Object.fromEntries(names.map((name) => [name, form.elements[name]?.value ?? ''])),
    };
  });
}

const post = async ({ context }: Profile, address: string, form: Record<string, string>) =>
  context.request.post(new URL(address, server.issuer).href, {
    form,
    maxRedirects: 0,
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  });

const signOut = (device: Device): Promise<void> => device.context.clearCookies();

async function openSignIn(device: Device): Promise<void> {
  await withoutConditional(device.page);
  await device.page.goto(`${server.issuer}/account/sign-in`);
  await device.page.waitForSelector('[data-passkey]:not([hidden])');
}

browserTest.serial('a passkey is added with a name, and signs in alone, with two factors in one', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person, 'Work laptop');
  await device.picture('passkey-recovery-codes');
  await device.page.goto(`${server.issuer}/account/security`);
  t.true((await device.page.textContent('.factors'))?.includes('Work laptop'));
  await device.picture('passkey-security');

  await signOut(device);
  await openSignIn(device);
  await device.picture('passkey-sign-in');
  await device.page.click('[data-passkey] button[type=submit]');
  await device.page.waitForURL('**/account');
  const { items } = await server.server.domain.outbox.list({ limit: 20 });
  t.true(items.some(({ to, subject }) => to === person.email && subject === 'A passkey was added to your account'));
  const { items: records } = await server.server.domain.audit.list({ account: person.id, limit: 20 });
  t.true(records.some(({ type, details }) => type === 'sign_in.succeeded' && details?.['method'] === 'passkey'));
});

browserTest.serial('the browser offers passkeys in the field for the user name', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  await signOut(device);
  await device.page.goto(`${server.issuer}/account/sign-in`);
  await device.page.waitForURL('**/account');
  t.true((await device.page.content()).includes(person.email));
});

browserTest.serial('an application is told of the key and of two factors', async (t) => {
  const callback = redirectUriOf('crm');
  const device = await openDevice(t, { applications: [callback] });
  await addPasskey(device, await server.createPerson());
  await signOut(device);
  await withoutConditional(device.page);
  const request = await authorizationRequest(await connect(server, 'crm'), {
    claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:tokenim:acr:mfa' } } }),
  });
  await device.page.goto(request.url.href);
  await device.page.click('[data-passkey] button[type=submit]');
  await device.page.waitForSelector('button[name=decision]');
  await decideOn(device, 'approve');
  await device.page.waitForURL(`${callback}**`);
  const tokens = await exchange(await connect(server, 'crm'), new URL(device.page.url()), request);
  t.deepEqual(tokens.claims()?.['amr'], ['hwk', 'user', 'mfa']);
  t.is(tokens.claims()?.['acr'], 'urn:tokenim:acr:mfa');
});

browserTest.serial('after the password the passkey is asked for, and finishes the sign-in', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  await signOut(device);
  await openSignIn(device);
  await signInOn(device, person);
  await device.page.waitForURL('**/account/sign-in/second');
  await device.picture('passkey-second');
  await device.page.click('[data-passkey] button[type=submit]');
  await device.page.waitForURL('**/account');
  t.true((await device.page.content()).includes(person.email));
});

browserTest.serial('without an authenticator the page says so and stays', async (t) => {
  const device = await openDevice(t);
  await openSignIn(device);
  await device.cdp.send('WebAuthn.setUserVerified', {
    authenticatorId: device.authenticatorId,
    isUserVerified: false,
  });
  await device.page.click('[data-passkey] button[type=submit]');
  await device.page.waitForFunction(() => {
    const { document } = globalThis as unknown as { document: { querySelector(s: string): { textContent: string } } };
    return document.querySelector('[data-failed]').textContent !== '';
  });
  t.true(device.page.url().endsWith('/account/sign-in'));
});

browserTest.serial(
  'a browser without passkeys, or without scripts, is told why there is nothing to press',
  async (t) => {
    const person = await server.createPerson();
    for (const [javaScriptEnabled, reason] of [
      [true, '[data-passkey-missing]'],
      [false, 'noscript p'],
    ] as const) {
      const device = await openProfile(t, browser, { javaScriptEnabled });
      if (javaScriptEnabled) {
        await device.page.addInitScript(() => {
          Object.assign(globalThis, { PublicKeyCredential: undefined });
        });
      }
      await device.page.goto(`${server.issuer}/account/sign-in`);
      await signInOn(device, person);
      await device.page.waitForURL('**/account');
      await device.page.goto(`${server.issuer}/account/security/passkeys/new`);
      await device.page.waitForSelector(reason);
      t.false(await device.page.isVisible('[data-passkey]'));
    }
  },
);

browserTest.serial('an answer counts once', async (t) => {
  const device = await openDevice(t);
  await addPasskey(device, await server.createPerson());
  await signOut(device);
  await openSignIn(device);
  const { action, fields } = await catchAnswer(device);
  t.is((await post(device, action, fields)).status(), 303);
  t.is((await post(device, action, fields)).status(), 403);
});

browserTest.serial('of many that send one answer at once, exactly one signs in', async (t) => {
  const device = await openDevice(t);
  await addPasskey(device, await server.createPerson());
  await signOut(device);
  await openSignIn(device);
  const { action, fields } = await catchAnswer(device);
  const statuses = await Promise.all(
    Array.from({ length: 4 }, async () => (await post(device, action, fields)).status()),
  );
  t.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [303, 403, 403, 403],
  );
});

browserTest.serial('an answer to a challenge of another page, browser or purpose signs nobody in', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  await signOut(device);
  await openSignIn(device);
  const { action, fields } = await catchAnswer(device);
  const thief = await openDevice(t);
  await openSignIn(thief);
  const theirs = await catchFields(thief);
  t.is((await post(thief, action, { ...fields, csrf: theirs.csrf })).status(), 403, 'another browser');
  t.is((await post(device, action, { ...fields, ticket: theirs.ticket })).status(), 403, 'the ticket of another');
  t.is((await post(device, action, { ...fields, ticket: `${fields['ticket']}x` })).status(), 403, 'a forged ticket');
  await signInOn(device, person);
  await device.page.waitForURL('**/second');
  const second = await post(device, '/account/sign-in/second', fields);
  t.is(second.status(), 403, 'another purpose');
  t.is((await post(device, action, { ...fields, csrf: 'x' })).status(), 403, 'without CSRF field');
});

browserTest.serial('an answer made for another origin, or unsigned, is refused', async (t) => {
  const device = await openDevice(t);
  await addPasskey(device, await server.createPerson());
  for (const spoil of [
    (response: Answer) =>
      edit(response, 'clientDataJSON', (data) => data.replace(server.issuer, 'https://evil.example')),
    (response: Answer) => edit(response, 'clientDataJSON', (data) => data.replace('webauthn.get', 'webauthn.create')),
    (response: Answer) => ({ ...response, response: { ...response.response, signature: 'MEUCIQ' } }),
    (response: Answer) => ({ ...response, response: { ...response.response, userHandle: undefined } }),
    () => 'nonsense',
  ]) {
    await signOut(device);
    await openSignIn(device);
    const { action, fields } = await catchAnswer(device);
    const response = JSON.stringify(spoil(JSON.parse(fields['response'] ?? '') as Answer));
    t.is((await post(device, action, { ...fields, response })).status(), 403, String(spoil));
  }
});

browserTest.serial('an answer that the person gave to another site is worth nothing here', async (t) => {
  const phishing = 'http://localhost:9/';
  const device = await openDevice(t, { applications: [phishing] });
  await addPasskey(device, await server.createPerson());
  await signOut(device);
  await openSignIn(device);
  const { csrf, ticket } = await catchFields(device);
  const options = (await device.page.getAttribute('[data-passkey]', 'data-options')) ?? '';
  await device.page.goto(phishing);
  const response = await device.page.evaluate(async (text) => {
    interface WebAuthn {
      PublicKeyCredential: { parseRequestOptionsFromJSON(options: unknown): unknown };
      navigator: { credentials: { get(how: { publicKey: unknown }): Promise<{ toJSON(): unknown }> } };
    }
    const { PublicKeyCredential, navigator } = globalThis as unknown as WebAuthn;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(text));
    return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
  }, options);
  t.is((await post(device, '/account/sign-in/passkey', { csrf, ticket, response })).status(), 403);
});

browserTest.serial('a passkey opens its own account only, whatever account it names', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  const victim = await server.createPerson();
  await giveTotp(server, victim);
  await signOut(device);
  await openSignIn(device);
  const { action, fields } = await catchAnswer(device);
  const answer = JSON.parse(fields['response'] ?? '') as Answer;
  const userHandle = Buffer.from(victim.id).toString('base64url');
  const response = JSON.stringify({ ...answer, response: { ...answer.response, userHandle } });
  t.is((await post(device, action, { ...fields, response })).status(), 403);
});

browserTest.serial('a credential that another account holds is not taken', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  const [passkey] = await server.server.domain.factors.passkeysOf(person.id);
  const other = await server.createPerson();
  const { createdAt: _, lastUsedAt: __, ...copy } = passkey ?? ({} as never);
  await t.throwsAsync(server.server.domain.factors.addPasskey(other.id, copy), { code: 'passkey_known' });
});

browserTest.serial('a counter that does not rise is a copy of the key: refused and recorded', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  const { factors, audit } = server.server.domain;
  const [passkey] = await factors.passkeysOf(person.id);
  t.is(await factors.usePasskey(person.id, passkey?.id ?? '', { counter: 1_000_000, isBackedUp: false }), 'used');
  await signOut(device);
  await openSignIn(device);
  const { action, fields } = await catchAnswer(device);
  t.is((await post(device, action, fields)).status(), 403);
  const { items } = await audit.list({ account: person.id, limit: 20 });
  t.true(items.some(({ reason }) => reason === 'passkey_regressed'));
});

browserTest.serial('a removed passkey, or that of a disabled account, signs nobody in', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  await signOut(device);
  await openSignIn(device);
  const first = await catchAnswer(device);
  await server.administration.disableAccount({ actor: 'operator' }, person.id);
  t.is((await post(device, first.action, first.fields)).status(), 403);
  await server.administration.enableAccount({ actor: 'operator' }, person.id);
  const [credential] = await credentialsOf(device);
  const id = Buffer.from(credential?.credentialId ?? '', 'base64').toString('base64url');
  await server.server.domain.factors.removePasskey(person.id, id, { isRequired: false });
  await openSignIn(device);
  const second = await catchAnswer(device);
  t.is((await post(device, second.action, second.fields)).status(), 403);
});

browserTest.serial('a passkey is renamed and removed on the page', async (t) => {
  const device = await openDevice(t);
  const person = await server.createPerson();
  await addPasskey(device, person);
  const { page } = device;
  await page.goto(`${server.issuer}/account/security`);
  await page.click('.factors summary');
  await page.fill('.factors input[name=name]', '<b>Blue key</b>');
  await page.click('form[action$="/passkeys/rename"] button');
  await page.waitForSelector('.factors:has-text("<b>Blue key</b>")');
  await page.click('.factors summary');
  await page.click('form[action$="/passkeys/remove"] button');
  await page.waitForSelector('.factors', { state: 'detached' });
  t.false(await server.server.domain.factors.has(person.id));
});

const catchFields = async ({ page }: Device): Promise<{ csrf: string; ticket: string }> => ({
  csrf: await page.inputValue('[data-passkey] input[name=csrf]'),
  ticket: await page.inputValue('[data-passkey] input[name=ticket]'),
});

interface Answer {
  response: Record<string, string | undefined>;
}

/** Changes a base64url member of the answer. */
function edit(answer: Answer, member: string, change: (text: string) => string): Answer {
  const text = Buffer.from(answer.response[member] ?? '', 'base64url').toString();
  const changed = Buffer.from(change(text)).toString('base64url');
  return { ...answer, response: { ...answer.response, [member]: changed } };
}
