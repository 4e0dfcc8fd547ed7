// What people took back from an application of ours, which asks nobody otherwise: it is asked for again, given again by the answer, or
// stays out.
import test from 'ava';
import { decodeJwt } from 'jose';
import { createExplain } from '../../src/compose/explain.ts';
import { secretHash } from '../../src/lib/hash.ts';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { approve, DEVICE_GRANT, signedInPhone, startDevice } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  redirectUriOf,
  SECRETS,
} from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import type { Page, Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const WANTED = { scope: 'openid messages:read messages:send', redirect_uri: redirectUriOf('crm') };
const TAKEN = 'messages:send';

const clients = {
  desk: {
    name: 'Harbour Desk',
    grants: ['authorization_code', 'refresh_token', 'device_code'],
    redirect_uris: [redirectUriOf('crm')],
    secrets: [{ hash: secretHash(SECRETS.crm) }],
    scopes: ['openid', 'messages:read', 'messages:send'],
    first_party: true,
  },
};

const isAsked = ({ text }: Page): boolean => text.includes('name="decision"');

onEachStorage(
  ({ on, server }) => {
    async function ask(phone: Phone, parameters: Record<string, string> = {}) {
      const config = await connect(server(), 'desk', SECRETS.crm);
      const request = await authorizationRequest(config, { ...WANTED, ...parameters });
      const page = await phone.open(request.url);
      const scopesAfter = async (last: Page): Promise<unknown> =>
        decodeJwt((await exchange(config, callbackOf(last), request)).access_token)['scope'];
      return { page, scopesAfter };
    }

    const takeBack = ({ id }: TestPerson): Promise<void> =>
      server().administration.withdrawScope(OPERATOR, id, 'desk', TAKEN);

    async function someone() {
      const person = await server().createPerson();
      return { person, phone: await signedInPhone(server(), person) };
    }

    async function verdict({ id }: TestPerson): Promise<string> {
      const { config, domain } = server().server;
      const { scope } = createExplain({ config, clock: { now: Date.now }, domain });
      return (await scope({ account: id, client: 'desk', scope: TAKEN })).verdict;
    }

    test(on('it is asked for alone, and given again by the answer; nothing else is ever asked for'), async (t) => {
      const { person, phone } = await someone();
      const before = await ask(phone);
      t.is(await before.scopesAfter(before.page), 'messages:read messages:send');
      await takeBack(person);
      t.is(await verdict(person), 'asks_consent');
      const { page, scopesAfter } = await ask(phone);
      t.true(isAsked(page));
      const [asked = '', granted = ''] = textOf(page.text).split('already');
      t.true(asked.includes('Send messages as you') && !asked.includes('Read your messages'), asked);
      t.true(granted.includes('Read your messages'));
      t.is(await scopesAfter(await phone.submit(page, { decision: 'approve' })), 'messages:read messages:send');
      t.is(await verdict(person), 'granted');
      const again = await ask(phone);
      t.is(await again.scopesAfter(again.page), 'messages:read messages:send');
    });

    test(on('an application that does not ask for it goes on without a page'), async (t) => {
      const { person, phone } = await someone();
      await takeBack(person);
      const { page, scopesAfter } = await ask(phone, { scope: 'openid messages:read' });
      t.is(await scopesAfter(page), 'messages:read');
    });

    test(on('without a page (prompt=none) the application hears that consent is required'), async (t) => {
      const { person, phone } = await someone();
      await takeBack(person);
      const { page } = await ask(phone, { prompt: 'none' });
      t.is(callbackOf(page).searchParams.get('error'), 'consent_required');
    });

    test(on('who refuses is asked again the next time, and nothing comes back meanwhile'), async (t) => {
      const { person, phone } = await someone();
      await takeBack(person);
      const refused = await phone.submit((await ask(phone)).page, { decision: 'deny' });
      t.is(callbackOf(refused).searchParams.get('error'), 'access_denied');
      t.is(await verdict(person), 'asks_consent');
      t.true(isAsked((await ask(phone)).page));
    });

    test(on('the yes on a phone gives it again, to devices and to sign-ins'), async (t) => {
      const { person, phone } = await someone();
      await takeBack(person);
      const proof = basic('desk', SECRETS.crm);
      const device = await startDevice(server(), { clientId: 'desk', scope: WANTED.scope, headers: proof });
      await approve(server(), device, person);
      const fields = { grant_type: DEVICE_GRANT, device_code: device.device_code };
      const tokens = await post(server(), 'token', fields, proof);
      t.is(decodeJwt(String(tokens.body['access_token']))['scope'], 'messages:read messages:send');
      const { page, scopesAfter } = await ask(phone);
      t.is(await scopesAfter(page), 'messages:read messages:send');
    });

    test.serial(on('what is optional and left out stays out, and is not asked for at each sign-in'), async (t) => {
      const { config } = server().server;
      const files = config.files();
      const desk = { ...files.clients['desk'], optional_scopes: [TAKEN] } as (typeof files.clients)[string];
      config.replace({ ...files, clients: { ...files.clients, desk } });
      t.teardown(() => config.replace(files));
      const { person, phone } = await someone();
      await takeBack(person);
      const { page, scopesAfter } = await ask(phone);
      t.regex(page.text, /<input type="checkbox"[^>]*value="messages:send"/);
      t.is(await scopesAfter(await phone.submit(page, { decision: 'approve' })), 'messages:read');
      t.is(await verdict(person), 'denied');
      for (const time of ['second', 'third']) {
        const next = await ask(phone);
        t.false(isAsked(next.page), time);
        t.is(await next.scopesAfter(next.page), 'messages:read', time);
      }
    });
  },
  { config: { clients } },
);
