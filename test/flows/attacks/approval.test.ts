// Who approves what: by which token, after whom, and whether it is still what was shown.
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { OPERATOR, type TestPerson } from '../../helpers/auth-server.ts';
import { answerOn, approve, poll, scanLink, signedInPhone, startDevice } from '../../helpers/device.ts';
import { authorizationRequest, connect, SECRETS, signInTo } from '../../helpers/foreign-client.ts';
import { formsOf } from '../../helpers/html.ts';
import { basic, post, type Reply } from '../../helpers/http.ts';
import { createPhone } from '../../helpers/phone.ts';
import { callApi, createPhoneApp } from '../../helpers/phone-app.ts';
import { attacksOn, deviceRecords } from './attacks.ts';

const attack = attacksOn();

const outcome = ({ status, body }: Reply): [number, unknown] => [status, body['code']];

attack(15, 'one does, by page or application, and the other has given nothing', async (t, { server }) => {
  const people = [await server.createPerson(), await server.createPerson()];
  const given = async ({ id: accountId }: TestPerson) =>
    (await server.server.domain.grants.list({ accountId, limit: 10 })).items.filter(
      ({ clientId }) => clientId === 'tv',
    );

  const onPage = await startDevice(server);
  const sheets = await Promise.all(
    people.map(async (person) => {
      const phone = await signedInPhone(server, person);
      return { phone, sheet: await scanLink(phone, onPage) };
    }),
  );
  const answers = await Promise.all(sheets.map(({ phone, sheet }) => phone.submit(sheet, { decision: 'approve' })));
  t.is(answers.filter(({ status }) => status === 200).length, 1);
  t.is((await poll(server, onPage)).status, 200);
  t.is((await Promise.all(people.map(given))).flat().length, 1);

  const inApp = await startDevice(server);
  const apps = await Promise.all(people.map((person) => createPhoneApp(server, person)));
  const statuses = await Promise.all(
    apps.map(async (app) => {
      const { status, body } = await app.scan(inApp.verification_uri_complete);
      return status === 200 ? (await app.approve(body['transaction'])).status : status;
    }),
  );
  t.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [204, 403],
  );
  t.is((await poll(server, inApp)).status, 200);
});

attack(16, 'not_yours on page and application, recorded, and the first may go on', async (t, { server }) => {
  const device = await startDevice(server);
  const [owner, stranger] = [await createPhoneApp(server), await createPhoneApp(server)];
  const page = await signedInPhone(server, stranger.person);
  const early = await scanLink(page, device);
  const { transaction } = (await owner.scan(device.verification_uri_complete)).body;
  t.is((await scanLink(page, device)).status, 403);
  for (const decision of ['approve', 'deny']) t.is((await page.submit(early, { decision })).status, 403);
  t.deepEqual(outcome(await stranger.scan(device.verification_uri_complete)), [403, 'not_yours']);
  t.deepEqual(outcome(await stranger.approve(transaction)), [403, 'not_yours']);
  t.deepEqual(outcome(await stranger.deny(transaction)), [403, 'not_yours']);
  const records = await deviceRecords(server, { account: stranger.person.id });
  t.deepEqual([records.length, ...new Set(records)], [6, 'device.mismatch not_yours']);
  t.is((await owner.approve(transaction)).status, 204);
  t.is(decodeJwt(String((await poll(server, device)).body['id_token'])).sub, owner.person.id);
});

attack(17, 'already_decided, whoever asks, and the first decision stands', async (t, { server }) => {
  const [app, other] = [await createPhoneApp(server), await createPhoneApp(server)];
  const phone = await signedInPhone(server, app.person);
  for (const [first, second] of [
    ['approve', 'deny'],
    ['deny', 'approve'],
  ] as const) {
    const device = await startDevice(server);
    const sheet = await scanLink(phone, device);
    const { transaction } = (await app.scan(device.verification_uri_complete)).body;
    t.is((await app[first](transaction)).status, 204);
    t.deepEqual(outcome(await app[second](transaction)), [409, 'already_decided']);
    t.deepEqual(outcome(await app[first](transaction)), [409, 'already_decided']);
    t.deepEqual(outcome(await other.scan(device.user_code)), [409, 'already_decided']);
    t.is((await phone.submit(sheet, { decision: second })).status, 409);
    t.is((await poll(server, device)).body['error'], first === 'approve' ? undefined : 'access_denied');
  }
});

attack.alone(18, 'ID tokens, other audiences and scopes, programs, revoked ones: refused', async (t, { server }) => {
  const device = await startDevice(server);
  const scan = (token: string) =>
    callApi(server, '/api/v1/qr/scan', { code: device.user_code }, { Authorization: `Bearer ${token}` });
  const app = await createPhoneApp(server);
  const mobile = await connect(server, 'tokenim-mobile');
  const { tokens } = await signInTo(mobile, app.person, { scope: 'openid qr:approve' });
  const chat = await signInTo(mobile, app.person, { scope: 'openid messages:read' });
  const opaque = await signInTo(mobile, app.person, { scope: 'openid' });
  const program = { grant_type: 'client_credentials', scope: 'messages:read' };
  const { body } = await post(server, 'token', program, basic('reports', SECRETS.reports));
  const revoked = await createPhoneApp(server);
  await client.tokenRevocation(mobile, revoked.token);
  for (const token of [
    tokens.id_token ?? '',
    chat.tokens.access_token,
    opaque.tokens.access_token,
    String(body['access_token']),
    revoked.token,
  ]) {
    t.deepEqual(outcome(await scan(token)), [401, 'invalid_token']);
  }

  const { config } = server.server;
  const before = config.current();
  const narrow = { ...before.clients['tokenim-mobile'], scopes: ['openid'] } as (typeof before.clients)[string];
  config.replace({ ...before, clients: { ...before.clients, 'tokenim-mobile': narrow } });
  const refused = await scan(app.token).finally(() => config.replace(before));
  t.deepEqual(outcome(refused), [403, 'insufficient_scope']);
  t.regex(refused.headers.get('WWW-Authenticate') ?? '', /error="insufficient_scope", scope="qr:approve"/);
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  t.is((await scan(app.token)).status, 200);
});

