// Explain against the token endpoint: for random roles, clients, scopes and grants, what it calls granted is in the token, what it
// calls denied is not, and a page comes exactly where it says that the person is asked.
import test from 'ava';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { apiKeyCollection } from '../../src/api-keys/api-key.ts';
import type { ClientConfig, Config } from '../../src/config/config.ts';
import { createExplain } from '../../src/compose/explain.ts';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { DEVICE_GRANT, signedInPhone } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, redirectUriOf, SECRETS } from '../helpers/foreign-client.ts';
import { basic, post, type Reply } from '../helpers/http.ts';
import { locationOf, type Page } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const API_SCOPES = ['messages:read', 'calls:read', 'files:read', 'admin:read', 'qr:approve'];
const SCOPES = [...API_SCOPES, 'openid', 'offline_access'];
const RUNS = { seed: 20261121, endOnFailure: true };

const scope = fc.constantFrom(...SCOPES);
const grantable = fc.subarray(['messages:read', 'calls:read', 'files:read', 'admin:read']);
const roles = fc.record({ member: grantable, support: grantable, isSupport: fc.boolean() });
type Roles = typeof roles extends fc.Arbitrary<infer R> ? R : never;
const client = fc.record({
  scopes: fc.subarray(SCOPES),
  grants: fc.subarray(['authorization_code', 'refresh_token', 'client_credentials', 'device_code'] as const, {
    minLength: 1,
  }),
  first_party: fc.boolean(),
  allowed_roles: fc.option(fc.constant(['support']), { nil: undefined }),
});
type Drawn = typeof client extends fc.Arbitrary<infer C> ? C : never;

