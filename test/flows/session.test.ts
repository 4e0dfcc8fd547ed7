// The web session: a new identifier at sign-in (no fixation), an idle and an absolute end, gone with the account.
import test, { type ExecutionContext } from 'ava';
import { compose } from '../../src/compose/server.ts';
import { listen } from '../../src/ops/listen.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { type AuthServer, OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { authorizationRequest, connect, signInTo } from '../helpers/foreign-client.ts';
import { ask, type Target } from '../helpers/http.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const SESSION_COOKIES = ['tim_session', 'tim_session.sig'];

/** The same installation with other cookie keys. */
async function restarted(t: ExecutionContext, { server }: AuthServer, keys: [string, ...string[]]): Promise<Target> {
  const config = server.config.current();
  const secrets = { ...config.secrets, cookie_keys: keys };
  const log = createLogger({ level: 'silent' });
  const next = await compose({ ...config, secrets }, { store: server.store, log });
  const listener = await listen(next.app, { host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await listener.close(0);
    await next.close();
  });
  return { origin: `http://127.0.0.1:${listener.port}`, issuer: config.issuer };
}

onEachStorage(({ on, server, storage }) => {
  const isSignedIn = async (phone: Phone) => (await phone.open('/account')).url.pathname === '/account';
  const newPhone = async () => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    return { person, phone };
  };

  if (storage === 'sqlite') {
    test.serial(on('a session without a request ends after 24 hours'), async (t) => {
      const time = stopTime(t);
      const { phone } = await newPhone();
      time.advance(23 * HOUR);
      t.true(await isSignedIn(phone));
      time.advance(25 * HOUR);
      t.false(await isSignedIn(phone));
    });

    test.serial(on('a busy session ends after 14 days'), async (t) => {
      const time = stopTime(t);
      const { phone } = await newPhone();
      for (let hours = 0; hours < 14 * 24 - 12; hours += 12) {
        t.true(await isSignedIn(phone));
        time.advance(12 * HOUR);
      }
      t.true(await isSignedIn(phone));
      time.advance(12 * HOUR);
      t.false(await isSignedIn(phone));
    });

    test.serial(on('a session past its absolute end does not authorize an application either'), async (t) => {
      const time = stopTime(t);
      const config = await connect(server(), 'crm');
      const { phone } = await signInTo(config, await server().createPerson());
      for (let day = 0; day < 28; day++) {
        time.advance(DAY / 2);
        await phone.open('/account');
      }
      const page = await phone.open((await authorizationRequest(config)).url);
      t.true(page.text.includes('name="password"'));
    });

    test.serial(on('qr:approve needs a sign-in of the last ten minutes'), async (t) => {
      const time = stopTime(t);
      const config = await connect(server(), 'claimed-app');
      const { phone } = await newPhone();
      const scope = 'openid qr:approve';
      t.true((await phone.open((await authorizationRequest(config, { scope })).url)).text.includes('name="decision"'));
      time.advance(601);
      t.true((await phone.open((await authorizationRequest(config, { scope })).url)).text.includes('name="password"'));
    });
  }

  test(on('signing in gives the cookie a new value'), async (t) => {
    const { phone, person } = await newPhone();
    const first = phone.cookie('tim_session');
    const signIn = await phone.open('/account/sign-in');
    t.is(signIn.url.pathname, '/account');
    const config = await connect(server(), 'crm');
    const again = await phone.open((await authorizationRequest(config, { prompt: 'login' })).url);
    await phone.submit(again, { login: person.email, password: person.password });
    t.truthy(first);
    t.not(phone.cookie('tim_session'), first);
  });

  test(on('proving again who one is gives the cookie a new value, and the former one is nobody'), async (t) => {
    const { phone, person } = await newPhone();
    const thief = createPhone(server().issuer);
    for (const name of SESSION_COOKIES) thief.setCookie(name, phone.cookie(name) ?? '');
    t.true(await isSignedIn(thief));
    await phone.submit(await phone.open('/account/confirm'), { password: person.password });
    t.not(phone.cookie('tim_session'), thief.cookie('tim_session'));
    t.true(await isSignedIn(phone));
    t.false(await isSignedIn(thief));
  });

  test(on('proving again is no new sign-in'), async (t) => {
    const { phone, person } = await newPhone();
    await phone.submit(await phone.open('/account/confirm'), { password: person.password });
    t.is((await server().server.domain.signIns.listOf(person.id)).length, 1);
  });

  test(on('new cookie keys sign nobody out while the former ones are listed'), async (t) => {
    const { phone } = await newPhone();
    const Cookie = SESSION_COOKIES.map((name) => `${name}=${phone.cookie(name) ?? ''}`).join('; ');
    const [former] = server().server.config.current().secrets.cookie_keys;
    const [fresh, latest] = ['fresh'.repeat(8), 'latest'.repeat(6)];
    const rotated = await ask(await restarted(t, server(), [fresh, former]), '/account', { headers: { Cookie } });
    t.is(rotated.status, 200);
    const renewed = rotated.headers.getSetCookie().find((line) => line.startsWith('tim_session.sig='));
    t.not(renewed, undefined, 'signed again by the new key');
    const resigned = `tim_session=${phone.cookie('tim_session') ?? ''}; ${renewed?.split(';')[0] ?? ''}`;
    const later = await restarted(t, server(), [latest, fresh]);
    t.is((await ask(later, '/account', { headers: { Cookie: resigned } })).status, 200);
    t.is((await ask(later, '/account', { headers: { Cookie } })).status, 303, 'the key that nobody lists any more');
  });

  test(on('a session planted before sign-in is not the one that is signed in'), async (t) => {
    const attacker = createPhone(server().issuer);
    // The sign-out page keeps its token in a session, and so gives one to nobody in particular.
    await attacker.open('/oauth/logout');
    t.truthy(attacker.cookie('tim_session'));
    const victim = createPhone(server().issuer);
    for (const name of ['tim_session', 'tim_session.sig']) victim.setCookie(name, attacker.cookie(name) ?? '');
    await victim.signIn(await server().createPerson());
    t.true(await isSignedIn(victim));
    t.false(await isSignedIn(attacker));
  });

  test(on('the cookie is kept from scripts and from other sites'), async (t) => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    const page = await phone.open('/account/sign-in');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const answer = await phone.post('/account/sign-in', { csrf, login: person.email, password: person.password });
    const cookies = answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('tim_session'));
    t.true(cookies.length > 0);
    for (const cookie of cookies) {
      t.regex(cookie, /; httponly/i);
      t.regex(cookie, /; samesite=lax/i);
    }
  });

  test(on('a forged cookie is nobody'), async (t) => {
    const { phone } = await newPhone();
    const stranger = createPhone(server().issuer);
    stranger.setCookie('tim_session', phone.cookie('tim_session') ?? '');
    stranger.setCookie('tim_session.sig', 'forged');
    t.false(await isSignedIn(stranger));
  });

  test(on('a disabled account is signed out everywhere, and cannot sign in'), async (t) => {
    const { phone, person } = await newPhone();
    await server().administration.disableAccount(OPERATOR, person.id);
    t.false(await isSignedIn(phone));
    t.is((await phone.signIn(person)).status, 403);
  });

  test(on('signing in as another person on the same browser leaves nothing of the first'), async (t) => {
    const { phone } = await newPhone();
    const other = await server().createPerson();
    const config = await connect(server(), 'crm');
    const page = await phone.open((await authorizationRequest(config, { prompt: 'login' })).url);
    const former = await phone.submit(page, { login: other.email, password: other.password });
    // The provider ends the first session by a form that sends itself, or is sent by its button without scripts.
    await phone.submit(former, { logout: 'yes' });
    t.true((await phone.open('/account')).text.includes(other.email));
  });
});
