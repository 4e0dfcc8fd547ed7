// A forgotten password: one answer for every address, a link that works once, and what ends with it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { OPERATOR, PASSWORD, type AuthServer } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { authorizationRequest, connect } from '../helpers/foreign-client.ts';
import { formFor, textOf } from '../helpers/html.ts';
import { lettersSettled, letterTo, lettersTo, linkIn } from '../helpers/mailbox.ts';
import { createPhone, locationOf, type Page } from '../helpers/phone.ts';
import { codeOf, giveTotp } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const NEW_PASSWORD = 'seven quiet harbour lamps';
const newAddress = () => `${randomUUID()}@example.com`;

async function ask(server: AuthServer, email: string): Promise<Page> {
  const phone = createPhone(server.issuer);
  return phone.submit(await phone.open('/account/reset'), { email });
}

/** By mail, everywhere else signed out. */
async function renew(server: AuthServer, email: string): Promise<void> {
  await ask(server, email);
  const owner = createPhone(server.issuer);
  await owner.submit(await owner.open(linkIn(await letterTo(server, email))), {
    password: NEW_PASSWORD,
    end_others: 'yes',
  });
}

const signsIn = async (server: AuthServer, email: string, password: string): Promise<boolean> =>
  (await createPhone(server.issuer).signIn({ email, password })).status === 200;

