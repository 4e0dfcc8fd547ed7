// The activation link: GET only looks, a second press is harmless, and no password of a stranger survives it.
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { OPERATOR, PASSWORD, type AuthServer } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { formFor, textOf } from '../helpers/html.ts';
import { lettersSettled, letterTo, linkIn, lettersTo } from '../helpers/mailbox.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const OTHER_PASSWORD = 'seven quiet harbour lamps';
const newAddress = () => `${randomUUID()}@example.com`;

async function register(server: AuthServer, fields: { email: string; password?: string; username?: string }) {
  const phone = createPhone(server.issuer);
  await phone.submit(await phone.open('/account/register'), { password: PASSWORD, ...fields });
  return phone;
}

const signsIn = async (server: AuthServer, email: string, password: string): Promise<boolean> =>
  (await createPhone(server.issuer).signIn({ email, password })).status === 200;

const askAgain = async (phone: Phone, email: string) => phone.submit(await phone.open('/account/activate'), { email });

onEachStorage(({ on, server, storage }) => {
  test(on('opening the link changes nothing, however often'), async (t) => {
    const email = newAddress();
    await register(server(), { email });
    const link = linkIn(await letterTo(server(), email));
    for (let count = 0; count < 3; count++) t.is((await createPhone(server().issuer).open(link)).status, 200);
    t.is(await server().server.domain.directory.findByLogin(email), undefined);
  });

  test(on('a second press, and the link opened later, say that the account is active'), async (t) => {
    const email = newAddress();
    const phone = await register(server(), { email });
    const form = await phone.open(linkIn(await letterTo(server(), email)));
    const presses = await Promise.all([phone.submit(form, {}), phone.submit(form, {})]);
    for (const { status, text } of presses) {
      t.is(status, 200);
      t.regex(textOf(text), /is active|Already active/);
    }
    const later = await phone.open(form.url);
    t.is(later.status, 200);
    t.true(textOf(later.text).includes('Already active'));
  });

  test(on('in another browser the person who reads the mail chooses the password'), async (t) => {
    const email = newAddress();
    await register(server(), { email });
    const link = linkIn(await letterTo(server(), email));
    const other = createPhone(server().issuer);
    const form = await other.open(link);
    const { action, hidden } = formFor(form.text, ['password']);
    t.is((await other.post(action, hidden)).status, 200);
    t.is(await server().server.domain.directory.findByLogin(email), undefined, 'not without a password');

    t.is((await other.submit(form, { password: OTHER_PASSWORD })).status, 200);
    t.false(await signsIn(server(), email, PASSWORD));
    t.true(await signsIn(server(), email, OTHER_PASSWORD));
  });

  test(on('a weak password is refused there, and the link stays good'), async (t) => {
    const email = newAddress();
    await register(server(), { email });
    const phone = createPhone(server().issuer);
    const form = await phone.open(linkIn(await letterTo(server(), email)));
    const refused = await phone.submit(form, { password: email });
    t.is(refused.status, 422);
    t.false(refused.text.includes(`value="${email}" name="password"`));
    t.is((await phone.submit(refused, { password: OTHER_PASSWORD })).status, 200);
  });

  test(on('a stranger who registered the address first gains nothing'), async (t) => {
    const email = newAddress();
    const stranger = await register(server(), { email, password: 'the strangers own choice' });
    const strangersLink = linkIn(await letterTo(server(), email));
    const owner = await register(server(), { email });
    await owner.submit(await owner.open(linkIn(await letterTo(server(), email, 2))), {});

    t.true(await signsIn(server(), email, PASSWORD));
    t.false(await signsIn(server(), email, 'the strangers own choice'));
    t.is((await stranger.open(strangersLink)).status, 410);
  });

  test(on("even the stranger's own link, opened by the owner, takes the owner's password"), async (t) => {
    const email = newAddress();
    await register(server(), { email, password: 'the strangers own choice', username: `s${randomUUID().slice(0, 8)}` });
    const owner = createPhone(server().issuer);
    const form = await owner.open(linkIn(await letterTo(server(), email)));
    await owner.submit(form, { password: OTHER_PASSWORD });
    t.false(await signsIn(server(), email, 'the strangers own choice'));
    t.true(await signsIn(server(), email, OTHER_PASSWORD));
  });

  test(on('a registration occupies no user name; who comes late is told and signs in by address'), async (t) => {
    const username = `u${randomUUID().slice(0, 12)}`;
    const [first, second] = [newAddress(), newAddress()];
    const slow = await register(server(), { email: first, username });
    const quick = await register(server(), { email: second, username });
    await quick.submit(await quick.open(linkIn(await letterTo(server(), second))), {});
    const late = await slow.submit(await slow.open(linkIn(await letterTo(server(), first))), {});
    t.true(textOf(late.text).includes('Somebody took your user name'));
    t.true(await signsIn(server(), first, PASSWORD));
    t.is((await server().server.domain.directory.findByLogin(username))?.email, second);
  });

  test(on('malformed and foreign links lead to a page that offers a new one'), async (t) => {
    for (const token of ['x', 'A'.repeat(43), '%00', encodeURIComponent('../../reset'), 'é'.repeat(43)]) {
      const page = await createPhone(server().issuer).open(`/account/activate/${token}`);
      t.is(page.status, 410, token);
      t.true(page.text.includes('href="/account/activate"'));
    }
  });

  test(on('another link is mailed on request; nobody learns whether one was'), async (t) => {
    const email = newAddress();
    const phone = await register(server(), { email });
    await letterTo(server(), email);
    const { email: active } = await server().createPerson();
    const nobody = newAddress();
    const answers = await Promise.all(
      [email, active, nobody].map(async (address) => {
        const { status, text } = await askAgain(createPhone(server().issuer), address);
        return { status, text: textOf(text).replaceAll(address, '') };
      }),
    );
    t.deepEqual(answers[1], answers[0]);
    t.deepEqual(answers[2], answers[0]);
    t.is((await letterTo(server(), active)).subject, 'You have a TokenIM account already');
    t.deepEqual(await lettersSettled(server(), nobody), []);

    await phone.submit(await phone.open(linkIn(await letterTo(server(), email, 2))), { password: OTHER_PASSWORD });
    t.true(await signsIn(server(), email, OTHER_PASSWORD));
  });

  test(on('the browser that registered gets its own choice again, another one nothing of it'), async (t) => {
    const email = newAddress();
    const phone = await register(server(), { email });
    await letterTo(server(), email);
    await askAgain(phone, email);
    const own = linkIn(await letterTo(server(), email, 2));
    t.false((await phone.open(own)).text.includes('type="password"'));
    const stranger = await register(server(), { email: newAddress() });
    await askAgain(stranger, email);
    const foreign = linkIn(await letterTo(server(), email, 3));
    t.true((await stranger.open(foreign)).text.includes('type="password"'));
    t.true((await phone.open(foreign)).text.includes('type="password"'));
  });

  test(on('an account made by an administrator is activated by mail, with a password of its person'), async (t) => {
    const email = newAddress();
    const made = await server().administration.createPerson(OPERATOR, {
      email,
      roles: ['support'],
      password: PASSWORD,
      active: false,
    });
    const phone = createPhone(server().issuer);
    const early = await phone.signIn({ email, password: PASSWORD });
    t.is(early.status, 403);
    t.true(textOf(early.text).includes('not confirmed yet'), 'the right password may know');
    t.false(textOf((await phone.signIn({ email, password: 'wrong password' })).text).includes('not confirmed yet'));

    const form = await phone.open(linkIn(await letterTo(server(), email)));
    await phone.submit(form, { password: OTHER_PASSWORD });
    t.true(await signsIn(server(), email, OTHER_PASSWORD));
    t.false(await signsIn(server(), email, PASSWORD));
    t.like(await server().server.domain.directory.findByLogin(email), { id: made.id, roles: ['support'] });
  });

  test(on('the button on the sign-in page sends the link again'), async (t) => {
    const email = newAddress();
    await server().administration.createPerson(OPERATOR, { email, password: PASSWORD, active: false });
    await letterTo(server(), email);
    const phone = createPhone(server().issuer);
    const refused = await phone.signIn({ email, password: PASSWORD });
    const { action, hidden } = formFor(refused.text, ['email']);
    t.is((await phone.post(action, hidden)).status, 200);
    t.is((await lettersTo(server(), email, 2)).length, 2);
  });

  if (storage === 'sqlite') {
    test.serial(on('the link ends after a day'), async (t) => {
      const email = newAddress();
      const phone = await register(server(), { email });
      const link = linkIn(await letterTo(server(), email));
      const time = stopTime(t);
      time.advance(24 * 3600 - 60);
      t.is((await phone.open(link)).status, 200);
      time.advance(61);
      t.is((await phone.open(link)).status, 410);
    });
  }
});
