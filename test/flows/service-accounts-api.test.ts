// `/api/v1/service-accounts`: the same as the pages, by JSON. Attackers: tokens that may only read, others' accounts, bodies that
// nobody should send, guesses at who exists.
import test from 'ava';
import { OPERATOR } from '../helpers/auth-server.ts';
import { developer, keysApi } from '../helpers/developer.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { ask, type Reply } from '../helpers/http.ts';
import { lettersSettled, letterTo } from '../helpers/mailbox.ts';
import { onEachStorage } from '../helpers/storages.ts';

const API = '/api/v1/service-accounts';

const methodsOf = (item: object): string =>
  Object.keys(item)
    .filter((key) => key !== 'parameters')
    .join(',');

onEachStorage(({ on, server }) => {
  let names = 0;
  const newName = (): string => `api-robot-${++names}`;

  async function caller(scope = 'openid keys:read keys:write', roles = ['developer']) {
    const person = await server().createPerson({ roles });
    const { tokens } = await signInTo(await connect(server(), 'key-manager'), person, { scope });
    const call = (method: string, path = '', body?: unknown): Promise<Reply> =>
      ask(server(), API + path, {
        method,
        headers: {
          Authorization: `Bearer ${tokens.access_token}`,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const make = async (name = newName()): Promise<string> =>
      String((await call('POST', '', { name })).body['account_id']);
    return { person, call, make };
  }

  test(on('one is made, shown, listed, renamed, rested and woken'), async (t) => {
    const { person, call } = await caller();
    const name = newName();
    const made = await call('POST', '', { name, purpose: 'Nightly copy' });
    t.is(made.status, 201);
    t.is(made.headers.get('Cache-Control'), 'no-store');
    const id = String(made.body['account_id']);
    t.is(made.headers.get('Location'), `${API}/${id}`);
    const shown = { account_id: id, name, purpose: 'Nightly copy', state: 'active', roles: [], scopes: [] };
    t.like(made.body, shown);
    t.deepEqual(made.body['maintainers'], [{ account_id: person.id, name: person.email, active: true }]);
    t.like((await call('GET', `/${id}`)).body, shown);
    t.is(((await call('GET')).body['service_accounts'] as object[]).length, 1);
    t.like((await call('PATCH', `/${id}`, { disabled: true })).body, { name, state: 'disabled' });
    const next = newName();
    t.like((await call('PATCH', `/${id}`, { disabled: false, name: next })).body, {
      name: next,
      purpose: 'Nightly copy',
      state: 'active',
    });
    await server().administration.grantRole(OPERATOR, id, 'support');
    t.deepEqual((await call('GET', `/${id}`)).body['roles'], ['support', 'member']);
  });

  test(on('what changes nothing is neither recorded nor told, and what is refused changes nothing'), async (t) => {
    const { call, make } = await caller();
    const id = await make();
    const { body } = await call('GET', `/${id}`);
    const records = async () => (await server().server.domain.audit.list({ account: id, limit: 50 })).items.length;
    const before = await records();
    for (const same of [{ name: body['name'] }, { disabled: false }, {}])
      t.is((await call('PATCH', `/${id}`, same)).status, 200);
    t.is(await records(), before);
    await server().administration.disableAccount(OPERATOR, id);
    const refused = await call('PATCH', `/${id}`, { name: newName(), disabled: false });
    t.is(refused.body['code'], 'disabled_by_administrator');
    t.is((await call('GET', `/${id}`)).body['name'], body['name']);
  });

  test(on('somebody is asked, accepts, and the first one leaves'), async (t) => {
    const [anna, wei] = [await caller(), await caller()];
    const id = await anna.make();
    t.is((await anna.call('POST', `/${id}/maintainers`, { login: wei.person.email })).status, 202);
    await letterTo(server(), wei.person.email);
    t.like(((await wei.call('GET')).body['asked'] as object[])[0], { account_id: id });
    t.is((await wei.call('GET', `/${id}`)).status, 404);
    t.is((await wei.call('POST', `/${id}/accept`)).status, 204);
    t.is((await anna.call('DELETE', `/${id}/maintainers/${anna.person.id}`)).status, 204);
    t.is((await anna.call('GET', `/${id}`)).status, 404);
    const last = await wei.call('DELETE', `/${id}/maintainers/${wei.person.id}`);
    t.is(last.status, 409);
    t.is(last.body['code'], 'last_maintainer');
  });

  test(on('asking answers the same whoever exists, and can be taken back'), async (t) => {
    const [anna, wei] = [await caller(), await caller()];
    const id = await anna.make();
    for (const login of [wei.person.email, 'nobody@example.com']) {
      const { status, body } = await anna.call('POST', `/${id}/maintainers`, { login });
      t.is(status, 202);
      t.deepEqual(body, {});
      const listed = (await anna.call('GET', `/${id}`)).body['invitations'] as { login: string }[];
      t.true(listed.some((one) => one.login === login && Object.keys(one).length === 2));
    }
    await lettersSettled(server(), wei.person.email);
    t.is((await anna.call('DELETE', `/${id}/invitations/${encodeURIComponent(wei.person.email)}`)).status, 204);
    t.is((await wei.call('POST', `/${id}/accept`)).status, 404);
    t.is((await wei.call('POST', `/${id}/decline`)).status, 404);
  });

  test(on("a stranger's id answers as one that does not exist"), async (t) => {
    const [anna, mallory] = [await caller(), await caller()];
    const id = await anna.make();
    for (const other of [id, 'nosuchaccount', '..%2fkeys']) {
      const answers = [
        await mallory.call('GET', `/${other}`),
        await mallory.call('PATCH', `/${other}`, { name: newName(), disabled: true }),
        await mallory.call('POST', `/${other}/maintainers`, { login: mallory.person.email }),
        await mallory.call('DELETE', `/${other}/maintainers/${anna.person.id}`),
        await mallory.call('DELETE', `/${other}/invitations/x@example.com`),
        await mallory.call('POST', `/${other}/accept`),
      ];
      for (const { status, body } of answers) {
        t.is(status, 404);
        t.is(body['code'], 'service_account_unknown');
      }
    }
  });

  test(on('a token that may only read changes nothing, one without either sees nothing'), async (t) => {
    const reader = await caller('openid keys:read');
    t.is((await reader.call('GET')).status, 200);
    const refused = await reader.call('POST', '', { name: newName() });
    t.is(refused.body['code'], 'insufficient_scope');
    const other = await caller('openid messages:read', []);
    t.is((await other.call('GET')).status, 401);
    t.is((await ask(server(), API)).status, 401);
  });

  test(on('a role that is taken away takes the right to manage with it'), async (t) => {
    const { person, call, make } = await caller();
    const id = await make();
    await server().administration.revokeRole(OPERATOR, person.id, 'developer');
    t.is((await call('PATCH', `/${id}`, { disabled: true })).status, 403);
    t.is((await call('GET')).status, 403);
  });

  test(on('bodies that are not as described are refused, and name what is wrong'), async (t) => {
    const { call, make } = await caller();
    const id = await make();
    const wrong: [string, string, unknown, string][] = [
      ['POST', '', {}, 'body_malformed'],
      ['POST', '', { name: newName(), roles: ['admin'] }, 'body_malformed'],
      ['POST', '', { name: newName(), maintainers: ['x'] }, 'body_malformed'],
      ['POST', '', { name: 'a\u202eb' }, 'username_invalid'],
      ['PATCH', `/${id}`, { status: 'active' }, 'body_malformed'],
      ['PATCH', `/${id}`, { purpose: 'x'.repeat(101) }, 'name_invalid'],
      ['POST', `/${id}/maintainers`, { login: 'not a login' }, 'login_invalid'],
    ];
    for (const [method, path, body, code] of wrong) {
      const answer = await call(method, path, body);
      t.is(answer.status, 400, JSON.stringify(body));
      t.is(answer.body['code'], code);
    }
  });

  test(on('pages and interface show the same, and keys of it are made by JSON too'), async (t) => {
    const { person, phone } = await developer(server());
    const { call: keys } = await keysApi(server(), person);
    const page = await phone.submit(await phone.open('/developer/service-accounts/new'), {
      name: newName(),
      purpose: '',
    });
    const id = page.url.pathname.split('/').pop() ?? '';
    await server().administration.grantRole(OPERATOR, id, 'support');
    const made = await keys('POST', '', { name: 'nightly', scopes: ['calls:read'], owner: id });
    t.is(made.status, 201);
    t.true((await phone.open(`/developer/service-accounts/${id}`)).text.includes('nightly'));
  });

  test(on('the description names every address'), async (t) => {
    const { paths } = (await ask(server(), '/api/v1/openapi.json')).body as { paths: Record<string, object> };
    const own = Object.entries(paths).filter(([path]) => path.startsWith(API));
    t.deepEqual(
      own.map(([path, item]) => `${path.slice(API.length)} ${methodsOf(item)}`),
      [
        ' get,post',
        '/{account_id} get,patch',
        '/{account_id}/maintainers post',
        '/{account_id}/maintainers/{maintainer_id} delete',
        '/{account_id}/invitations/{login} delete',
        '/{account_id}/accept post',
        '/{account_id}/decline post',
      ],
    );
  });
});
