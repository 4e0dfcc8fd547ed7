// However a session ends, the applications that it was used for are told (OpenID Connect Back-Channel Logout 1.0), after the
// answer and whether or not they can be reached.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { secretHash } from '../../src/lib/hash.ts';
import { OPERATOR, PASSWORD, startAuthServer, type TestPerson } from '../helpers/auth-server.ts';
import { signedInPhone } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  redirectUriOf,
  SECRETS,
  signInTo,
} from '../helpers/foreign-client.ts';
import { ask } from '../helpers/http.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { onEachStorage } from '../helpers/storages.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const [desk, porch, broken] = await Promise.all([startReceiver(), startReceiver(), startReceiver()]);
test.after.always(() => [desk, porch, broken].forEach((receiver) => receiver.close()));

const entry = (name: string, more: object) => ({
  name,
  first_party: true,
  grants: ['authorization_code', 'refresh_token'],
  redirect_uris: [redirectUriOf('crm')],
  scopes: ['openid', 'offline_access', 'messages:read'],
  secrets: [{ hash: secretHash(SECRETS.crm) }],
  ...more,
});
const CONFIG = {
  clients: {
    desk: entry('Desk', { backchannel_logout_uri: desk.url, backchannel_logout_session_required: true }),
    porch: entry('Porch', { backchannel_logout_uri: porch.url }),
    broken: entry('Broken', { backchannel_logout_uri: broken.url }),
    notes: entry('Notes', { backchannel_logout_uri: porch.url, first_party: false }),
    lost: entry('Lost', { backchannel_logout_uri: 'http://127.0.0.1:9/bye' }),
  },
};

