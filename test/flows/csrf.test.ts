// Whose form it is: one that was made for somebody acts for nobody else, and every form of people's own pages says for whom.
import test from 'ava';
import { formFor } from '../helpers/html.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const tokenOn = ({ text }: Page): string => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

onEachStorage(({ on, server }) => {
  const signedIn = async () => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    return { person, phone };
  };
  const rename = (phone: Phone, csrf: string) => phone.post('/account', { csrf, name: 'Renamed', username: '' });
  const nameOf = async (id: string) => (await server().server.domain.directory.find(id))?.name;

  test(
    on('a cookie and token that a stranger got for themselves, planted in a browser, do nothing there'),
    async (t) => {
      const { person, phone } = await signedIn();
      const stranger = await signedIn();
      const anonymous = createPhone(server().issuer);
      for (const [planter, path] of [
        [anonymous, '/account/sign-in'],
        [stranger.phone, '/account'],
      ] as const) {
        const token = tokenOn(await planter.open(path));
        phone.setCookie('tim_csrf', planter.cookie('tim_csrf') ?? '');
        t.is((await rename(phone, token)).status, 403);
      }
      t.is(await nameOf(person.id), undefined);
    },
  );

  test(on('a page that another person left open acts for nobody who signs in later'), async (t) => {
    const { phone } = await signedIn();
    const left = tokenOn(await phone.open('/account'));
    await phone.signOut();
    const next = await server().createPerson();
    await phone.signIn(next);
    t.is((await rename(phone, left)).status, 403);
    t.is(await nameOf(next.id), undefined);
  });

  test(on('the form of a person outlives a new sign-in of theirs'), async (t) => {
    const { person, phone } = await signedIn();
    const token = tokenOn(await phone.open('/account'));
    await phone.signOut();
    await phone.signIn(person);
    t.is((await rename(phone, token)).status, 303);
    t.is(await nameOf(person.id), 'Renamed');
  });

  test(on('a form whose person is signed out meanwhile leads to signing in'), async (t) => {
    const { phone } = await signedIn();
    const token = tokenOn(await phone.open('/account'));
    await phone.signOut();
    const answer = await rename(phone, token);
    t.is(answer.status, 303);
    t.true(answer.headers.get('Location')?.startsWith('/account/sign-in'));
  });

  test(on('a sign-in form of another tab still signs in, whoever signed in meanwhile'), async (t) => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    const tab = await phone.open('/account/sign-in');
    await phone.signIn(await server().createPerson());
    t.is((await phone.submit(tab, { login: person.email, password: person.password })).url.pathname, '/account');
    t.true((await phone.open('/account')).text.includes(person.email));
  });

  test(on('a token whose mark was cut off or added to is none'), async (t) => {
    const { phone } = await signedIn();
    const left = tokenOn(await phone.open('/account'));
    const { action } = formFor((await phone.open('/account')).text, ['name', 'username']);
    await phone.signOut();
    await phone.signIn(await server().createPerson());
    t.is((await phone.post(action, { csrf: left.split('.')[0] ?? '', name: 'x', username: '' })).status, 403);
    t.is((await phone.post(action, { csrf: `${left}.`, name: 'x', username: '' })).status, 403);
  });
});
