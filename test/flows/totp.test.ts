// Authenticator applications and recovery codes: set up, asked for after the password, each code good once, also in a race.
import test from 'ava';
import type { AuthServer, TestPerson } from '../helpers/auth-server.ts';
import { formFor, textOf } from '../helpers/html.ts';
import { createPhone, type Page } from '../helpers/phone.ts';
import { codeOf, giveTotp, recoveryCodesOn, secretOn, signInWithCode } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const SECOND = '/account/sign-in/second';
const isSignedIn = async (phone: ReturnType<typeof createPhone>): Promise<boolean> =>
  (await phone.open('/account')).url.pathname === '/account';

async function subjectsTo({ server }: AuthServer, { email }: TestPerson): Promise<string[]> {
  const { items } = await server.domain.outbox.list({ limit: 50 });
  return items.filter(({ to }) => to === email).map(({ subject }) => subject);
}

async function recordedOf({ server }: AuthServer, { id }: TestPerson): Promise<string[]> {
  const { items } = await server.domain.audit.list({ account: id, limit: 50 });
  return items.map(({ type }) => type);
}

onEachStorage(
  ({ on, server }) => {
    test(
      on('an application is set up by its QR or secret, counts once confirmed, and brings recovery codes'),
      async (t) => {
        const person = await server().createPerson();
        const phone = createPhone(server().issuer);
        await phone.signIn(person);
        const shown = await phone.press(await phone.open('/account/security'), '/account/security/totp');
        const secret = secretOn(shown);
        t.is(secret.length, 32);
        t.true(shown.text.includes('<svg'));
        t.false((await createPhone(server().issuer).signIn(person)).url.pathname === SECOND, 'not confirmed yet');

        const wrong = await phone.submit(shown, { code: '000000' });
        t.is(wrong.status, 403);
        const codes = recoveryCodesOn(await phone.submit(wrong, { code: await codeOf(secret) }));
        t.is(new Set(codes).size, 10);
        t.is((await createPhone(server().issuer).signIn(person)).url.pathname, SECOND);
        t.true((await subjectsTo(server(), person)).includes('An authenticator app was set up'));
        t.true((await recordedOf(server(), person)).includes('factor.added'));
        t.false(server().logged().includes(secret));
      },
    );

    test(on('who chose no language gets the mail in that of the page'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer, { 'Accept-Language': 'zh-CN' });
      await phone.signIn(person);
      const shown = await phone.press(await phone.open('/account/security'), '/account/security/totp');
      await phone.submit(shown, { code: await codeOf(secretOn(shown)) });
      t.true((await subjectsTo(server(), person)).includes('已设置身份验证器应用'));
    });

    test(on('after the password nobody is signed in before the code'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      const second = await phone.signIn(person);
      t.is(second.url.pathname, SECOND);
      t.false(await isSignedIn(phone));
      t.is((await phone.submit(second, { code: await codeOf(secret) })).url.pathname, '/account');
      t.true(await isSignedIn(phone));
    });

    test(on('a wrong code signs nobody in, and is recorded'), async (t) => {
      const person = await server().createPerson();
      await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      const answer = await signInWithCode(phone, person, '000000');
      t.is(answer.status, 403);
      t.false(await isSignedIn(phone));
      t.true((await recordedOf(server(), person)).includes('sign_in.second_factor_failed'));
    });

    test(on('the code of the other account is wrong here'), async (t) => {
      const [person, other] = [await server().createPerson(), await server().createPerson()];
      await giveTotp(server(), person);
      const theirs = await giveTotp(server(), other);
      t.is((await signInWithCode(createPhone(server().issuer), person, await codeOf(theirs))).status, 403);
    });

    test(on('a code counts once, also while it is still shown'), async (t) => {
      const person = await server().createPerson();
      const code = await codeOf(await giveTotp(server(), person));
      t.is((await signInWithCode(createPhone(server().issuer), person, code)).url.pathname, '/account');
      t.is((await signInWithCode(createPhone(server().issuer), person, code)).status, 403);
    });

    test(on('of many browsers that send one code at once, exactly one is signed in'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phones = Array.from({ length: 5 }, () => createPhone(server().issuer));
      const pages = await Promise.all(phones.map((phone) => phone.signIn(person)));
      const code = await codeOf(secret);
      const answers = await Promise.all(phones.map((phone, at) => phone.submit(pages[at] as Page, { code })));
      t.is(answers.filter(({ url }) => url.pathname === '/account').length, 1);
    });

    test(on('codes of the neighbouring time steps are taken, older ones than the last are not'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const signIn = async (steps: number) =>
        (await signInWithCode(createPhone(server().issuer), person, await codeOf(secret, steps))).status;
      t.is(await signIn(2), 403);
      t.is(await signIn(1), 200);
      t.is(await signIn(0), 403);
      t.is(await signIn(-1), 403);
    });

    test(on('a recovery code signs in once, and the owner is told'), async (t) => {
      const person = await server().createPerson();
      await giveTotp(server(), person);
      const [code = ''] = await server().server.domain.factors.makeRecoveryCodes(person.id);
      const phone = createPhone(server().issuer);
      const typed = code.toLowerCase().replace('-', ' ');
      t.is((await phone.submit(await phone.signIn(person), { recovery_code: typed })).url.pathname, '/account');
      const other = createPhone(server().issuer);
      t.is((await other.submit(await other.signIn(person), { recovery_code: code })).status, 403);
      t.deepEqual(await subjectsTo(server(), person), ['A recovery code was used']);
      t.true(textOf((await phone.open('/account/security')).text).includes('Codes left: 9'));
    });

    test(on('of many that use one recovery code at once, exactly one is signed in'), async (t) => {
      const person = await server().createPerson();
      await giveTotp(server(), person);
      const [recovery_code = ''] = await server().server.domain.factors.makeRecoveryCodes(person.id);
      const phones = Array.from({ length: 5 }, () => createPhone(server().issuer));
      const pages = await Promise.all(phones.map((phone) => phone.signIn(person)));
      const answers = await Promise.all(phones.map((phone, at) => phone.submit(pages[at] as Page, { recovery_code })));
      t.is(answers.filter(({ url }) => url.pathname === '/account').length, 1);
    });

    test(on('new recovery codes end those before; stored are hashes alone'), async (t) => {
      const person = await server().createPerson();
      await giveTotp(server(), person);
      const { factors } = server().server.domain;
      const [old = ''] = await factors.makeRecoveryCodes(person.id);
      const [fresh = ''] = await factors.makeRecoveryCodes(person.id);
      t.is(await factors.useRecoveryCode(person.id, old), 'wrong');
      t.is(await factors.useRecoveryCode(person.id, fresh), 'used');
      const kind = { name: 'factors', durable: true, listable: false };
      const stored = JSON.stringify((await server().server.store.get(kind, person.id))?.value);
      t.false(stored.includes(fresh) || stored.includes(fresh.replace('-', '')));
    });

    test(on('the secret is sealed in the store'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const kind = { name: 'factors', durable: true, listable: false };
      t.false(JSON.stringify((await server().server.store.get(kind, person.id))?.value).includes(secret));
    });

    test(on('guessing ends after some tries, for the right code too'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      let page = await phone.signIn(person);
      for (let tries = 0; tries < 4; tries++) page = await phone.submit(page, { code: '000000' });
      t.is(page.status, 403);
      page = await phone.submit(page, { code: await codeOf(secret) });
      t.is(page.status, 429);
      t.true(Number(page.headers.get('Retry-After')) > 0);
    });

    test(on('who does not know the password cannot use up the tries'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const stranger = createPhone(server().issuer);
      const csrf = formFor((await stranger.open('/account/sign-in')).text, ['password']).hidden['csrf'] ?? '';
      for (let tries = 0; tries < 6; tries++) t.is((await stranger.post(SECOND, { csrf, code: '000000' })).status, 303);
      const answer = await signInWithCode(createPhone(server().issuer), person, await codeOf(secret));
      t.is(answer.url.pathname, '/account');
    });

    test(on('the second step belongs to the browser that knew the password'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      const thief = createPhone(server().issuer);
      const csrf = formFor((await thief.open('/account/sign-in')).text, ['password']).hidden['csrf'] ?? '';
      thief.setCookie('tim_second', phone.cookie('tim_second', SECOND) ?? '', '/account/sign-in');
      t.is((await thief.open(SECOND)).url.pathname, '/account/sign-in');
      t.is((await thief.post(SECOND, { csrf, code: await codeOf(secret) })).status, 303);
      t.false(await isSignedIn(thief));
    });

    test(on('a second step that was tampered with begins again'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      const page = await phone.signIn(person);
      const sealed = phone.cookie('tim_second', SECOND) ?? '';
      phone.setCookie('tim_second', `${sealed.slice(0, -4)}AAAA`, '/account/sign-in');
      t.is((await phone.submit(page, { code: await codeOf(secret) })).url.pathname, '/account/sign-in');
      t.false(await isSignedIn(phone));
    });

    test(on('a second step is good for one sign-in'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      const page = await phone.signIn(person);
      const sealed = phone.cookie('tim_second', SECOND) ?? '';
      await phone.submit(page, { code: await codeOf(secret) });
      t.is(phone.cookie('tim_second', SECOND), undefined);
      phone.setCookie('tim_second', sealed, '/account/sign-in');
      const csrf = formFor(page.text, ['code']).hidden['csrf'] ?? '';
      const again = await phone.post(SECOND, { csrf, code: await codeOf(secret, 1) });
      t.is(new URL(again.headers.get('Location') ?? '', again.url).pathname, '/account/sign-in');
    });

    test(on('a form from another site presents no factor and changes none'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      t.is((await phone.post(SECOND, { code: await codeOf(secret) })).status, 403);
      await phone.submit(await phone.open(SECOND), { code: await codeOf(secret) });
      for (const path of ['totp/remove', 'totp', 'recovery-codes', 'passkeys', 'passkeys/remove', 'passkeys/rename']) {
        t.is((await phone.post(`/account/security/${path}`, {})).status, 403, path);
      }
      t.is((await phone.post('/account/confirm', { code: '1' })).status, 403);
    });

    test(on('without the application the password is enough again, and its recovery codes are gone'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      await server().server.domain.factors.makeRecoveryCodes(person.id);
      const phone = createPhone(server().issuer);
      await signInWithCode(phone, person, await codeOf(secret));
      await phone.press(await phone.open('/account/security'), '/account/security/totp/remove');
      t.is((await createPhone(server().issuer).signIn(person)).url.pathname, '/account');
      t.is((await server().server.domain.factors.find(person.id)).recoveryCodesLeft, 0);
      t.true((await subjectsTo(server(), person)).includes('The authenticator app was removed'));
    });

    test(on('support can take all factors away; the owner is told'), async (t) => {
      const person = await server().createPerson();
      await giveTotp(server(), person);
      t.true(await server().administration.resetSecondFactors({ actor: 'operator' }, person.id));
      t.is((await createPhone(server().issuer).signIn(person)).url.pathname, '/account');
      t.deepEqual(await subjectsTo(server(), person), ['Your second factors were removed']);
      t.true((await recordedOf(server(), person)).includes('factor.reset'));
    });
  },
  { config: { limits: { second_factor: { per_account: 4, per_address: 10_000 } } } },
);
