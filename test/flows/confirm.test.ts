// Before something dangerous the person must have proved themselves lately, or does so again (`web/recent.ts`).
import test from 'ava';
import { startAuthServer } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { createPhone } from '../helpers/phone.ts';
import { codeOf, giveTotp, signInWithCode } from '../helpers/second-factor.ts';

const TEN_MINUTES = 601;

test.serial('a fresh sign-in is enough; an older one confirms with the password, and comes back', async (t) => {
  const time = stopTime(t);
  const server = await startAuthServer(t);
  const person = await server.createPerson();
  const phone = createPhone(server.issuer);
  await phone.signIn(person);
  t.is((await phone.open('/account/security/passkeys/new')).url.pathname, '/account/security/passkeys/new');

  time.advance(TEN_MINUTES);
  const asked = await phone.open('/account/security/passkeys/new');
  t.is(asked.url.pathname, '/account/confirm');
  t.is((await phone.submit(asked, { password: 'not the password' })).status, 403);
  t.is((await phone.open('/account/security/passkeys/new')).url.pathname, '/account/confirm');
  const back = await phone.submit(asked, { password: person.password });
  t.is(back.url.pathname, '/account/security/passkeys/new');
});

test.serial('nothing is added, removed or made before the confirmation', async (t) => {
  const time = stopTime(t);
  const server = await startAuthServer(t);
  const person = await server.createPerson();
  const secret = await giveTotp(server, person);
  const { factors } = server.server.domain;
  const phone = createPhone(server.issuer);
  await signInWithCode(phone, person, await codeOf(secret));
  time.advance(TEN_MINUTES);
  const security = await phone.open('/account/security');
  for (const path of ['totp/remove', 'recovery-codes']) {
    const answer = await phone.press(security, `/account/security/${path}`);
    t.is(answer.url.pathname, '/account/confirm', path);
  }
  t.true(await factors.has(person.id));
  t.is((await factors.find(person.id)).recoveryCodesLeft, 0);
});

test.serial('who has a second factor confirms with it: the password does not take it away', async (t) => {
  const time = stopTime(t);
  const server = await startAuthServer(t);
  const person = await server.createPerson();
  const secret = await giveTotp(server, person);
  const phone = createPhone(server.issuer);
  await signInWithCode(phone, person, await codeOf(secret));
  time.advance(TEN_MINUTES);
  const asked = await phone.open('/account/confirm?return_to=%2Faccount%2Fsecurity');
  t.false(asked.text.includes('name="password"'));
  const { csrf = '' } = Object.fromEntries(
    new URLSearchParams(`csrf=${/name="csrf" value="([^"]+)"/.exec(asked.text)?.[1]}`),
  );
  t.is((await phone.post('/account/confirm', { csrf, password: person.password })).status, 403);
  t.is((await phone.submit(asked, { code: await codeOf(secret) })).url.pathname, '/account/security');
  await phone.press(await phone.open('/account/security'), '/account/security/totp/remove');
  t.false(await server.server.domain.factors.has(person.id));
});

test.serial('a confirmation never leads to another site', async (t) => {
  const server = await startAuthServer(t);
  const person = await server.createPerson();
  const phone = createPhone(server.issuer);
  await phone.signIn(person);
  for (const target of ['https://evil.example/', '//evil.example/', '/\\evil.example']) {
    const asked = await phone.open(`/account/confirm?${new URLSearchParams({ return_to: target })}`);
    const answer = await phone.submit(asked, { password: person.password });
    t.is(answer.url.href, `${server.issuer}/account`, target);
  }
});

test.serial('a second step or an enrolment left open ends by time', async (t) => {
  const time = stopTime(t);
  const server = await startAuthServer(t);
  const person = await server.createPerson();
  const enrolling = createPhone(server.issuer);
  await enrolling.signIn(person);
  const { factors } = server.server.domain;
  await factors.beginTotp(person.id);
  const pending = (await factors.pendingTotp(person.id)) ?? '';
  time.advance(15 * 60 + 1);
  await t.throwsAsync(factors.confirmTotp(person.id, await codeOf(pending)), { code: 'totp_enrolment_expired' });

  const secret = await giveTotp(server, person);
  const phone = createPhone(server.issuer);
  const page = await phone.signIn(person);
  time.advance(TEN_MINUTES);
  t.is((await phone.submit(page, { code: await codeOf(secret) })).url.pathname, '/account/sign-in');
});
