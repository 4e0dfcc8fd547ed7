// The tokens of every grant type under random roles, keys, unticked boxes and role changes: none carries a scope beyond client, roles, key and
// consent, as of the moment of its issue, and introspection none beyond those of now. `test/policy/intersection.test.ts`
// draws many more for the decision alone.
import test from 'ava';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import type { Config } from '../../src/config/config.ts';
import { type AuthServer, OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { DEVICE_GRANT, scanLink, signedInPhone, startDevice } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, exchange, SECRETS } from '../helpers/foreign-client.ts';
import { basic, post, type Reply } from '../helpers/http.ts';
import type { Page, Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const SCOPES = ['messages:read', 'messages:send', 'calls:read'];
/** Each draws roles, keys, consents and changes of them, and asks the server for tokens; the long form is `npm run test:intersection`. */
const RUNS = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 25), endOnFailure: true };

const scopes = fc.subarray(SCOPES);
const roles = fc.record({ member: scopes, support: scopes });
type Roles = { member: string[]; support: string[] };
const drawn = fc.record({
  before: roles,
  after: roles,
  isSupport: fc.boolean(),
  wanted: fc.subarray(SCOPES, { minLength: 1 }),
});
/** What the client can do without, and what the person ticks, were it shown or not. */
const choice = fc.record({ optional: scopes, ticked: scopes });

const allowedBy = ({ member, support }: Roles, isSupport: boolean): string[] =>
  SCOPES.filter((scope) => member.includes(scope) || (isSupport && support.includes(scope)));

const scopesIn = ({ body }: Reply): string[] => {
  const claims = scopeOf(String(body['access_token']));
  return claims.split(' ').filter((scope) => SCOPES.includes(scope));
};

/** An access token without API scopes is opaque. */
function scopeOf(token: string): string {
  const scope = token.split('.').length === 3 ? decodeJwt(token)['scope'] : undefined;
  return typeof scope === 'string' ? scope : '';
}