attack(
  19,
  'applications are told its age, and who wants a fresh one is offered no code',
  async (t, { server, pass }) => {
    const app = await createPhoneApp(server);
    const signedInAt = Number(decodeJwt(app.token)['auth_time'] ?? Math.floor(Date.now() / 1000));
    await pass(3);
    const device = await startDevice(server);
    await app.approve((await app.scan(device.verification_uri_complete)).body['transaction']);
    const authTime = Number(decodeJwt(String((await poll(server, device)).body['id_token']))['auth_time']);
    t.true(authTime <= signedInAt, `${authTime} is not after ${signedInAt}`);
    const config = await connect(server, 'crm');
    for (const parameters of [{ prompt: 'login' }, { prompt: 'login consent' }, { max_age: '60' }]) {
      const browser = createPhone(server.issuer);
      const page = await browser.open((await authorizationRequest(config, parameters)).url);
      const forms = formsOf(page.text);
      t.false(
        forms.some(({ action }) => action.endsWith('/qr')),
        JSON.stringify(parameters),
      );
      const csrf = forms.find(({ action }) => action.endsWith('/login'))?.hidden['csrf'] ?? '';
      t.is((await browser.post(`${page.url.pathname}/qr`, { csrf })).status, 404, JSON.stringify(parameters));
    }
  },
);

attack.alone(20, 'request_changed or client_not_allowed, and nothing is given', async (t, { server }) => {
  const { config } = server.server;
  const before = config.current();
  t.teardown(() => config.replace(before));
  const person = await server.createPerson({ roles: ['support'] });
  const app = await createPhoneApp(server, person);
  const scanned = async () => {
    const device = await startDevice(server, { scope: 'openid messages:read calls:read' });
    return { device, transaction: (await app.scan(device.verification_uri_complete)).body['transaction'] };
  };
  const { tv, ...others } = before.clients;
  const changed = (what: object) => ({ ...others, tv: { ...tv, ...what } as (typeof before.clients)[string] });
  for (const [clients, refusal] of [
    [others, [403, 'client_not_allowed']],
    [changed({ grants: ['authorization_code'] }), [403, 'client_not_allowed']],
    [changed({ scopes: ['openid'] }), [409, 'request_changed']],
  ] as const) {
    const { device, transaction } = await scanned();
    config.replace({ ...before, clients });
    t.deepEqual(outcome(await app.approve(transaction)), refusal);
    config.replace(before);
    t.is((await poll(server, device)).body['error'], 'authorization_pending');
  }
  const { device, transaction } = await scanned();
  await server.administration.revokeRole(OPERATOR, person.id, 'support');
  t.deepEqual(outcome(await app.approve(transaction)), [409, 'request_changed']);
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
});

attack(21, 'invalid_scope, and what no role of the person grants is left out', async (t, { server }) => {
  for (const scope of ['openid qr:approve', 'qr:approve', 'openid keys:read', 'openid messages:send']) {
    const { status, body } = await post(server, 'device_authorization', { client_id: 'tv', scope });
    t.deepEqual([status, body['error']], [400, 'invalid_scope'], scope);
  }
  const device = await startDevice(server, { scope: 'openid messages:read calls:read' });
  await approve(server, device);
  t.is(decodeJwt(String((await poll(server, device)).body['access_token']))['scope'], 'messages:read');
});

attack(22, 'nothing is given before the person has said yes', async (t, { server }) => {
  const { body } = await post(server, 'device_authorization', { client_id: 'tv' });
  const device = body as unknown as Awaited<ReturnType<typeof startDevice>>;
  const phone = await signedInPhone(server, await server.createPerson());
  const sheet = await scanLink(phone, device);
  t.true(sheet.text.includes('name="decision"'));
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
  await phone.submit(sheet, { decision: 'deny' });
  t.is((await poll(server, device)).body['error'], 'access_denied');
});

attack.alone(23, 'the approved code is worth nothing, also once the account is back', async (t, { server }) => {
  const gone = await server.createPerson();
  const device = await startDevice(server);
  await answerOn(await signedInPhone(server, gone), device, 'approve');
  await server.administration.disableAccount(OPERATOR, gone.id);
  await server.administration.enableAccount(OPERATOR, gone.id);
  t.is((await poll(server, device)).body['error'], 'invalid_grant');

  const { config } = server.server;
  const before = config.current();
  const { tv: _tv, ...clients } = before.clients;
  const orphan = await startDevice(server);
  await approve(server, orphan);
  config.replace({ ...before, clients });
  const refused = await poll(server, orphan).finally(() => config.replace(before));
  t.is(refused.body['error'], 'invalid_client');
});
