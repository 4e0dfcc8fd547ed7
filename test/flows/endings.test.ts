// What was ended stays ended, also when a request that began before writes back what it read; and what people took back is
// asked for again.
import test from 'ava';
import { decodeJwt } from 'jose';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { signedInPhone } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, exchange, signInTo, walk } from '../helpers/foreign-client.ts';
import { ask, post } from '../helpers/http.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const DAY = 24 * 3600;

onEachStorage(({ on, server, storage }) => {
  const isSignedIn = async (phone: Phone) => (await phone.open('/account')).url.pathname === '/account';
  const kindOf = (name: string) => ({ name, durable: name === 'Grant', listable: name === 'Grant' });

  /** What a request that read the account's documents before the end writes back after it. */
  async function writesBack(kind: string, person: TestPerson, end: () => Promise<unknown>): Promise<void> {
    const { store } = server().server;
    const query = { index: { name: 'accountId', value: person.id }, limit: 10 };
    const { items } = await store.list(kindOf(kind), query);
    await end();
    for (const { id, value } of items) {
      const options = { indexes: { accountId: [person.id] }, ttl: 60_000 };
      await store.put(kindOf(kind), id, value, options);
    }
  }

  test(on('signing out ends a session that another request writes back'), async (t) => {
    const person = await server().createPerson();
    const phone = await signedInPhone(server(), person);
    const thief = createPhone(server().issuer);
    for (const name of ['tim_session', 'tim_session.sig']) thief.setCookie(name, phone.cookie(name) ?? '');
    t.true(await isSignedIn(thief));
    await writesBack('Session', person, () => phone.signOut());
    t.false(await isSignedIn(thief));
  });

  test(
    on('disabling an account ends a session that another request writes back, also once it is enabled'),
    async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      await writesBack('Session', person, () => server().administration.disableAccount(OPERATOR, person.id));
      await server().administration.enableAccount(OPERATOR, person.id);
      t.false(await isSignedIn(phone));
    },
  );

  test(on('a revoked grant that another request writes back refreshes nothing'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'spa');
    const parameters = { scope: 'openid offline_access', prompt: 'consent' };
    const { tokens } = await signInTo(config, person, parameters);
    const { items } = await server().server.domain.grants.list({ accountId: person.id, limit: 10 });
    const grantId = items[0]?.id ?? '';
    await writesBack('Grant', person, () => server().administration.revokeGrant(OPERATOR, grantId));
    const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: tokens.refresh_token ?? '' };
    t.is((await post(server(), 'token', form)).body['error'], 'invalid_grant');
  });

  test(on('after a grant was revoked the application has to ask again'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { phone } = await signInTo(config, person);
    const { items } = await server().server.domain.grants.list({ accountId: person.id, limit: 10 });
    await server().administration.revokeGrant(OPERATOR, items[0]?.id ?? '');
    const { url } = await authorizationRequest(config);
    t.true((await phone.open(url)).text.includes('name="decision"'));
  });

  test(on('two applications that a browser signs in to at the same time both get tokens that live'), async (t) => {
    const person = await server().createPerson();
    const configs = await Promise.all([connect(server(), 'crm'), connect(server(), 'spa')]);
    const { phone } = await signInTo(configs[0], person);
    await walk(phone, (await authorizationRequest(configs[1])).url, person);
    const again = createPhone(server().issuer);
    await again.signIn(person);
    for (let round = 0; round < 4; round++) {
      const runs = await Promise.all(
        configs.map(async (config) => ({ config, request: await authorizationRequest(config) })),
      );
      const tokens = await Promise.all(
        runs.map(async ({ config, request }) => exchange(config, callbackOf(await again.open(request.url)), request)),
      );
      t.is(tokens.length, 2);
    }
  });

  test(on('the claims parameter gives no claim beyond the scopes that the person saw'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'spa');
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { email: null } });
    const { tokens } = await signInTo(config, person, { claims });
    t.is(decodeJwt(tokens.id_token ?? '')['email'], undefined);
    const authorization = { Authorization: `Bearer ${tokens.access_token}` };
    t.is((await ask(server(), '/oauth/userinfo', { headers: authorization })).body['email'], undefined);
  });

  test(on('an authorization request of more than 8 KiB is refused, pushed or not'), async (t) => {
    const state = 's'.repeat(9000);
    const form = { client_id: 'spa', response_type: 'code', redirect_uri: 'https://spa.example/callback', state };
    t.is((await post(server(), 'par', form)).status, 413);
    t.is((await ask(server(), `/oauth/authorize?${new URLSearchParams(form)}`)).status, 413);
  });

  if (storage === 'sqlite') {
    test.serial(on('a session opened by QR is as old as the sign-in of who approved it'), async (t) => {
      const time = stopTime(t);
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      for (let day = 0; day < 13; day++) {
        time.advance(DAY / 2);
        await phone.open('/account');
        time.advance(DAY / 2);
        await phone.open('/account');
      }
      const browser = createPhone(server().issuer);
      const code = /class="user-code"[^]*?<code>([^<]+)</.exec((await browser.open('/qr')).text)?.[1] ?? '';
      const sheet = await phone.submit(await phone.open('/device'), { user_code: code });
      await phone.submit(sheet, { decision: 'approve' });
      t.is((await browser.open('/qr')).url.pathname, '/account');
      time.advance(DAY);
      t.false(await isSignedIn(browser));
    });
  }
});