onEachStorage(({ on, server }) => {
  let original: Config;

  test.serial.before(() => void (original = server().server.config.current()));
  test.serial.afterEach.always(() => server().server.config.replace(original));

  function setRoles({ member, support }: Roles, optional: readonly string[] = []): void {
    const clients = Object.entries(original.clients).map(([id, { scopes: most, ...client }]) => [
      id,
      { ...client, scopes: most, optional_scopes: optional.filter((scope) => most.includes(scope)) },
    ]);
    const known = original.roles;
    const changed = {
      ...known,
      member: { ...known['member'], default: true, includes: [], require_mfa: false, scopes: member },
      support: { default: false, includes: ['member'], require_mfa: false, scopes: support },
    };
    server().server.config.replace({ ...original, clients: Object.fromEntries(clients), roles: changed });
  }

  /** Allows it with these boxes ticked, as far as the page has any. */
  const allow = (phone: Phone, page: Page, ticked: readonly string[]): Promise<Page> =>
    phone.submit(page, {
      decision: 'approve',
      ...(page.text.includes('name="scope"') && { scope: ticked.join(' ') }),
    });

  const person = (isSupport: boolean): Promise<TestPerson> =>
    server().createPerson({ roles: isSupport ? ['support'] : [] });

  async function introspected(auth: AuthServer, answer: Reply): Promise<string[]> {
    const token = String(answer.body['access_token']);
    const { body } = await post(auth, 'introspect', { token }, basic('im-api', SECRETS['im-api']));
    const { active, scope } = body;
    return active === true && typeof scope === 'string' ? scope.split(' ') : [];
  }

  test.serial(on('client credentials of a key: within request, key and the roles of its owner'), async (t) => {
    await fc.assert(
      fc.asyncProperty(
        drawn,
        fc.subarray(SCOPES, { minLength: 1 }),
        async ({ before, after, isSupport, wanted }, given) => {
          setRoles({ member: SCOPES, support: SCOPES });
          const owner = await person(isSupport);
          const named = { ownerId: owner.id, name: 'drawn', scopes: given };
          const { client_id, client_secret } = await server().administration.createKey(OPERATOR, named);
          for (const now of [before, after]) {
            setRoles(now);
            const fields = { grant_type: 'client_credentials', scope: wanted.join(' ') };
            const answer = await post(server(), 'token', fields, basic(client_id, client_secret));
            const most = allowedBy(now, isSupport).filter((scope) => given.includes(scope) && wanted.includes(scope));
            t.deepEqual(answer.status === 200 ? scopesIn(answer).toSorted() : [], most.toSorted());
          }
        },
      ),
      RUNS,
    );
  });

  test.serial(on('authorization code, then refresh after the roles changed, then introspection'), async (t) => {
    const config = await connect(server(), 'crm');
    await fc.assert(
      fc.asyncProperty(
        drawn,
        roles,
        choice,
        async ({ before, after, isSupport, wanted }, last, { optional, ticked }) => {
          setRoles(before, optional);
          const signer = await person(isSupport);
          const scope = ['openid', 'offline_access', ...wanted].join(' ');
          const request = await authorizationRequest(config, { scope, prompt: 'consent' });
          const phone = await signedInPhone(server(), signer);
          const back = await allow(phone, await phone.open(request.url), ticked);
          const tokens = await exchange(config, callbackOf(back), request);
          const isGiven = (name: string) => !optional.includes(name) || ticked.includes(name);
          const consented = allowedBy(before, isSupport).filter((name) => wanted.includes(name) && isGiven(name));
          t.deepEqual(scopesIn({ body: tokens } as unknown as Reply).toSorted(), consented.toSorted());

          setRoles(after);
          const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
          const refreshed = await post(server(), 'token', fields, basic('crm', SECRETS.crm));
          const carried = scopesIn(refreshed);
          t.true(carried.every((name) => consented.includes(name) && allowedBy(after, isSupport).includes(name)));

          setRoles(last);
          const live = await introspected(server(), refreshed);
          t.true(
            live
              .filter((name) => SCOPES.includes(name))
              .every((name) => carried.includes(name) && allowedBy(last, isSupport).includes(name)),
          );
        },
      ),
      RUNS,
    );
  });

  test.serial(on('device code: within request and the roles at approval and at redemption'), async (t) => {
    await fc.assert(
      fc.asyncProperty(drawn, choice, async ({ before, after, isSupport, wanted }, { optional, ticked }) => {
        setRoles(before, optional);
        const approver = await person(isSupport);
        // `tv` may not ask for sending.
        const asked = wanted.filter((scope) => scope !== 'messages:send');
        const device = await startDevice(server(), { scope: ['openid', ...asked].join(' ') });
        const phone = await signedInPhone(server(), approver);
        await allow(phone, await scanLink(phone, device), ticked);
        setRoles(after);
        const fields = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code };
        const carried = scopesIn(await post(server(), 'token', fields));
        const [then, now] = [allowedBy(before, isSupport), allowedBy(after, isSupport)];
        const isGiven = (name: string) => !optional.includes(name) || ticked.includes(name);
        const most = asked.filter((name) => isGiven(name) && then.includes(name) && now.includes(name));
        t.deepEqual(carried.toSorted(), most.toSorted());
      }),
      RUNS,
    );
  });

  test.serial(on('client credentials of an application: within what it may ask for now'), async (t) => {
    await fc.assert(
      fc.asyncProperty(scopes, fc.subarray(SCOPES, { minLength: 1 }), async (given, wanted) => {
        const reports = original.clients['reports'];
        t.truthy(reports);
        if (!reports) return;
        const clients = { ...original.clients, reports: { ...reports, scopes: given } };
        server().server.config.replace({ ...original, clients });
        const fields = { grant_type: 'client_credentials', scope: wanted.join(' ') };
        const answer = await post(server(), 'token', fields, basic('reports', SECRETS.reports));
        const most = wanted.filter((scope) => given.includes(scope));
        t.deepEqual(answer.status === 200 ? scopesIn(answer).toSorted() : [], most.toSorted());
      }),
      RUNS,
    );
  });
});
