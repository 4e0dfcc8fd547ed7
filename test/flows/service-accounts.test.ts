// Service accounts in developer settings: several people look after one, its keys outlive each of them, and administrators give its
// roles. Attackers: strangers' ids, forged and stale forms, who was removed a moment ago, racing removals, enumeration, names.
import test from 'ava';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { developer, keyOn, tokenOf } from '../helpers/developer.ts';
import { signedInPhone } from '../helpers/device.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { formsOf, textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import { lettersSettled, letterTo } from '../helpers/mailbox.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HERE = '/developer/service-accounts';
let names = 0;
const newName = (): string => `robot-${++names}`;

interface Desk {
  person: TestPerson;
  phone: Phone;
}

onEachStorage(({ on, server, storage }) => {
  const domain = () => server().server.domain;
  const csrfOf = async (phone: Phone): Promise<string> =>
    formsOf((await phone.open('/account')).text)[0]?.hidden['csrf'] ?? '';

  async function make({ phone }: Desk, name = newName(), purpose = 'Copies customers'): Promise<string> {
    const page = await phone.submit(await phone.open(`${HERE}/new`), { name, purpose });
    return page.url.pathname.slice(HERE.length + 1);
  }
  const act = async (phone: Phone, id: string, name: string, fields: Record<string, string> = {}): Promise<Page> =>
    phone.post(`${HERE}/${id}/${name}`, { csrf: await csrfOf(phone), ...fields });
  const find = (id: string) => domain().directory.find(id);

  /** Both look after it. */
  async function shared() {
    const [anna, wei] = [await developer(server()), await developer(server())];
    const id = await make(anna);
    await server().administration.grantRole(OPERATOR, id, 'member');
    await act(anna.phone, id, 'ask', { login: wei.person.email });
    await letterTo(server(), wei.person.email);
    await act(wei.phone, id, 'answer', { decision: 'accept' });
    return { anna, wei, id };
  }

  test(on('a new one has no role: its page says who gives it one, and no key can be made'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    const page = await anna.phone.open(`${HERE}/${id}`);
    t.is(page.status, 200);
    t.true(textOf(page.text).includes('It has no role yet') && page.text.includes('grant-role'));
    t.deepEqual((await find(id))?.roles, []);
    const form = await anna.phone.open(`/developer/keys/new?owner=${id}`);
    t.false(form.text.includes('name="scope:'));
    const csrf = await csrfOf(anna.phone);
    const forged = { csrf, owner: id, name: 'x', 'scope:messages:read': 'on' };
    t.is((await anna.phone.post('/developer/keys', forged)).status, 422);
  });

  test(on('with a role its page shows what follows, and a key of it works for itself'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    await server().administration.grantRole(OPERATOR, id, 'support');
    const text = textOf((await anna.phone.open(`${HERE}/${id}`)).text);
    for (const words of ['support', 'See your call history']) t.true(text.includes(words), words);
    // Anna herself may not.
    const form = await anna.phone.open(`/developer/keys/new?owner=${id}`);
    const key = keyOn(await anna.phone.submit(form, { name: 'nightly', 'scope:calls:read': 'on' }));
    t.is((await tokenOf(server(), key.clientId, key.secret)).body['scope'], 'calls:read');
    t.true((await anna.phone.open(`${HERE}/${id}`)).text.includes('nightly'));
  });

  test(on('who is asked gets a mail, accepts, and manages the same keys; all are told'), async (t) => {
    const { anna, wei, id } = await shared();
    t.deepEqual((await find(id))?.maintainers, [anna.person.id, wei.person.id]);
    const told = await letterTo(server(), anna.person.email);
    t.regex(told.subject, /joined those who look after/);
    t.true(told.text.includes(wei.person.email));
    const form = await anna.phone.open(`/developer/keys/new?owner=${id}`);
    const { clientId } = keyOn(await anna.phone.submit(form, { name: 'nightly', 'scope:messages:read': 'on' }));
    t.is((await wei.phone.open(`/developer/keys/${clientId}`)).status, 200);
  });

  test(on('who declines is asked no more'), async (t) => {
    const [anna, wei] = [await developer(server()), await developer(server())];
    const id = await make(anna);
    await act(anna.phone, id, 'ask', { login: wei.person.email });
    await letterTo(server(), wei.person.email);
    const page = await wei.phone.open(HERE);
    t.true(textOf(page.text).includes('You are asked to look after'));
    t.is((await act(wei.phone, id, 'answer', { decision: 'decline' })).status, 303);
    t.is((await act(wei.phone, id, 'answer', { decision: 'accept' })).status, 404);
    t.deepEqual((await find(id))?.maintainers, [anna.person.id]);
  });

  test(on('asking says the same whoever exists: the page, and what it lists'), async (t) => {
    const [anna, wei] = [await developer(server()), await developer(server())];
    const id = await make(anna);
    const answers = [];
    for (const login of [wei.person.email, 'nobody@example.com', 'no-such-name', newName()]) {
      const answer = await act(anna.phone, id, 'ask', { login });
      answers.push([answer.status, answer.headers.get('Location')]);
      t.true(textOf((await anna.phone.open(`${HERE}/${id}`)).text).includes(`${login} · asked, until`));
    }
    t.is(new Set(answers.map(String)).size, 1);
    t.regex(answers.join(), /done=maintainer_asked/);
  });

  test(on('asking again sends no second mail; an invitation taken back opens nothing'), async (t) => {
    const [anna, wei] = [await developer(server()), await developer(server())];
    const id = await make(anna);
    for (let time = 0; time < 3; time++) await act(anna.phone, id, 'ask', { login: wei.person.email.toUpperCase() });
    t.is((await lettersSettled(server(), wei.person.email)).length, 1);
    await act(anna.phone, id, 'retract', { login: wei.person.email });
    t.is((await act(wei.phone, id, 'answer', { decision: 'accept' })).status, 404);
  });

  test(on('nobody accepts what another was asked'), async (t) => {
    const [anna, wei, mallory] = [await developer(server()), await developer(server()), await developer(server())];
    const id = await make(anna);
    await act(anna.phone, id, 'ask', { login: wei.person.email });
    await letterTo(server(), wei.person.email);
    t.is((await act(mallory.phone, id, 'answer', { decision: 'accept' })).status, 404);
    t.deepEqual((await find(id))?.maintainers, [anna.person.id]);
  });

  test(on("a stranger's id answers as one that does not exist, for every act"), async (t) => {
    const [anna, mallory] = [await developer(server()), await developer(server())];
    const id = await make(anna);
    for (const other of [id, 'nosuchaccount', anna.person.id]) {
      t.is((await mallory.phone.open(`${HERE}/${other}`)).status, 404);
      const fields = { name: newName(), purpose: '', login: 'x@example.com', maintainer: anna.person.id };
      for (const name of ['rename', 'ask', 'retract', 'remove', 'disable', 'enable']) {
        t.is((await act(mallory.phone, other, name, fields)).status, 404, name);
      }
    }
    t.like(await find(id), { status: 'active', maintainers: [anna.person.id] });
  });

  test(on('forms of another site, without a session or without a decision change nothing'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    for (const name of ['rename', 'ask', 'remove', 'disable', 'answer']) {
      t.is((await anna.phone.post(`${HERE}/${id}/${name}`, { csrf: 'forged' })).status, 403, name);
      t.not((await createPhone(server().issuer).post(`${HERE}/${id}/${name}`, { csrf: 'forged' })).status, 303);
    }
    t.is((await anna.phone.post(HERE, { csrf: 'forged', name: newName() })).status, 403);
    t.is((await act(anna.phone, id, 'answer', { decision: 'perhaps' })).status, 400);
    t.like(await find(id), { status: 'active', maintainers: [anna.person.id] });
  });

  test(on('who lost the role of a developer manages nothing, and reads which role is missing'), async (t) => {
    const { wei, id } = await shared();
    await server().administration.revokeRole(OPERATOR, wei.person.id, 'developer');
    t.is((await wei.phone.open(`${HERE}/${id}`)).status, 403);
    for (const name of ['rename', 'ask', 'disable']) t.is((await act(wei.phone, id, name)).status, 403, name);
    t.is((await find(id))?.status, 'active');
  });

  test(on('a maintainer who was removed makes no key and changes nothing, and is told'), async (t) => {
    const { anna, wei, id } = await shared();
    const form = await wei.phone.open(`/developer/keys/new?owner=${id}`);
    t.is((await act(anna.phone, id, 'remove', { maintainer: wei.person.id })).status, 303);
    const late = await wei.phone.submit(form, { name: 'late', 'scope:messages:read': 'on' });
    t.is(late.status, 404);
    t.is((await act(wei.phone, id, 'rename', { name: newName() })).status, 404);
    t.deepEqual(await domain().keys.lifecycle.allOf(id), []);
    const letters = await lettersSettled(server(), wei.person.email);
    t.regex(letters.at(-1)?.subject ?? '', /looks after .* no more/);
    const { items } = await domain().audit.list({ account: id, limit: 20 });
    const removed = items.find(({ type }) => type === 'account.maintainer_removed');
    t.like(removed, { actor: anna.person.id, details: { maintainer: wei.person.id } });
  });

  test(on('whom a maintainer asked who was removed since cannot join, and the other invitations stay'), async (t) => {
    const { anna, wei, id } = await shared();
    const [cleo, dora] = [await developer(server()), await developer(server())];
    await act(anna.phone, id, 'ask', { login: cleo.person.email });
    await act(wei.phone, id, 'ask', { login: dora.person.email });
    await Promise.all([letterTo(server(), cleo.person.email), letterTo(server(), dora.person.email)]);
    t.is((await act(wei.phone, id, 'remove', { maintainer: anna.person.id })).status, 303);
    t.false(textOf((await cleo.phone.open(HERE)).text).includes('You are asked to look after'));
    t.is((await act(cleo.phone, id, 'answer', { decision: 'accept' })).status, 404);
    t.is((await act(dora.phone, id, 'answer', { decision: 'accept' })).status, 303);
    t.deepEqual((await find(id))?.maintainers, [wei.person.id, dora.person.id]);
  });

  test(on('the last maintainer cannot leave; disabled ones do not count'), async (t) => {
    const { anna, wei, id } = await shared();
    await server().administration.disableAccount(OPERATOR, wei.person.id);
    const page = await act(anna.phone, id, 'remove', { maintainer: anna.person.id });
    t.is(page.status, 409);
    t.true(textOf(page.text).includes('Somebody must look after it'));
    t.is((await act(anna.phone, id, 'remove', { maintainer: wei.person.id })).status, 303);
    t.is((await act(anna.phone, id, 'remove', { maintainer: 'nobody' })).status, 404);
    t.deepEqual((await find(id))?.maintainers, [anna.person.id]);
  });

  test(on('of two last maintainers who leave at once exactly one stays'), async (t) => {
    for (let round = 0; round < 5; round++) {
      const { anna, wei, id } = await shared();
      const both = [anna, wei].map(({ phone, person }) => act(phone, id, 'remove', { maintainer: person.id }));
      const statuses = (await Promise.all(both)).map(({ status }) => status);
      t.deepEqual(new Set(statuses), new Set([303, 409]));
      t.is((await find(id))?.maintainers.length, 1);
    }
  });

  test(on('when the last one is erased it lives on, and administrators find it'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    await server().administration.grantRole(OPERATOR, id, 'member');
    const key = await server().administration.createKey(OPERATOR, {
      ownerId: id,
      name: 'n',
      scopes: ['messages:read'],
    });
    await server().administration.scheduleDeletion(OPERATOR, anna.person.id, Date.now() - 1);
    const alone: string[] = [];
    for await (const account of domain().maintenance.unmaintained()) alone.push(account.id);
    t.true(alone.includes(id));
    await server().administration.eraseAccount(OPERATOR, anna.person.id);
    t.deepEqual((await find(id))?.maintainers, []);
    t.is((await tokenOf(server(), key.client_id, key.client_secret)).status, 200);
  });

  test(on('disabling ends keys and their tokens at once, enabling lets the keys in again'), async (t) => {
    const { anna, wei, id } = await shared();
    const key = await server().administration.createKey(OPERATOR, {
      ownerId: id,
      name: 'n',
      scopes: ['messages:read'],
    });
    const { body } = await tokenOf(server(), key.client_id, key.client_secret);
    const isActive = async () =>
      (await post(server(), 'introspect', { token: String(body['access_token']) }, basic('im-api', SECRETS['im-api'])))
        .body['active'];
    t.true(await isActive());
    t.is((await act(anna.phone, id, 'disable')).status, 303);
    t.false(await isActive());
    t.is((await tokenOf(server(), key.client_id, key.client_secret)).status, 401);
    t.is((await act(wei.phone, id, 'enable')).status, 303);
    t.false(await isActive(), 'a token from before');
    t.is((await tokenOf(server(), key.client_id, key.client_secret)).status, 200);
  });

  test(on('what an administrator disabled no maintainer enables, not by disabling it first either'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    await act(anna.phone, id, 'disable');
    await server().administration.disableAccount(OPERATOR, id);
    await act(anna.phone, id, 'disable');
    const page = await act(anna.phone, id, 'enable');
    t.is(page.status, 403);
    t.true(textOf(page.text).includes('Only an administrator can enable it'));
    t.false(page.text.includes('/enable"'));
    t.is((await find(id))?.status, 'disabled');
  });

  test(on('a name is unique among user names, and of visible letters of one alphabet'), async (t) => {
    const anna = await developer(server());
    const id = await make(anna);
    const taken = (await find(id))?.username ?? '';
    const wrong = ['', 'a', 'a b', 'x\u202ey', 'ad\u0000min', 'pаypal', 'me@example.com', 'a'.repeat(65)];
    for (const name of [...wrong, taken, ` ${taken.toUpperCase()} `]) {
      const csrf = await csrfOf(anna.phone);
      const page = await anna.phone.post(HERE, { csrf, name, purpose: '' });
      t.is(page.status, [...wrong].includes(name) ? 400 : 409, JSON.stringify(name));
      t.is((await act(anna.phone, await make(anna), 'rename', { name, purpose: '' })).status, page.status);
    }
    for (const purpose of ['a\u202eb', 'a\nb', 'a\u0007', 'x'.repeat(101)]) {
      const csrf = await csrfOf(anna.phone);
      t.is((await anna.phone.post(HERE, { csrf, name: newName(), purpose })).status, 400, JSON.stringify(purpose));
    }
  });

  test(on('renaming is recorded and mailed; the keys stay'), async (t) => {
    const { anna, wei, id } = await shared();
    const name = newName();
    t.is((await act(anna.phone, id, 'rename', { name, purpose: '' })).status, 303);
    t.like(await find(id), { username: name });
    t.is((await find(id))?.name, undefined);
    const letters = await lettersSettled(server(), wei.person.email);
    t.true(letters.at(-1)?.subject.includes(name));
  });

  test(on('a service account cannot be asked, nor sign in'), async (t) => {
    const anna = await developer(server());
    const [id, other] = [await make(anna), await make(anna)];
    const name = (await find(other))?.username ?? '';
    await act(anna.phone, id, 'ask', { login: name });
    await lettersSettled(server(), anna.person.email);
    t.true((await find(id))?.invitations?.every(({ accountId }) => accountId === undefined));
    const phone = createPhone(server().issuer);
    const page = await phone.submit(await phone.open('/account/sign-in'), { login: name, password: 'x' });
    t.is(page.url.pathname, '/account/sign-in');
  });

  if (storage === 'sqlite') {
    test.serial(on('changes need a sign-in of lately, and an invitation ends after a week'), async (t) => {
      const [anna, wei] = [await developer(server()), await developer(server())];
      const id = await make(anna);
      await act(anna.phone, id, 'ask', { login: wei.person.email });
      await letterTo(server(), wei.person.email);
      const csrf = await csrfOf(anna.phone);
      const clock = stopTime(t);
      clock.advance(601);
      const late = await anna.phone.post(`${HERE}/${id}/disable`, { csrf });
      t.regex(late.headers.get('Location') ?? '', /^\/account\/confirm/);
      t.is((await find(id))?.status, 'active');
      clock.advance(7 * 86_400);
      const again = await signedInPhone(server(), wei.person);
      t.is((await act(again, id, 'answer', { decision: 'accept' })).status, 404);
    });
  }

  test(on('acts are recorded in the name of who did them'), async (t) => {
    const { anna, id } = await shared();
    const { items } = await domain().audit.list({ account: id, limit: 20 });
    const types = items.map(({ type, actor }) => `${type} ${actor === anna.person.id ? 'anna' : 'other'}`);
    for (const type of ['account.created anna', 'account.maintainer_asked anna', 'account.maintainer_added other'])
      t.true(types.includes(type), type);
  });
});
