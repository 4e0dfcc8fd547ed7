// Changing the password while signed in: the present one is asked for, and the owner is told.
import test from 'ava';
import { OPERATOR, PASSWORD } from '../helpers/auth-server.ts';
import { formFor, textOf } from '../helpers/html.ts';
import { letterTo, linkIn } from '../helpers/mailbox.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const NEW_PASSWORD = 'seven quiet harbour lamps';
const PATH = '/account/security/password';

onEachStorage(
  ({ on, server }) => {
    test(on('the new password holds, this browser stays signed in, the others by choice not'), async (t) => {
      const person = await server().createPerson();
      const [phone, elsewhere] = [createPhone(server().issuer), createPhone(server().issuer)];
      await phone.signIn(person);
      await elsewhere.signIn(person);
      const { action, hidden } = formFor((await phone.open(PATH)).text, ['current_password', 'password']);
      const fields = { current_password: PASSWORD, password: NEW_PASSWORD, end_others: 'yes' };
      t.is((await phone.post(action, { ...hidden, ...fields })).status, 200);

      t.is((await phone.open('/account')).url.pathname, '/account');
      t.is((await elsewhere.open('/account')).url.pathname, '/account/sign-in');
      t.is((await elsewhere.signIn({ ...person, password: PASSWORD })).status, 403);
      t.is((await elsewhere.signIn({ ...person, password: NEW_PASSWORD })).status, 200);
      t.is((await letterTo(server(), person.email)).subject, 'Your TokenIM password was changed');
    });

    test(on('a copy of the cookie is one of the others'), async (t) => {
      const person = await server().createPerson();
      const [phone, thief] = [createPhone(server().issuer), createPhone(server().issuer)];
      await phone.signIn(person);
      for (const name of ['tim_session', 'tim_session.sig']) thief.setCookie(name, phone.cookie(name) ?? '');
      t.is((await thief.open('/account')).url.pathname, '/account');
      const fields = { current_password: PASSWORD, password: NEW_PASSWORD, end_others: 'yes' };
      await phone.submit(await phone.open(PATH), fields);
      t.is((await thief.open('/account')).url.pathname, '/account/sign-in');
      t.is((await phone.open('/account')).url.pathname, '/account');
    });

    test(on('without the choice other browsers stay signed in'), async (t) => {
      const person = await server().createPerson();
      const [phone, elsewhere] = [createPhone(server().issuer), createPhone(server().issuer)];
      await phone.signIn(person);
      await elsewhere.signIn(person);
      await phone.submit(await phone.open(PATH), { current_password: PASSWORD, password: NEW_PASSWORD });
      t.is((await elsewhere.open('/account')).url.pathname, '/account');
    });

    test(on('a wrong present password changes nothing, and guessing it is stopped'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      const statuses: number[] = [];
      for (let count = 0; count < 4; count++) {
        const form = await phone.open(PATH);
        const answer = await phone.submit(form, { current_password: 'wrong password', password: NEW_PASSWORD });
        t.false(answer.text.includes(NEW_PASSWORD));
        statuses.push(answer.status);
      }
      t.deepEqual(statuses, [422, 422, 422, 429]);
      t.is((await createPhone(server().issuer).signIn(person)).status, 200);
    });

    test(on('a weak new password is refused with a hint'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      const answer = await phone.submit(await phone.open(PATH), {
        current_password: PASSWORD,
        password: 'woaini1314520',
      });
      t.is(answer.status, 422);
      t.true(answer.text.includes('id="password-error"'));
    });

    test(on('it ends reset links that were mailed before'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      await phone.submit(await phone.open('/account/reset'), { email: person.email });
      const link = linkIn(await letterTo(server(), person.email));
      await phone.submit(await phone.open(PATH), { current_password: PASSWORD, password: NEW_PASSWORD });
      t.is((await phone.open(link)).status, 410);
    });

    test(on('who is not signed in is asked to, and a form without its token is refused'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      t.is((await phone.open(PATH)).url.pathname, '/account/sign-in');
      await phone.signIn(person);
      const bare = { current_password: PASSWORD, password: NEW_PASSWORD };
      t.is((await phone.post(PATH, bare)).status, 403);
    });

    test(on('an account made without a password may set one by mail'), async (t) => {
      const email = 'passwordless@example.com';
      const { id } = await server().administration.createPerson(OPERATOR, { email, active: true });
      const phone = createPhone(server().issuer);
      await phone.submit(await phone.open('/account/reset'), { email });
      const form = await phone.open(linkIn(await letterTo(server(), email)));
      await phone.submit(form, { password: NEW_PASSWORD });
      const home = await phone.signIn({ email, password: NEW_PASSWORD });
      t.true(textOf(home.text).includes(email));
      t.is((await server().server.domain.directory.find(id))?.status, 'active');
    });
  },
  { config: { limits: { sign_in: { per_account: 3 } } } },
);
