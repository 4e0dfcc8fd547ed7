// `GET /api/v1/explain`: why a scope is granted or denied, and what became of a refused request, for who administers.
import test from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { startDevice } from '../helpers/device.ts';
import { connect, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { ask, basic, post, type Reply } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const REDIRECT_URI = 'http://127.0.0.1:9/console';
const config = {
  roles: { overseer: { scopes: ['admin:read'] } },
  clients: {
    console: {
      name: 'Console',
      grants: ['authorization_code'],
      redirect_uris: [REDIRECT_URI],
      scopes: ['openid', 'admin:read'],
    },
  },
};

interface Explained {
  verdict: string;
  reasons: { limit: string; allows: boolean; text: string }[];
}

onEachStorage(
  ({ on, server }) => {
    async function tokenOf(person: TestPerson, scope = 'openid admin:read'): Promise<string> {
      const client = await connect(server(), 'console');
      const { tokens } = await signInTo(client, person, { scope, redirect_uri: REDIRECT_URI });
      return tokens.access_token;
    }

    const explain = (token: string, query: Record<string, string>): Promise<Reply> =>
      ask(server(), `/api/v1/explain?${new URLSearchParams(query).toString()}`, {
        headers: { Authorization: `Bearer ${token}` },
      });

    const overseer = () => server().createPerson({ roles: ['overseer'] });

    test(on('a denial names the role that is missing and where it is written'), async (t) => {
      const token = await tokenOf(await overseer());
      const person = await server().createPerson();
      const { status, body } = await explain(token, { account: person.email, client: 'crm', scope: 'calls:read' });
      const { verdict, reasons } = body as unknown as Explained;
      t.is(status, 200);
      t.is(verdict, 'denied');
      const byRole = reasons.find(({ limit }) => limit === 'role');
      t.false(byRole?.allows);
      t.regex(byRole?.text ?? '', /roles support \(tokenim\.yaml:\d+\), operator \(tokenim\.yaml:\d+\) would grant it/);
    });

    test(on('what a person agreed to, took back and was never asked is told apart'), async (t) => {
      const token = await tokenOf(await overseer());
      const person = await server().createPerson();
      const question = { account: person.id, client: 'crm', scope: 'messages:read' };
      t.is((await explain(token, question)).body['verdict'], 'asks_consent');
      await signInTo(await connect(server(), 'crm'), person, { scope: 'openid messages:read', prompt: 'consent' });
      t.is((await explain(token, question)).body['verdict'], 'granted');
      await server().administration.withdrawScope(OPERATOR, person.id, 'crm', 'messages:read');
      const taken = (await explain(token, question)).body as unknown as Explained;
      t.regex(taken.reasons.map(({ text }) => text).join(), /took it back from crm/);
    });

    test(on('a refused request is explained by its id: client, key and each scope'), async (t) => {
      const token = await tokenOf(await overseer());
      const { key, owner } = await createKey(server(), ['messages:read'], ['support']);
      const fields = { grant_type: 'client_credentials', scope: 'calls:read' };
      const refused = await post(server(), 'token', fields, basic(key.client_id, key.client_secret));
      t.is(refused.body['error'], 'invalid_scope');
      const { body } = await explain(token, { request: refused.headers.get('x-request-id') ?? '' });
      const [refusal] = body['refusals'] as { record: Record<string, unknown>; explanations: Explained[] }[];
      t.like(refusal?.record, {
        type: 'token.refused',
        reason: 'invalid_scope',
        account: owner.id,
        client: key.client_id,
      });
      const against = refusal?.explanations[0]?.reasons.filter(({ allows }) => !allows);
      t.deepEqual(
        against?.map(({ limit }) => limit),
        ['key'],
      );
      t.regex(against?.[0]?.text ?? '', /"test key" was given only messages:read/);
    });

    test(on('a refusal because of a wrong secret says so, whatever the key may do'), async (t) => {
      const token = await tokenOf(await overseer());
      const { key } = await createKey(server(), ['messages:read']);
      const fields = { grant_type: 'client_credentials', scope: 'messages:read' };
      const other = await createKey(server(), ['messages:read']);
      const wrong = `${key.client_id}_${other.key.client_secret.slice(22)}`;
      const refused = await post(server(), 'token', fields, basic(key.client_id, wrong));
      const { body } = await explain(token, { request: refused.headers.get('x-request-id') ?? '' });
      const [refusal] = body['refusals'] as { why: string; explanations: Explained[] }[];
      t.regex(refusal?.why ?? '', /secret was missing or wrong/);
      t.is(refusal?.explanations[0]?.verdict, 'denied');
      const against = refusal?.explanations[0]?.reasons.filter(({ allows }) => !allows);
      t.deepEqual(
        against?.map(({ limit }) => limit),
        ['authentication'],
      );
    });

    test(on('a key that was used from elsewhere is explained by the address that the request came from'), async (t) => {
      const token = await tokenOf(await overseer());
      const owner = await server().createPerson();
      const wanted = { ownerId: owner.id, name: 'fixed', scopes: ['messages:read'], addresses: ['203.0.113.0/24'] };
      const { client_id, client_secret } = await server().administration.createKey(OPERATOR, wanted);
      const fields = { grant_type: 'client_credentials', scope: 'messages:read' };
      const refused = await post(server(), 'token', fields, basic(client_id, client_secret));
      const { body } = await explain(token, { request: refused.headers.get('x-request-id') ?? '' });
      const refusals = body['refusals'] as { record: { type: string }; why: string; explanations: Explained[] }[];
      t.true(refusals.some(({ why }) => /may not be used from the address/.test(why)));
      const texts = refusals.flatMap(({ explanations }) => explanations).flatMap(({ reasons }) => reasons);
      t.true(texts.some(({ text }) => /"fixed" may be used from 203\.0\.113\.0\/24 only/.test(text)));
    });

    test(on("a request with a grant that is not the application's is denied for that"), async (t) => {
      const token = await tokenOf(await overseer());
      const fields = { grant_type: 'client_credentials', scope: 'messages:read' };
      const refused = await post(server(), 'token', fields, basic('crm', SECRETS.crm));
      const { body } = await explain(token, { request: refused.headers.get('x-request-id') ?? '' });
      const [refusal] = body['refusals'] as { explanations: Explained[] }[];
      t.is(refusal?.explanations[0]?.verdict, 'denied');
      const texts = refusal?.explanations[0]?.reasons.map(({ text }) => text).join('\n') ?? '';
      t.regex(texts, /crm \(.*\) may not use the grant client_credentials/);
    });

    test(on('a wrong secret in the name of a key leaves no record about its owner'), async (t) => {
      const { key, owner } = await createKey(server());
      const fields = { grant_type: 'client_credentials', scope: 'messages:read' };
      const wrong = `${key.client_secret.slice(0, -1)}${key.client_secret.endsWith('0') ? '1' : '0'}`;
      await post(server(), 'token', fields, basic(key.client_id, wrong));
      const { items } = await server().server.domain.audit.list({ account: owner.id, type: 'token.refused', limit: 9 });
      t.deepEqual(items, []);
    });

    test(on('without the scope, or with a token of another audience, nothing is told'), async (t) => {
      const question = { account: 'anybody', scope: 'calls:read' };
      const { status, headers } = await ask(server(), '/api/v1/explain?scope=a');
      t.is(status, 401);
      t.regex(headers.get('www-authenticate') ?? '', /^Bearer realm=/);
      const plain = await tokenOf(await server().createPerson(), 'openid');
      t.is((await explain(plain, question)).status, 401);
      const { tokens } = await signInTo(await connect(server(), 'tokenim-mobile'), await server().createPerson(), {
        scope: 'openid qr:approve',
      });
      t.is((await explain(tokens.access_token, question)).status, 403);
    });

    test(on('who loses the role loses the answer, with the same token'), async (t) => {
      const person = await overseer();
      const token = await tokenOf(person);
      const question = { account: person.id, scope: 'admin:read' };
      t.is((await explain(token, question)).body['verdict'], 'granted');
      await server().administration.revokeRole(OPERATOR, person.id, 'overseer');
      t.is((await explain(token, question)).status, 403);
    });

    test(on('the device grant and API keys never get at it'), async (t) => {
      await t.throwsAsync(startDevice(server(), { scope: 'openid admin:read' }), { message: /invalid_scope/ });
      const { key } = await createKey(server(), undefined, ['overseer', 'support']);
      t.false(key.scopes.includes('admin:read'));
      const application = basic('reports', SECRETS.reports);
      const fields = { grant_type: 'client_credentials', scope: 'admin:read' };
      t.is((await post(server(), 'token', fields, application)).body['error'], 'invalid_scope');
    });

    test(on('unknown accounts and requests are 404, and half a question 400'), async (t) => {
      const token = await tokenOf(await overseer());
      t.like((await explain(token, { account: 'nobody', scope: 'calls:read' })).body, { code: 'account_unknown' });
      t.like(await explain(token, { request: 'none' }), { status: 404 });
      t.like((await explain(token, { scope: 'calls:read' })).body, { status: 400, code: 'question_incomplete' });
      t.is((await explain(token, { account: 'a', scope: 'b', request: 'c' })).status, 400);
    });
  },
  { config },
);
