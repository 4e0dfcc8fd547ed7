// A registered client that takes another name, or leads elsewhere: what people gave to what it was before is worth nothing from the very
// change on, although the process that made the change dies in it, and whatever others do that have not heard of it.
import test, { type ExecutionContext } from 'ava';
import * as client from 'openid-client';
import { storedClientCollection } from '../../src/clients/stored-client.ts';
import { createStoredClients } from '../../src/clients/stored-clients.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { approve, poll, scanLink, signedInPhone, startDevice } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, exchange, refusalOf } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { ask as call } from '../helpers/http.ts';
import { createPhoneApp } from '../helpers/phone-app.ts';
import type { Page, Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const REDIRECT_URI = 'https://stranger.example/callback';
const SCOPE = 'openid messages:read';
const ENABLED = {
  client_registration: {
    enabled: true,
    scopes: ['openid', 'offline_access', 'messages:read'],
    grants: ['authorization_code', 'refresh_token', 'device_code'],
  },
};

onEachStorage(
  ({ on, server }) => {
    const domain = () => server().server.domain;

    async function register() {
      const { token } = await server().administration.createRegistrationToken(OPERATOR, {});
      const { body } = await call(server(), '/oauth/register', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          client_name: 'Stranger Calendar',
          redirect_uris: [REDIRECT_URI],
          grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
          token_endpoint_auth_method: 'none',
          scope: 'openid offline_access messages:read',
        }),
      });
      return String(body['client_id']);
    }

    /** Renames it in a process that dies once the change is in the store. */
    async function renameAndDie(t: ExecutionContext, id: string, name = 'TokenIM Calendar'): Promise<void> {
      const dying = createStoredClients({
        collection: storedClientCollection(server().server.store, systemClock.now),
        clock: systemClock,
        judge: () => ({ problems: [] }),
        managedBy: () => undefined,
        endGrants: () => Promise.reject(new Error('killed')),
        changed: () => Promise.reject(new Error('killed')),
      });
      await t.throwsAsync(dying.change(id, { name }, id), { message: 'killed' });
    }
    /** What every process does each half minute. */
    const look = (): Promise<void> => domain().clients.inForce.readAll();

    async function someone() {
      const person = await server().createPerson();
      return { person, phone: await signedInPhone(server(), person) };
    }

    async function request(phone: Phone, id: string, parameters: Record<string, string> = {}) {
      const app = await connect(server(), id);
      const made = await authorizationRequest(app, { redirect_uri: REDIRECT_URI, scope: SCOPE, ...parameters });
      const page = await phone.open(made.url);
      return { app, page, finish: (last: Page) => exchange(app, callbackOf(last), made) };
    }

    const isAsked = ({ text }: Page): boolean => text.includes('name="decision"');
    const allow = (phone: Phone, page: Page): Promise<Page> => phone.submit(page, { decision: 'approve' });

    test(on('a crash right after the change leaves nothing of what was given before'), async (t) => {
      const id = await register();
      const { person, phone } = await someone();
      const lasting = { scope: `${SCOPE} offline_access`, prompt: 'consent' };
      const { app, page, finish } = await request(phone, id, lasting);
      const tokens = await finish(await allow(phone, page));
      t.truthy(callbackOf((await request(phone, id)).page));
      await renameAndDie(t, id);
      await look();
      t.is(await refusalOf(client.refreshTokenGrant(app, tokens.refresh_token ?? '')), 'invalid_grant');
      t.false((await client.tokenIntrospection(app, tokens.access_token)).active);
      t.deepEqual(await domain().grants.of(person.id), []);
      t.deepEqual(await domain().consents.rememberedBy(person.id), []);
      t.false(textOf((await phone.open('/account/apps')).text).includes('Calendar'));
      const anew = await request(phone, id);
      t.true(isAsked(anew.page) && textOf(anew.page.text).includes('TokenIM Calendar'));
      t.truthy((await anew.finish(await allow(phone, anew.page))).access_token);
      t.truthy(callbackOf((await request(phone, id)).page), 'what was agreed to now counts');
    });

    test(on('what a process gives that has not heard of the change is for the former name alone'), async (t) => {
      const id = await register();
      const { person, phone } = await someone();
      await renameAndDie(t, id);
      const late = await request(phone, id);
      t.true(textOf(late.page.text).includes('Stranger Calendar'));
      await late.finish(await allow(phone, late.page));
      await look();
      t.true(isAsked((await request(phone, id)).page));
      const granted = { openid: ['openid'], resources: {} };
      await domain().consents.remember(person.id, id, granted, { edition: 1 });
      await domain().consents.remember(person.id, id, { openid: ['openid', 'profile'], resources: {} }, { edition: 0 });
      t.deepEqual((await domain().consents.find(person.id, id)).openid, ['openid']);
    });

    test(on('a yes to a page with the former name is none: the page comes again with the present one'), async (t) => {
      const id = await register();
      const { phone } = await someone();
      const { page, finish } = await request(phone, id);
      await server().administration.changeClient(OPERATOR, id, { name: 'TokenIM Calendar' });
      const again = await allow(phone, page);
      t.true(isAsked(again) && textOf(again.text).includes('TokenIM Calendar'));
      t.truthy((await finish(await allow(phone, again))).access_token);
    });

    test(on('a forged or left out edition gives nothing to a client that changed'), async (t) => {
      const id = await register();
      const { phone } = await someone();
      await server().administration.changeClient(OPERATOR, id, { name: 'TokenIM Calendar' });
      const { page } = await request(phone, id);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      for (const edition of [undefined, '0', '2', 'x', '']) {
        const fields = { csrf, decision: 'approve', ...(edition !== undefined && { edition }) };
        const answer = await phone.post(`${page.url.pathname}/consent`, fields);
        t.is(answer.headers.get('Location'), page.url.pathname, edition ?? 'left out');
      }
    });

    test(
      on('devices that were approved under the former name lose their tokens, and scanned codes are refused'),
      async (t) => {
        const id = await register();
        const { person, phone } = await someone();
        const device = await startDevice(server(), { clientId: id, scope: 'messages:read' });
        await approve(server(), device, person);
        const { access_token } = (await poll(server(), device, id)).body;
        const scanned = await startDevice(server(), { clientId: id, scope: 'messages:read' });
        const sheet = await scanLink(phone, scanned);
        await renameAndDie(t, id);
        await look();
        const app = await connect(server(), id);
        t.false((await client.tokenIntrospection(app, String(access_token))).active);
        const answer = await phone.submit(sheet, { decision: 'approve' });
        t.is(answer.status, 409);
        t.is((await poll(server(), scanned, id)).body['error'], 'authorization_pending');
      },
    );

    test(on('another website or logo is another face too'), async (t) => {
      const id = await register();
      const { phone } = await someone();
      for (const change of [{ uri: 'https://tokenim.example' }, { logo_uri: 'https://tokenim.example/logo.png' }]) {
        const { page } = await request(phone, id);
        await allow(phone, page);
        t.truthy(callbackOf((await request(phone, id)).page));
        await server().administration.changeClient(OPERATOR, id, change);
        t.true(isAsked((await request(phone, id)).page), Object.keys(change)[0]);
      }
    });

    test(on('a phone application that showed the former name approves nothing'), async (t) => {
      const id = await register();
      const person = await server().createPerson();
      const app = await createPhoneApp(server(), person);
      const device = await startDevice(server(), { clientId: id, scope: 'messages:read' });
      const { transaction } = (await app.scan(device.verification_uri_complete)).body;
      await server().administration.changeClient(OPERATOR, id, { name: 'TokenIM Calendar' });
      const answer = await app.approve(String(transaction));
      t.is(answer.status, 409);
      t.is(answer.body['code'], 'request_changed');
    });

    test(on('with fewer scopes it is the same client: nobody is asked again'), async (t) => {
      const id = await register();
      const { phone } = await someone();
      const { page, finish } = await request(phone, id);
      const { access_token } = await finish(await allow(phone, page));
      await server().administration.changeClient(OPERATOR, id, { scopes: ['openid', 'messages:read'] });
      t.truthy(callbackOf((await request(phone, id)).page));
      t.true((await client.tokenIntrospection(await connect(server(), id), access_token)).active);
    });
  },
  { config: ENABLED },
);