onEachStorage(
  ({ on, server }) => {
    const use = async (clientId: string, person: TestPerson, phone: Phone = createPhone(server().issuer)) => {
      const config = await connect(server(), clientId, SECRETS.crm);
      const parameters = { scope: 'openid messages:read', redirect_uri: redirectUriOf('crm') };
      return { config, ...(await signInTo(config, person, parameters, { phone })) };
    };
    const csrfOf = (text: string) => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const records = async (type: string, account: string) =>
      (await server().server.domain.audit.list({ account, limit: 50 })).items.filter((item) => item.type === type);
    /** The record is written after the application has answered. */
    const recorded = async (type: string, account: string) => {
      for (const until = Date.now() + 10_000; Date.now() < until; await sleep(20)) {
        const [found] = await records(type, account);
        if (found) return found;
      }
      throw new Error(`there is no record of ${type}`);
    };

    test(on('the token is a logout token of this server, and each application gets its own'), async (t) => {
      const person = await server().createPerson();
      const first = await use('desk', person);
      await use('porch', person, first.phone);
      await first.phone.signOut();
      const [token = ''] = await desk.tokensFor(person.id);
      const keys = createRemoteJWKSet(new URL(`${server().issuer}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(token, keys, {
        issuer: server().issuer,
        audience: 'desk',
        typ: 'logout+jwt',
        requiredClaims: ['jti', 'iat', 'exp', 'sub'],
      });
      t.is(payload.sub, person.id);
      t.deepEqual(payload['events'], { [EVENT]: {} });
      t.is(payload['nonce'], undefined);
      t.is(payload['sid'], decodeJwt(first.tokens.id_token ?? '')['sid']);
      t.truthy(payload['sid']);
      const [other = ''] = await porch.tokensFor(person.id);
      t.is(decodeJwt(other).aud, 'porch');
      t.is(decodeJwt(other)['sid'], undefined, 'only who asked for it hears of the session');
    });

    test(on('a logout token is no hint of who signs in'), async (t) => {
      const person = await server().createPerson();
      const { config, phone } = await use('desk', person);
      await phone.signOut();
      const [hint = ''] = await desk.tokensFor(person.id);
      const { tokens } = await use('desk', person, phone);
      const answerTo = async (id_token_hint: string) => {
        const parameters = { prompt: 'none', redirect_uri: redirectUriOf('crm'), id_token_hint };
        return callbackOf(await phone.open((await authorizationRequest(config, parameters)).url)).searchParams;
      };
      t.is((await answerTo(hint)).get('error'), 'invalid_request');
      t.truthy((await answerTo(tokens.id_token ?? '')).get('code'));
    });

    const endings: Record<string, (phone: Phone, person: TestPerson, idToken: string) => Promise<unknown>> = {
      'signing out on our page': (phone) => phone.signOut(),
      "an application's request": async (phone, _person, hint) => {
        const url = client.buildEndSessionUrl(await connect(server(), 'desk', SECRETS.crm), { id_token_hint: hint });
        return phone.submit(await phone.open(url), { logout: 'yes' });
      },
      "an application's request that its person refuses": async (phone, _person, hint) => {
        const url = client.buildEndSessionUrl(await connect(server(), 'desk', SECRETS.crm), { id_token_hint: hint });
        const page = await phone.open(url);
        return phone.submit(page, { xsrf: /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '' });
      },
      'signing in as somebody else': async (phone) => {
        const other = await server().createPerson();
        const page = await phone.open('/account/sign-in');
        const form = { login: other.email, password: other.password, csrf: csrfOf(page.text) };
        return phone.post('/account/sign-in', form);
      },
      'ending it from another browser': (_phone, person) => press('/account/sign-ins/end', person),
      '"this was not me"': (_phone, person) => press('/account/sign-ins/disown', person),
      'another password': async (_phone, person) => {
        const mine = await signedInPhone(server(), person);
        const fields = { current_password: PASSWORD, password: 'another correct horse staple', end_others: 'yes' };
        return mine.submit(await mine.open('/account/security/password'), fields);
      },
      'a disabled account': (_phone, { id }) => server().administration.disableAccount(OPERATOR, id),
    };

    /** From another browser of the person, about the first session. */
    async function press(action: string, person: TestPerson) {
      const [{ uid } = { uid: '' }] = await server().server.domain.sessionRecords.list(person.id);
      const mine = await signedInPhone(server(), person);
      const { text } = await mine.open('/account/sign-ins');
      return mine.post(action, { csrf: csrfOf(text), session: uid });
    }

    for (const [what, end] of Object.entries(endings)) {
      test(on(`${what} is told, once`), async (t) => {
        const person = await server().createPerson();
        const { phone, tokens } = await use('desk', person);
        await end(phone, person, tokens.id_token ?? '');
        t.is((await desk.tokensFor(person.id)).length, 1);
        await sleep(200);
        t.is((await desk.tokensFor(person.id)).length, 1);
        t.like(await recorded('logout.notified', person.id), { client: 'desk', details: { attempts: 1 } });
      });
    }

    test(on('a browser that stays signed in is not told of'), async (t) => {
      const person = await server().createPerson();
      const { phone } = await use('porch', person);
      const fields = { current_password: PASSWORD, password: 'another correct horse staple', end_others: 'yes' };
      await phone.submit(await phone.open('/account/security/password'), fields);
      await sleep(300);
      t.deepEqual(await porch.tokensFor(person.id, 0), []);
    });

    for (const [what, prompt] of Object.entries({ silently: 'none', 'on its consent page': 'consent' })) {
      test(on(`one that asked ${what} and was not agreed to hears of nobody`), async (t) => {
        for (const end of ['signing out on our page', "an application's request"]) {
          const person = await server().createPerson();
          const { phone, tokens } = await use('desk', person);
          const parameters = { scope: 'openid messages:read', redirect_uri: redirectUriOf('crm'), prompt };
          await phone.open((await authorizationRequest(await connect(server(), 'notes', SECRETS.crm), parameters)).url);
          await endings[end]?.(phone, person, tokens.id_token ?? '');
          t.is((await desk.tokensFor(person.id)).length, 1);
          await sleep(300);
          t.deepEqual(await porch.tokensFor(person.id, 0), []);
        }
      });
    }

    test(on('one that was agreed to is told'), async (t) => {
      const person = await server().createPerson();
      const { phone } = await use('notes', person);
      await phone.signOut();
      t.is((await porch.tokensFor(person.id)).length, 1);
    });

    test.serial(on('one that answers an error is told again, with the same session'), async (t) => {
      const person = await server().createPerson();
      const { phone } = await use('broken', person);
      broken.answers.push(500, 302);
      await phone.signOut();
      t.is((await broken.tokensFor(person.id, 2)).length, 2);
    });

    test.serial(
      on('one that cannot be reached keeps nobody signed in; it is recorded without the token'),
      async (t) => {
        const person = await server().createPerson();
        const { phone } = await use('lost', person);
        t.is((await phone.signOut()).status, 200);
        t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
        const { logoutNotices } = server().server.domain;
        const [waiting] = await logoutNotices.waiting();
        t.truthy(waiting, 'it waits in the store for the next attempt');
        t.deepEqual(await records('logout.notify_failed', person.id), []);
      },
    );

    test(on('what one process has left is sent by another'), async (t) => {
      const person = await server().createPerson();
      const beside = await startAuthServer(t, { beside: server() });
      const { phone } = await use('desk', person);
      await beside.administration.disableAccount(OPERATOR, person.id);
      t.is((await desk.tokensFor(person.id)).length, 1);
      t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
    });

    test(on('discovery says so'), async (t) => {
      const { body } = await ask(server(), '/.well-known/openid-configuration');
      t.like(body, { backchannel_logout_supported: true, backchannel_logout_session_supported: true });
    });
  },
  { config: CONFIG },
);
