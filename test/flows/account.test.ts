// `/account`: people change their name, user name and language, see what happened, and take a copy of all of it away.
import test from 'ava';
import { textOf } from '../helpers/html.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const signedIn = async () => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    return { person, phone };
  };
  const profile = (username: string, name = 'Lin 小雨', locale = 'zh-CN') => ({ name, username, locale });
  const unique = () => `u${Math.random().toString(36).slice(2, 12)}`;

  test(on('name, user name and language are changed, and the user name signs in'), async (t) => {
    const { person, phone } = await signedIn();
    const username = unique();
    const saved = await phone.submit(await phone.open('/account'), profile(username.toUpperCase()));
    t.true(saved.text.includes('lang="zh-CN"'));
    t.true(textOf(saved.text).includes('已保存'));
    t.true(saved.text.includes('value="Lin 小雨"'));
    const again = await createPhone(server().issuer).signIn({ email: username, password: person.password });
    t.is(again.url.pathname, '/account');
  });

  test(on('a page in another language still shows which language the person chose'), async (t) => {
    const { phone } = await signedIn();
    await phone.submit(await phone.open('/account'), profile(unique()));
    const page = await phone.open('/account?lang=en');
    t.true(page.text.includes('<html lang="en">'));
    t.regex(page.text, /<option[^>]*value="zh-CN"[^>]*selected/);
  });

  test(on('a page says what was done in words of ours only'), async (t) => {
    const { phone } = await signedIn();
    t.true(textOf((await phone.open('/account?done=kept')).text).includes('Your account stays'));
    t.false((await phone.open('/account?done=You+won')).text.includes('class="alert'));
  });

  test(on('neither copy nor activity shows from where an administrator acted'), async (t) => {
    const { person, phone } = await signedIn();
    const administrator = { actor: 'another account', address: '198.51.100.77', userAgent: 'Their Browser' };
    await server().administration.grantRole(administrator, person.id, 'support');
    const copy = (await phone.open('/account/export')).text;
    t.true(copy.includes('account.role_granted'));
    t.true(copy.includes('127.0.0.1'), 'their own address is');
    for (const text of [copy, (await phone.open('/account/activity')).text]) {
      t.false(text.includes('198.51.100.77') || text.includes('Their Browser'));
    }
  });

  test(on('a user name that is taken is told at its field, and what was typed stays'), async (t) => {
    const [first, second] = [await signedIn(), await signedIn()];
    const username = unique();
    await first.phone.submit(await first.phone.open('/account'), profile(username));
    const refused = await second.phone.submit(await second.phone.open('/account?lang=en'), profile(username, 'Typed'));
    t.is(refused.status, 422);
    t.true(textOf(refused.text).includes('This user name is taken'));
    t.true(refused.text.includes('value="Typed"'));
    t.regex(refused.text, /aria-invalid="true"[^>]*aria-describedby="username-error/);
  });

  test(on('of two who take one user name at the same moment one gets it'), async (t) => {
    const people = [await signedIn(), await signedIn()];
    const username = unique();
    const pages = await Promise.all(people.map(({ phone }) => phone.open('/account')));
    const answers = await Promise.all(
      people.map(({ phone }, index) => phone.submit(pages[index] as never, profile(username))),
    );
    t.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 422],
    );
  });

  test(on('names that cannot be are refused, each at its field'), async (t) => {
    const { phone } = await signedIn();
    for (const [fields, words] of [
      [profile('a'), 'needs 2 to 64'],
      [profile('two words'), 'needs 2 to 64'],
      [profile(unique(), 'a\u202eb'), '1 to 100 visible'],
      [profile(unique(), 'x'.repeat(101)), '1 to 100 visible'],
    ] as const) {
      const refused = await phone.submit(await phone.open('/account?lang=en'), fields);
      t.is(refused.status, 422);
      t.true(textOf(refused.text).includes(words), words);
    }
  });

  test(on('an empty name takes it away'), async (t) => {
    const { person, phone } = await signedIn();
    await phone.submit(await phone.open('/account'), profile(unique()));
    await phone.submit(await phone.open('/account'), profile('', ''));
    const account = await server().server.domain.directory.find(person.id);
    t.is(account?.name, undefined);
    t.is(account?.username, undefined);
  });

  test(on('a form of another site changes nothing'), async (t) => {
    const { person, phone } = await signedIn();
    const refused = await phone.post('/account', { ...profile(unique()), csrf: 'forged' });
    t.is(refused.status, 403);
    t.is((await server().server.domain.directory.find(person.id))?.name, undefined);
  });

  test(on('fields that are not of the profile are not taken: nobody gives themselves a role'), async (t) => {
    const { person, phone } = await signedIn();
    const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account')).text)?.[1] ?? '';
    await phone.post('/account', {
      ...profile(unique()),
      csrf,
      roles: 'admin',
      email: 'other@example.com',
      status: 'active',
    });
    const account = await server().server.domain.directory.find(person.id);
    t.deepEqual(account?.roles, []);
    t.is(account?.email, person.email);
  });

  test(on("the activity tells what happened to this account and nobody else's"), async (t) => {
    const [{ person, phone }, other] = [await signedIn(), await signedIn()];
    await createPhone(server().issuer).signIn({ email: person.email, password: 'wrong password' });
    const text = textOf((await phone.open('/account/activity?lang=en')).text);
    t.true(text.includes('Signed in'));
    t.true(text.includes('Sign-in refused'));
    t.false(textOf((await other.phone.open('/account/activity?lang=en')).text).includes('Sign-in refused'));
  });

  test(on('the copy holds the account and its records, and neither a password hash nor a secret'), async (t) => {
    const { person, phone } = await signedIn();
    const copy = await phone.open('/account/export');
    t.regex(copy.headers.get('Content-Disposition') ?? '', /^attachment/);
    const { account, records } = JSON.parse(copy.text) as {
      account: { email: string };
      records: { account: string }[];
    };
    t.is(account.email, person.email);
    t.true(records.length > 0);
    t.true(records.every((record) => record.account === person.id));
    t.notRegex(copy.text, /argon2|passwordHash|tim_live_\w+_\w+_/);
  });

  for (const path of ['/account', '/account/activity', '/account/export', '/account/apps']) {
    test(on(`${path} asks strangers to sign in`), async (t) => {
      const page = await createPhone(server().issuer).open(path);
      t.is(page.url.pathname, '/account/sign-in');
      t.is(page.url.searchParams.get('return_to'), path);
    });
  }
});