onEachStorage(({ on, server, storage }) => {
  test(on('the link sets a new password, once, and the owner is told'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    t.true(await signsIn(server(), email, PASSWORD), 'asking changes nothing');
    const link = linkIn(await letterTo(server(), email));
    const phone = createPhone(server().issuer);
    const form = await phone.open(link);
    t.is((await phone.submit(form, { password: NEW_PASSWORD })).status, 200);
    t.true(await signsIn(server(), email, NEW_PASSWORD));
    t.false(await signsIn(server(), email, PASSWORD));
    const subjects = (await lettersTo(server(), email, 2)).map(({ subject }) => subject);
    t.true(subjects.includes('Your TokenIM password was changed'));

    t.is((await phone.submit(form, { password: 'yet another strong phrase' })).status, 410);
    t.is((await phone.open(link)).status, 410);
    t.true(await signsIn(server(), email, NEW_PASSWORD));
  });

  test(on('of concurrent redemptions one succeeds'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const phone = createPhone(server().issuer);
    const form = await phone.open(linkIn(await letterTo(server(), email)));
    const passwords = ['first of several phrases', 'second of several phrases', 'third of several phrases'];
    const answers = await Promise.all(passwords.map((password) => phone.submit(form, { password })));
    t.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 410, 410],
    );
  });

  test(on('a sign-in begun with the old password ends at its second step'), async (t) => {
    const person = await server().createPerson();
    const secret = await giveTotp(server(), person);
    const phone = createPhone(server().issuer);
    const second = await phone.signIn(person);
    t.is(second.url.pathname, '/account/sign-in/second');
    await renew(server(), person.email);
    const answer = await phone.submit(second, { code: await codeOf(secret) });
    t.is(answer.url.pathname, '/account/sign-in');
    t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
  });

  test(on('a sign-in to an application with the old password comes to nothing when it goes on later'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'legacy');
    const request = await authorizationRequest(config);
    const phone = createPhone(server().issuer);
    const { action, hidden } = formFor((await phone.open(request.url)).text, ['login', 'password']);
    const paused = await phone.post(action, { ...hidden, login: person.email, password: person.password });
    await renew(server(), person.email);
    const resumed = await phone.open(locationOf(paused) ?? '');
    t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
    t.is(resumed.status, 404);
    t.false(resumed.text.includes('name="decision"'));
  });

  test(on('sign-ins with the old password at the same moment leave no session'), async (t) => {
    const person = await server().createPerson();
    await ask(server(), person.email);
    const owner = createPhone(server().issuer);
    const form = await owner.open(linkIn(await letterTo(server(), person.email)));
    const thieves = Array.from({ length: 12 }, () => createPhone(server().issuer));
    await Promise.all([
      owner.submit(form, { password: NEW_PASSWORD, end_others: 'yes' }),
      ...thieves.map(async (thief, place) => {
        await sleep(place * 12);
        await thief.signIn(person);
      }),
    ]);
    const pages = await Promise.all(thieves.map((thief) => thief.open('/account')));
    t.deepEqual([...new Set(pages.map(({ url }) => url.pathname))], ['/account/sign-in']);
  });

  test(on('opening the link changes nothing'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const link = linkIn(await letterTo(server(), email));
    for (let count = 0; count < 3; count++) t.is((await createPhone(server().issuer).open(link)).status, 200);
    t.true(await signsIn(server(), email, PASSWORD));
  });

  test(on('several links are good until one is used'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const first = linkIn(await letterTo(server(), email));
    await ask(server(), email);
    const second = linkIn(await letterTo(server(), email, 2));
    const phone = createPhone(server().issuer);
    await phone.submit(await phone.open(first), { password: NEW_PASSWORD });
    t.is((await phone.open(second)).status, 410);
  });

  test(on('known, unknown and disabled addresses get one answer, and the last two no letter'), async (t) => {
    const { email: known } = await server().createPerson();
    const { email: disabled, id } = await server().createPerson();
    await server().server.domain.directory.disable(id);
    const unknown = newAddress();
    const answers = await Promise.all(
      [known, unknown, disabled].map(async (email) => {
        const { status, text } = await ask(server(), email);
        return { status, text: textOf(text).replaceAll(email, '') };
      }),
    );
    t.deepEqual(answers[1], answers[0]);
    t.deepEqual(answers[2], answers[0]);
    await letterTo(server(), known);
    t.deepEqual(await lettersSettled(server(), unknown), []);
    t.deepEqual(await lettersSettled(server(), disabled), []);
  });

  test(on('an account that is disabled after the letter stays closed'), async (t) => {
    const { email, id } = await server().createPerson();
    await ask(server(), email);
    const link = linkIn(await letterTo(server(), email));
    await server().server.domain.directory.disable(id);
    t.is((await createPhone(server().issuer).open(link)).status, 410);
  });

  for (const [choice, remains] of [
    ['yes', false],
    ['no', true],
  ] as const) {
    test(on(`other sessions ${remains ? 'stay' : 'end'} as the person chose`), async (t) => {
      const person = await server().createPerson();
      const elsewhere = createPhone(server().issuer);
      await elsewhere.signIn(person);
      await ask(server(), person.email);
      const phone = createPhone(server().issuer);
      const form = await phone.open(linkIn(await letterTo(server(), person.email)));
      t.regex(form.text, /type="checkbox"[^>]*checked/);
      const { action, hidden } = formFor(form.text, ['password']);
      const chosen = choice === 'yes' ? { end_others: 'yes' } : {};
      t.is((await phone.post(action, { ...hidden, password: NEW_PASSWORD, ...chosen })).status, 200);
      t.is((await elsewhere.open('/account')).url.pathname, remains ? '/account' : '/account/sign-in');
      t.is((await phone.signIn({ email: person.email, password: NEW_PASSWORD })).status, 200, 'at once');
    });
  }

  test(on('a weak password is refused, keeps the choice, and the link stays good'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const phone = createPhone(server().issuer);
    const form = await phone.open(linkIn(await letterTo(server(), email)));
    const refused = await phone.submit(form, { password: '5201314woaini' });
    t.is(refused.status, 422);
    t.false(/type="checkbox"[^>]*checked/.test(refused.text));
    t.is((await phone.submit(refused, { password: NEW_PASSWORD })).status, 200);
  });

  test(on('it activates an address that was never confirmed, for it proves the mailbox'), async (t) => {
    const email = newAddress();
    await server().administration.createPerson(OPERATOR, { email, password: PASSWORD, active: false });
    await letterTo(server(), email);
    await ask(server(), email);
    const phone = createPhone(server().issuer);
    await phone.submit(await phone.open(linkIn(await letterTo(server(), email, 2))), { password: NEW_PASSWORD });
    t.true(await signsIn(server(), email, NEW_PASSWORD));
  });

  test(on('who registered and forgot the password before activating gets the activation link'), async (t) => {
    const email = newAddress();
    const phone = createPhone(server().issuer);
    await phone.submit(await phone.open('/account/register'), { email, password: PASSWORD });
    await letterTo(server(), email);
    await ask(server(), email);
    const form = await phone.open(linkIn(await letterTo(server(), email, 2)));
    await phone.submit(form, { password: NEW_PASSWORD });
    t.true(await signsIn(server(), email, NEW_PASSWORD));
  });

  test(on('malformed links lead to a page that offers a new one'), async (t) => {
    for (const token of ['x', 'A'.repeat(43), '%00']) {
      const page = await createPhone(server().issuer).open(`/account/reset/${token}`);
      t.is(page.status, 410, token);
      t.true(page.text.includes('href="/account/reset"'));
    }
  });

  test(on('a link of one kind is none of the other'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const link = linkIn(await letterTo(server(), email));
    t.is((await createPhone(server().issuer).open(link.replace('/reset/', '/activate/'))).status, 410);
  });

  test(on('a form without its token changes nothing'), async (t) => {
    const { email } = await server().createPerson();
    await ask(server(), email);
    const link = linkIn(await letterTo(server(), email));
    t.is((await createPhone(server().issuer).post(link, { password: NEW_PASSWORD })).status, 403);
    t.true(await signsIn(server(), email, PASSWORD));
  });

  if (storage === 'sqlite') {
    test.serial(on('the link ends after an hour'), async (t) => {
      const { email } = await server().createPerson();
      await ask(server(), email);
      const link = linkIn(await letterTo(server(), email));
      const time = stopTime(t);
      time.advance(3540);
      t.is((await createPhone(server().issuer).open(link)).status, 200);
      time.advance(61);
      t.is((await createPhone(server().issuer).open(link)).status, 410);
    });
  }
});

onEachStorage(
  ({ on, server }) => {
    test(on('passwords tried behind a link are limited by address'), async (t) => {
      const { email } = await server().createPerson();
      await ask(server(), email);
      const phone = createPhone(server().issuer);
      const form = await phone.open(linkIn(await letterTo(server(), email)));
      const statuses: number[] = [];
      for (let count = 0; count < 3; count++) {
        statuses.push((await phone.submit(form, { password: 'password1' })).status);
      }
      t.deepEqual(statuses, [422, 422, 429]);

      await phone.submit(await phone.open('/account/register'), { email: `new-${email}`, password: PASSWORD });
      const elsewhere = createPhone(server().issuer);
      const activation = await elsewhere.open(linkIn(await letterTo(server(), `new-${email}`)));
      t.is((await elsewhere.submit(activation, { password: 'password1' })).status, 429);
    });
  },
  { config: { limits: { sign_in: { per_address: 2 } } } },
);
