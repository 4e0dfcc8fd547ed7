// Guessing is slowed, its target is not locked out: a browser that the owner used counts for itself, and mail opens a way in.
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { stopTime } from '../helpers/clock.ts';
import { formsOf, textOf } from '../helpers/html.ts';
import { letterTo, linkIn } from '../helpers/mailbox.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const WRONG = 'wrong password';

async function fail(phone: Phone, email: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count++) statuses.push((await phone.signIn({ email, password: WRONG })).status);
  return statuses;
}

onEachStorage(
  ({ on, server, storage }) => {
    test(on("strangers' failures do not lock the owner's browser, nor does signing out"), async (t) => {
      const person = await server().createPerson();
      const own = createPhone(server().issuer);
      t.is((await own.signIn(person)).status, 200);
      const { hidden } = formsOf((await own.open('/account')).text)[0] ?? { hidden: {} };
      t.is((await own.post('/account/sign-out', hidden)).status, 200);

      const stranger = createPhone(server().issuer);
      t.deepEqual(await fail(stranger, person.email, 4), [403, 403, 429, 429]);
      t.is((await createPhone(server().issuer).signIn(person)).status, 429, 'a browser nobody knows');
      t.is((await own.signIn(person)).status, 200);
    });

    test(on("the owner's browser is no way to guess without end"), async (t) => {
      const person = await server().createPerson();
      const own = createPhone(server().issuer);
      await own.signIn(person);
      const stolen = createPhone(server().issuer);
      stolen.setCookie('tim_known', own.cookie('tim_known') ?? '');
      t.deepEqual(await fail(stolen, person.email, 4), [403, 403, 403, 429]);
      t.is((await createPhone(server().issuer).signIn(person)).status, 200, 'strangers count apart');
    });

    test(on('a browser known for one account is a stranger to another'), async (t) => {
      const [mine, victim] = [await server().createPerson(), await server().createPerson()];
      const phone = createPhone(server().issuer);
      await phone.signIn(mine);
      await fail(createPhone(server().issuer), victim.email, 3);
      t.is((await phone.open('/account/sign-in')).url.pathname, '/account');
      const signedOut = createPhone(server().issuer);
      signedOut.setCookie('tim_known', phone.cookie('tim_known') ?? '');
      t.is((await signedOut.signIn(victim)).status, 429);
    });

    test(on('a new password by mail opens the browser it was chosen in, whatever strangers do'), async (t) => {
      const person = await server().createPerson();
      await fail(createPhone(server().issuer), person.email, 4);
      const phone = createPhone(server().issuer);
      await phone.submit(await phone.open('/account/reset'), { email: person.email });
      const password = 'seven quiet harbour lamps';
      await phone.submit(await phone.open(linkIn(await letterTo(server(), person.email))), { password });
      t.is((await phone.signIn({ email: person.email, password })).status, 200);
    });

    test(on('known and unknown logins are slowed alike, word for word'), async (t) => {
      const { email } = await server().createPerson();
      const unknown = `${randomUUID()}@example.com`;
      const answers = await Promise.all(
        [email, unknown].map(async (login) => {
          const phone = createPhone(server().issuer);
          await fail(phone, login, 3);
          const { status, text } = await phone.signIn({ email: login, password: WRONG });
          return { status, text: textOf(text).replaceAll(login, '') };
        }),
      );
      t.is(answers[0]?.status, 429);
      t.deepEqual(answers[0], answers[1]);
    });

    test(on('a forged proof is worth nothing'), async (t) => {
      const person = await server().createPerson();
      await fail(createPhone(server().issuer), person.email, 3);
      const phone = createPhone(server().issuer);
      phone.setCookie('tim_known', `${'A'.repeat(22)}.${'B'.repeat(22)}`);
      t.is((await phone.signIn(person)).status, 429);
    });

    if (storage === 'sqlite') {
      test.serial(on('the delay grows with persistence, and ends'), async (t) => {
        const person = await server().createPerson();
        const time = stopTime(t);
        const phone = createPhone(server().issuer);
        t.deepEqual(await fail(phone, person.email, 4), [403, 403, 403, 429]);
        time.advance(15 * 60 + 1);
        t.deepEqual(await fail(phone, person.email, 4), [403, 403, 403, 429]);
        time.advance(15 * 60 + 1);
        const slowed = await phone.signIn({ email: person.email, password: WRONG });
        t.is(slowed.status, 429, 'twice the limit within an hour');
        t.true(Number(slowed.headers.get('Retry-After')) > 15 * 60);
        time.advance(24 * 3600);
        t.is((await phone.signIn(person)).status, 200);
      });
    }
  },
  { config: { limits: { sign_in: { per_account: 3 } } } },
);