onEachStorage(({ on, server }) => {
  let original: Config;
  test.serial.before(() => void (original = server().server.config.current()));
  test.serial.afterEach.always(() => server().server.config.replace(original));

  function draw({ member, support }: Roles, clients: Readonly<Record<string, Partial<ClientConfig>>> = {}): void {
    const known = original.clients;
    const changed = Object.entries(clients).map(([id, change]) => [id, { ...known[id], ...change }]);
    const role = { default: false, includes: [], require_mfa: false };
    server().server.config.replace({
      ...original,
      clients: { ...known, ...Object.fromEntries(changed) },
      roles: {
        ...original.roles,
        member: { ...role, default: true, scopes: member },
        support: { ...role, scopes: support },
      },
    });
  }

  const person = ({ isSupport }: Roles): Promise<TestPerson> =>
    server().createPerson({ roles: isSupport ? ['support'] : [] });

  async function verdict(question: { account?: string; client?: string; scope: string }): Promise<string> {
    const { config, domain } = server().server;
    return (await createExplain({ config, clock: { now: Date.now }, domain }).scope(question)).verdict;
  }

  const carries = ({ status, body }: Reply, name: string): boolean => {
    const token = String(body['access_token']);
    const { scope: signed = body['scope'] ?? '' } = token.split('.').length === 3 ? decodeJwt(token) : {};
    return status === 200 && String(signed).split(' ').includes(name);
  };

  const given = ({ first_party, allowed_roles, ...rest }: Drawn): Partial<ClientConfig> => ({
    ...rest,
    first_party,
    ...(allowed_roles && { allowed_roles }),
  });

  test.serial(on('API keys: with any scopes, resource, owner and former scopes of our own interface'), async (t) => {
    const resource = fc.option(fc.constantFrom('https://im.tokenim.example/', 'https://files.tokenim.example/'));
    await fc.assert(
      fc.asyncProperty(roles, scope, fc.subarray(API_SCOPES), resource, async (drawn, name, scopes, indicator) => {
        draw({ member: ['messages:read'], support: [], isSupport: true });
        const owner = await person(drawn);
        const { client_id, client_secret } = await server().administration.createKey(OPERATOR, {
          ownerId: owner.id,
          name: 'drawn',
        });
        const keys = apiKeyCollection(server().server.store, Date.now);
        await keys.update(client_id, (old) => ({ ...old, scopes, ...(indicator !== null && { resource: indicator }) }));
        draw(drawn);
        const said = await verdict({ client: client_id, scope: name });
        const fields = { grant_type: 'client_credentials', scope: name };
        const reply = await post(server(), 'token', fields, basic(client_id, client_secret));
        t.is(said, carries(reply, name) ? 'granted' : 'denied', `${name} of ${scopes.join(' ')}: ${reply.text}`);
      }),
      { ...RUNS, numRuns: 40 },
    );
  });

  test.serial(on('applications for themselves: with any scopes and grants'), async (t) => {
    await fc.assert(
      fc.asyncProperty(roles, client, scope, async (drawn, change, name) => {
        draw(drawn, { reports: { ...given(change), redirect_uris: ['http://127.0.0.1:9/reports'] } });
        const said = await verdict({ client: 'reports', scope: name });
        const fields = { grant_type: 'client_credentials', scope: name };
        const reply = await post(server(), 'token', fields, basic('reports', SECRETS.reports));
        t.is(said, carries(reply, name) ? 'granted' : 'denied', `${name}: ${JSON.stringify(change)} ${reply.text}`);
      }),
      { ...RUNS, numRuns: 40 },
    );
  });

  test.serial(
    on('people at web and native applications, ours and of others, before and after they agreed or took it back'),
    async (t) => {
      const which = fc.constantFrom('crm', 'tokenim-mobile');
      await fc.assert(
        fc.asyncProperty(roles, client, which, scope, async (drawn, { grants, ...change }, id, name) => {
          const signsIn = [...new Set([...grants, 'authorization_code' as const])];
          draw(drawn, { [id]: given({ ...change, grants: signsIn }) });
          const someone = await person(drawn);
          const phone = await signedInPhone(server(), someone);
          const config = await connect(server(), id);
          const about = `${name} at ${id}: ${JSON.stringify([change, signsIn, drawn])}`;
          for (const time of ['first', 'second', 'taken back', 'given again']) {
            if (time === 'taken back') await server().administration.withdrawScope(OPERATOR, someone.id, id, name);
            const said = await verdict({ account: someone.id, client: id, scope: name });
            const prompt: Record<string, string> = name === 'offline_access' ? { prompt: 'consent' } : {};
            const request = await authorizationRequest(config, { scope: name, ...prompt });
            // Without `openid` there is no ID token for it (OpenID Connect Core §3.1.2.1).
            request.url.searchParams.delete('nonce');
            const page = await phone.open(request.url);
            const isAsked = page.text.includes('name="decision"');
            const callback: Page = isAsked ? await phone.submit(page, { decision: 'approve' }) : page;
            const code = locationOf(callback) ? callbackOf(callback).searchParams.get('code') : null;
            const fields = {
              grant_type: 'authorization_code',
              code: code ?? '',
              redirect_uri: redirectUriOf(id),
              code_verifier: request.verifier,
              client_id: id,
            };
            const proof = id === 'crm' ? basic('crm', SECRETS.crm) : {};
            const reply = await post(server(), 'token', fields, proof);
            const really = carries(reply, name) ? (isAsked ? 'asks_consent' : 'granted') : 'denied';
            t.is(
              said,
              really,
              `${time}, ${about}: ${callback.status} ${callback.url.pathname} ${locationOf(callback)?.search} ${reply.text}`,
            );
          }
        }),
        { ...RUNS, numRuns: 60 },
      );
    },
  );

  test.serial(on('people at devices'), async (t) => {
    await fc.assert(
      fc.asyncProperty(roles, client, scope, async (drawn, { grants, ...change }, name) => {
        const others = grants.filter((grant) => grant === 'refresh_token');
        draw(drawn, { tv: given({ ...change, grants: ['device_code', ...others] }) });
        const someone = await person(drawn);
        const said = await verdict({ account: someone.id, client: 'tv', scope: name });
        const device = await post(server(), 'device_authorization', { client_id: 'tv', scope: name });
        const phone = await signedInPhone(server(), someone);
        const link = device.body['verification_uri_complete'];
        const sheet = await phone.open(typeof link === 'string' ? link : '/device');
        if (sheet.text.includes('value="approve"')) await phone.submit(sheet, { decision: 'approve' });
        const code = String(device.body['device_code']);
        const fields = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: code };
        const reply = await post(server(), 'token', fields);
        const really = carries(reply, name) ? 'asks_consent' : 'denied';
        t.is(said, really, `${name}: ${JSON.stringify([change, others, drawn])} ${device.text} ${reply.text}`);
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});
