// Who signed in, from where: one record for each way of signing in, a mail about what is new, and a page on which a person ends
// what was not them, at once and for good. Attackers: ending others' sign-ins, forged ids, markup and headers in names.
import test, { type ExecutionContext } from 'ava';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { answerOn, DEVICE_GRANT, poll, signedInPhone, startDevice } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  refusalOf,
  signInTo,
  walk,
} from '../helpers/foreign-client.ts';
import { attributeOf, formsOf, textOf } from '../helpers/html.ts';
import { ask, post } from '../helpers/http.ts';
import { writeMmdb } from '../helpers/mmdb.ts';
import { createPhone, locationOf, type Page, type Phone } from '../helpers/phone.ts';
import { createPhoneApp } from '../helpers/phone-app.ts';
import { codeOf as codeAfter, secretOn } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PAGE = '/account/sign-ins';
const CHROME = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const ROTTERDAM = '203.0.113.9';

type Fields = Readonly<Record<string, string>>;

const geoip = { file: await writeMmdb() };

onEachStorage(
  ({ on, server, storage }) => {
    const recordsOf = ({ id }: TestPerson) => server().server.domain.signIns.listOf(id);
    const isSignedIn = async (phone: Phone) => (await phone.open('/account')).url.pathname === '/account';
    const codeOf = ({ text }: Page) => /class="user-code"[^]*?<code>([^<]+)</.exec(text)?.[1] ?? '';

    /** Approves what shows this user code, on a new phone of the person. */
    const approveCode = async (person: TestPerson, user_code: string) => {
      const phone = await signedInPhone(server(), person);
      await phone.submit(await phone.submit(await phone.open('/device'), { user_code }), { decision: 'approve' });
      return phone;
    };

    /** A browser that the person signed in by scanning, and the phone. */
    const scannedBrowser = async (person: TestPerson) => {
      const browser = createPhone(server().issuer);
      const phone = await approveCode(person, codeOf(await browser.open('/qr')));
      await browser.open('/qr');
      return { browser, phone };
    };

    /** A TV that is signed in. */
    const signedInTv = async (phone: Phone, headers: Record<string, string> = {}) => {
      const device = await startDevice(server(), { scope: 'openid offline_access', headers });
      await answerOn(phone, device, 'approve');
      const form = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device.device_code };
      return (await post(server(), 'token', form, headers)).body;
    };

    const refresh = async (client_id: string, token: unknown) =>
      post(server(), 'token', { grant_type: 'refresh_token', client_id, refresh_token: String(token) });

    /** The forms of the page with this action, in its order. */
    const formsTo = ({ text }: Page, act: 'end' | 'disown') =>
      formsOf(text).filter(({ action }) => action === `${PAGE}/${act}`);

    const press = (phone: Phone, { action, hidden }: { action: string; hidden: Fields }) => phone.post(action, hidden);

    const mailTo = async (person: TestPerson) => {
      const { items } = await server().server.domain.outbox.list({ limit: 100 });
      return items.filter(({ to }) => to === person.email);
    };

    /** The mail is not waited for by who signs in. */
    const expectMail = async (t: ExecutionContext, person: TestPerson, count: number) => {
      for (let tries = 0; tries < 100 && (await mailTo(person)).length < count; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const mail = await mailTo(person);
      t.is(mail.length, count);
      return mail;
    };

    test(on('each way of signing in leaves one record'), async (t) => {
      const byForm = await server().createPerson();
      await createPhone(server().issuer, { 'X-Forwarded-For': ROTTERDAM, 'User-Agent': CHROME }).signIn(byForm);
      const [form, ...more] = await recordsOf(byForm);
      t.deepEqual(more, []);
      t.like(form, { amr: ['pwd'], address: ROTTERDAM, userAgent: CHROME, isNew: true, place: { country: 'NL' } });
      t.truthy(form?.sessionUid);

      const byApplication = await server().createPerson();
      await signInTo(await connect(server(), 'crm'), byApplication);
      t.is((await recordsOf(byApplication)).length, 1, 'the consent page is no second sign-in');
      t.like((await recordsOf(byApplication))[0], { amr: ['pwd'], clientId: 'crm' });

      const byScan = await server().createPerson();
      await scannedBrowser(byScan);
      t.deepEqual(
        (await recordsOf(byScan)).map(({ amr }) => amr).toSorted((a, b) => b.length - a.length),
        [['pwd', 'qr'], ['pwd']],
      );

      const onTv = await server().createPerson();
      await signedInTv(await signedInPhone(server(), onTv), { 'User-Agent': 'TV/1.0' });
      const tv = (await recordsOf(onTv)).find(({ clientId }) => clientId === 'tv');
      t.like(tv, { userAgent: 'TV/1.0', isNew: true });
      t.truthy(tv?.grantId);
      t.is(tv?.sessionUid, undefined);
    });

    test(on('signing in to an application by scanning leaves one record, of the browser'), async (t) => {
      const person = await server().createPerson();
      const browser = createPhone(server().issuer);
      const { url } = await authorizationRequest(await connect(server(), 'crm'));
      const pressOn = async (page: Page, ending: string) => {
        const form = formsOf(page.text).find(({ action }) => action.endsWith(ending));
        const answer = await browser.post(form?.action ?? '', form?.hidden ?? {});
        const target = locationOf(answer);
        return target?.origin === server().issuer ? browser.open(target) : answer;
      };
      const page = await pressOn(await browser.open(url), '/qr');
      await approveCode(person, codeOf(page));
      await pressOn(await browser.open(page.url), '/qr/finish');
      const scans = (await recordsOf(person)).filter(({ amr }) => amr.includes('qr'));
      t.is(scans.length, 1);
      t.like(scans[0], { clientId: 'crm' });
      t.truthy(scans[0]?.sessionUid);
    });

    test(on('the first administrator is recorded and gets no mail'), async (t) => {
      const token = await server().server.domain.administratorLink.create();
      const phone = createPhone(server().issuer);
      const email = `${token.slice(0, 8).toLowerCase().replaceAll(/\W|_/g, 'x')}@example.com`;
      await phone.submit(await phone.open(`/set-up/${token}`), { email, password: 'correct horse battery staple' });
      const account = await server().server.domain.directory.findByLogin(email);
      const person = { id: account?.id ?? '', email, password: '' };
      t.is((await recordsOf(person)).length, 1);
      t.deepEqual(await mailTo(person), []);
    });

    test(on('polls that wait, and a sign-in that fails, leave none'), async (t) => {
      const person = await server().createPerson();
      const device = await startDevice(server());
      await poll(server(), device);
      await createPhone(server().issuer).signIn({ ...person, password: 'wrong' });
      t.deepEqual(await recordsOf(person), []);
    });

    test(on('of two redemptions at once one is a sign-in'), async (t) => {
      const person = await server().createPerson();
      const device = await startDevice(server());
      await answerOn(await signedInPhone(server(), person), device, 'approve');
      await Promise.all([poll(server(), device), poll(server(), device), poll(server(), device)]);
      t.is((await recordsOf(person)).filter(({ clientId }) => clientId === 'tv').length, 1);
    });

    test(on('a browser not seen before is told to the person, the first one and known ones are not'), async (t) => {
      const person = await server().createPerson();
      const first = await signedInPhone(server(), person);
      await first.signOut();
      await first.signIn(person);
      const second = createPhone(server().issuer, {
        'X-Forwarded-For': ROTTERDAM,
        'User-Agent': CHROME,
        'Accept-Language': 'zh-TW',
      });
      await second.signIn(person);
      const [mail] = await expectMail(t, person, 1);
      t.is(mail?.subject, '您的 TokenIM 帳號有新的登入');
      for (const text of [mail?.text ?? '', mail?.html ?? '']) {
        t.true(text.includes('Windows 上的 Chrome'));
        t.true(text.includes('荷蘭 鹿特丹'));
        t.true(text.includes(ROTTERDAM));
        t.true(text.includes(`${server().issuer}${PAGE}`));
      }
    });

    test(on('the mail is in the language of the account, whatever the browser speaks'), async (t) => {
      const person = await server().createPerson();
      await server().administration.changeProfile(OPERATOR, person.id, {
        name: 'Lin',
        username: '',
        locale: 'zh-CN',
      });
      await signedInPhone(server(), person);
      await createPhone(server().issuer, { 'Accept-Language': 'en' }).signIn(person);
      t.is((await expectMail(t, person, 1))[0]?.subject, '您的 TokenIM 账号有新的登录');
    });

    test(on('the mail names the application, and its link leads to the page once signed in'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      await signedInTv(phone);
      const [mail] = await expectMail(t, person, 1);
      t.true(mail?.text.includes('Living Room TV'));
      const link = /https?:\/\/\S+sign-ins/.exec(mail?.text ?? '')?.[0] ?? '';
      const stranger = createPhone(server().issuer);
      const asked = await stranger.open(link);
      t.is(asked.url.pathname, '/account/sign-in');
      const page = await stranger.submit(asked, { login: person.email, password: person.password });
      t.is(page.url.pathname, PAGE);
    });

    test(on('what a browser calls itself never reaches the mail or the page'), async (t) => {
      const person = await server().createPerson();
      await signedInPhone(server(), person);
      const name = '<img src=x onerror=alert(1)>\tBcc: all@example.com %0d%0aBcc: all@example.com';
      await createPhone(server().issuer, { 'User-Agent': name }).signIn(person);
      const [mail] = await expectMail(t, person, 1);
      t.false(JSON.stringify(mail).includes('Bcc'));
      t.false(JSON.stringify(mail).includes('onerror'));
      t.notRegex(mail?.subject ?? '', /\p{Cc}/u);
      const { text } = await (await signedInPhone(server(), person)).open(PAGE);
      t.false(text.includes('onerror') || text.includes('Bcc'));
      t.true((await recordsOf(person)).some(({ userAgent }) => userAgent.includes('onerror')));
    });

    test.serial(on('a mail or a record that fails keeps nobody out'), async (t) => {
      const person = await server().createPerson();
      await signedInPhone(server(), person);
      const { outbox, signIns } = server().server.domain;
      const [{ send }, { record }] = [outbox, signIns];
      t.teardown(() => Object.assign(outbox, { send }) && Object.assign(signIns, { record }));
      Object.assign(outbox, { send: () => Promise.reject(new Error('no relay')) });
      t.true(await isSignedIn(await signedInPhone(server(), person)));
      Object.assign(signIns, { record: () => Promise.reject(new Error('no store')) });
      t.true(await isSignedIn(await signedInPhone(server(), person)));
    });

    test(on('the page shows what is signed in, this browser marked, and what was'), async (t) => {
      const person = await server().createPerson();
      const { browser, phone } = await scannedBrowser(person);
      await signedInTv(phone);
      const gone = await signedInPhone(server(), person);
      await gone.signOut();
      const page = await browser.open(PAGE);
      t.is(page.status, 200);
      const text = textOf(page.text);
      t.is(text.match(/This browser/g)?.length, 1);
      t.true(text.includes('Approved on your phone') && text.includes('Living Room TV'));
      t.true(text.includes('Earlier sign-ins'));
      t.is(formsTo(page, 'end').length, 3);
      t.is(formsTo(page, 'disown').length, 3, 'all but this browser');
    });

    test(on('who is not signed in is asked to, and a visit changes nothing'), async (t) => {
      const stranger = createPhone(server().issuer);
      t.is((await stranger.open(PAGE)).url.pathname, '/account/sign-in');
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      for (const act of ['end', 'disown']) t.is((await phone.open(`${PAGE}/${act}?session=x`)).url.pathname, PAGE);
      t.true(await isSignedIn(phone));
    });

    /** Two browsers of one person, and the other one's forms on the first one's page. */
    const twoBrowsers = async () => {
      const person = await server().createPerson();
      const [mine, other] = [await signedInPhone(server(), person), await signedInPhone(server(), person)];
      const page = await mine.open(PAGE);
      const sessionOf = ({ hidden }: { hidden: Fields }) => hidden['session'];
      const disown = formsTo(page, 'disown')[0];
      const end = formsTo(page, 'end').find((form) => disown && sessionOf(form) === sessionOf(disown));
      if (!disown || !end) throw new Error('the other browser is not on the page');
      return { person, mine, other, disown, end };
    };

    test(on('another browser is signed out by a button'), async (t) => {
      const { person, mine, other, end } = await twoBrowsers();
      t.is((await press(mine, end)).status, 303);
      t.false(await isSignedIn(other));
      t.true(await isSignedIn(mine));
      const { items } = await server().server.domain.audit.list({
        account: person.id,
        type: 'session.ended',
        limit: 9,
      });
      t.is(items.length, 1);
    });

    test(on('this browser is signed out by its button'), async (t) => {
      const phone = await signedInPhone(server(), await server().createPerson());
      const [end] = formsTo(await phone.open(PAGE), 'end');
      if (end) await press(phone, end);
      t.false(await isSignedIn(phone));
    });

    test(on('without its CSRF token, or from another site, a form ends nothing'), async (t) => {
      const { mine, other, disown, end } = await twoBrowsers();
      for (const { action, hidden } of [disown, end]) {
        t.is((await mine.post(action, { ...hidden, csrf: 'guessed' })).status, 403);
        t.is((await mine.post(action, hidden, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
      }
      t.true(await isSignedIn(other));
    });

    test(on('nobody ends the sign-ins of another person, by session or by record'), async (t) => {
      const victim = await server().createPerson();
      const phone = await signedInPhone(server(), victim);
      const tokens = await signedInTv(phone);
      const attacker = await signedInPhone(server(), await server().createPerson());
      const [{ hidden } = { hidden: {} as Fields }] = formsTo(await attacker.open(PAGE), 'end');
      const csrf = hidden['csrf'] ?? '';
      const theirs = await recordsOf(victim);
      const targets = [
        ...theirs.map(({ id }) => ({ sign_in: id })),
        ...theirs.flatMap(({ sessionUid }) => (sessionUid === undefined ? [] : [{ session: sessionUid }])),
      ];
      t.is(targets.length, 3);
      for (const target of targets) {
        for (const act of ['end', 'disown']) {
          t.is((await attacker.post(`${PAGE}/${act}`, { csrf, ...target })).status, 404);
        }
      }
      t.true(await isSignedIn(phone));
      t.is((await refresh('tv', tokens['refresh_token'])).status, 200);
      t.true((await recordsOf(victim)).every(({ endedAt, disownedAt }) => !endedAt && !disownedAt));
    });

    test(on('ids that were made up are not found, and forms without a meaning refused'), async (t) => {
      const phone = await signedInPhone(server(), await server().createPerson());
      const [{ hidden } = { hidden: {} as Fields }] = formsTo(await phone.open(PAGE), 'end');
      const csrf = hidden['csrf'] ?? '';
      const send = async (act: string, fields: Fields) =>
        (await phone.post(`${PAGE}/${act}`, { csrf, ...fields })).status;
      for (const act of ['end', 'disown']) {
        for (const id of ['', 'x', '__proto__', 'x'.repeat(2000)]) {
          t.is(await send(act, { session: id }), 404);
          t.is(await send(act, { sign_in: id }), 404);
        }
        t.is(await send(act, {}), 400);
        t.is(await send(act, { session: 'x', sign_in: 'x' }), 400);
      }
      t.true(await isSignedIn(phone));
    });

    test(on('"this was not me" ends the session, and leads on to the password'), async (t) => {
      const { person, mine, other, disown } = await twoBrowsers();
      const answer = await press(mine, disown);
      t.is(answer.status, 200);
      t.true(answer.text.includes('href="/account/security/password"'));
      t.false(await isSignedIn(other));
      t.true(await isSignedIn(mine));
      const { items } = await server().server.domain.audit.list({ account: person.id, limit: 50 });
      const types = items.map(({ type }) => type);
      t.true(types.includes('sign_in.disowned') && types.includes('session.ended'));
      t.true(textOf((await mine.open(PAGE)).text).includes('Reported by you'));
    });

    test(on('second factors and recovery codes that a disowned sign-in added are gone, the others stay'), async (t) => {
      const { person, mine, other, disown } = await twoBrowsers();
      const { factors } = server().server.domain;
      const key = { publicKey: '', counter: 0, transports: [], name: 'Mine', isSynced: false, isBackedUp: false };
      await factors.addPasskey(person.id, { ...key, id: `mine-${person.id}` }, 'another session');
      const begun = await other.press(await other.open('/account/security'), '/account/security/totp');
      await other.submit(begun, { code: await codeAfter(secretOn(begun)) });
      t.like(await factors.find(person.id), { recoveryCodesLeft: 10 });

      await press(mine, disown);
      const { passkeys, totp, recoveryCodesLeft } = await factors.find(person.id);
      t.deepEqual([passkeys.length, totp, recoveryCodesLeft], [1, undefined, 0]);
      const { items } = await server().server.domain.audit.list({ account: person.id, limit: 20 });
      t.true(items.some(({ type }) => type === 'factor.removed'));
    });

    test(on('a disowned browser is new again, and told of'), async (t) => {
      const { person, mine, other, disown } = await twoBrowsers();
      await expectMail(t, person, 1);
      await press(mine, disown);
      await other.signIn(person);
      await expectMail(t, person, 2);
    });

    test(on('a disowned session stays ended when another request writes it back'), async (t) => {
      const { person, mine, other, disown } = await twoBrowsers();
      const { store } = server().server;
      const kind = { name: 'Session', durable: false, listable: false };
      const query = { index: { name: 'accountId', value: person.id }, limit: 10 };
      const { items } = await store.list(kind, query);
      await press(mine, disown);
      const after = (await store.list(kind, query)).items.map(({ id }) => id);
      for (const { id, value } of items.filter((item) => !after.includes(item.id))) {
        const { uid } = value as { uid: string };
        await store.put(kind, id, value, { indexes: { accountId: [person.id] }, unique: { uid }, ttl: 60_000 });
      }
      t.false(await isSignedIn(other));
      t.is(formsTo(await mine.open(PAGE), 'end').length, 1, 'nor is it on the page');
    });

    test(
      on('a request that reads the session before, and ends after, "this was not me" brings nothing back'),
      async (t) => {
        const { mine, other, disown } = await twoBrowsers();
        await Promise.all([press(mine, disown), ...Array.from({ length: 8 }, () => other.open('/account'))]);
        t.false(await isSignedIn(other));
      },
    );

    /** A thief who knows the password, with offline access to the application that they allowed. */
    const thiefWithTokens = async () => {
      const person = await server().createPerson();
      const mine = await signedInPhone(server(), person);
      const config = await connect(server(), 'spa');
      const thief = await signInTo(config, person, { scope: 'openid offline_access', prompt: 'consent' });
      const page = await mine.open(PAGE);
      return { person, mine, config, thief, page };
    };

    test(
      on('"this was not me" takes the applications their access, also offline, and asks for consent anew'),
      async (t) => {
        const { person, mine, config, thief, page } = await thiefWithTokens();
        const [disown] = formsTo(page, 'disown');
        if (disown) await press(mine, disown);
        t.is((await refresh('spa', thief.tokens.refresh_token)).body['error'], 'invalid_grant');
        const again = await walkToConsent(config, person);
        t.true(again.text.includes('name="decision"'));
      },
    );

    const walkToConsent = async (config: Awaited<ReturnType<typeof connect>>, person: TestPerson) => {
      const phone = await signedInPhone(server(), person);
      return phone.open((await authorizationRequest(config)).url);
    };

    test(on('signing a browser out leaves offline access alive'), async (t) => {
      const { mine, thief, page } = await thiefWithTokens();
      const disown = formsTo(page, 'disown')[0]?.hidden['session'];
      const end = formsTo(page, 'end').find(({ hidden }) => hidden['session'] === disown);
      if (end) await press(mine, end);
      t.false(await isSignedIn(thief.phone));
      t.is((await refresh('spa', thief.tokens.refresh_token)).status, 200);
    });

    test(on('also after the thief has signed out, "this was not me" ends what they allowed'), async (t) => {
      const { mine, thief } = await thiefWithTokens();
      await thief.phone.signOut();
      const rotated = await refresh('spa', thief.tokens.refresh_token);
      t.is(rotated.status, 200);
      const [disown] = formsTo(await mine.open(PAGE), 'disown');
      t.truthy(disown?.hidden['sign_in']);
      if (disown) await press(mine, disown);
      t.is((await refresh('spa', rotated.body['refresh_token'])).body['error'], 'invalid_grant');
    });

    test(on('a code that a disowned session got is worth nothing'), async (t) => {
      const person = await server().createPerson();
      const mine = await signedInPhone(server(), person);
      const config = await connect(server(), 'spa');
      const request = await authorizationRequest(config, { scope: 'openid offline_access', prompt: 'consent' });
      const callback = callbackOf(await walk(createPhone(server().issuer), request.url, person));
      // As if the grant had been made by a request that was in flight: only the session is ended.
      const uid = (await recordsOf(person)).find(({ clientId }) => clientId === 'spa')?.sessionUid ?? '';
      t.truthy(uid);
      await server().server.domain.revocation.endSession(uid);
      t.is(await refusalOf(exchange(config, callback, request)), 'invalid_grant');
      t.true(await isSignedIn(mine));
    });

    test(on('a device is taken its access by its button, alone'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const [first, second] = [await signedInTv(phone), await signedInTv(phone)];
      const end = formsTo(await phone.open(PAGE), 'end').find(({ hidden }) => hidden['sign_in'] !== undefined);
      t.truthy(end);
      if (end) await press(phone, end);
      const answers = await Promise.all([first, second].map((tokens) => refresh('tv', tokens['refresh_token'])));
      t.is(answers.filter(({ status }) => status === 200).length, 1);
      t.true(await isSignedIn(phone));
    });

    test(on('a sign-in by scanning that was not me ends that browser and leaves the phone'), async (t) => {
      const person = await server().createPerson();
      const { browser, phone } = await scannedBrowser(person);
      const [disown] = formsTo(await phone.open(PAGE), 'disown');
      if (disown) await press(phone, disown);
      t.false(await isSignedIn(browser));
      t.true(await isSignedIn(phone));
    });

    /** The person's own browser, and a thief's phone that is signed in with the password. */
    const thiefsPhone = async () => {
      const person = await server().createPerson();
      const mine = await signedInPhone(server(), person);
      const thief = await signedInPhone(server(), person);
      const disownThief = async () => {
        const [form] = formsTo(await mine.open(PAGE), 'disown').filter(({ hidden }) => hidden['session'] === uid);
        if (!form) throw new Error('the thief is not on the page');
        return press(mine, form);
      };
      const uid = (await recordsOf(person))[0]?.sessionUid;
      return { person, mine, thief, disownThief };
    };

    test(
      on('what a disowned sign-in has approved ends with it: devices, browsers, and what those approved'),
      async (t) => {
        const { person, mine, thief, disownThief } = await thiefsPhone();
        const [own, stolen] = [await signedInTv(mine), await signedInTv(thief)];
        const accomplice = createPhone(server().issuer);
        const user_code = codeOf(await accomplice.open('/qr'));
        const sheet = await thief.submit(await thief.open('/device'), { user_code });
        await thief.submit(sheet, { decision: 'approve' });
        await accomplice.open('/qr');
        t.true(await isSignedIn(accomplice));
        const second = await signedInTv(accomplice);
        await disownThief();
        for (const phone of [thief, accomplice]) t.false(await isSignedIn(phone));
        for (const tokens of [stolen, second]) {
          t.is((await refresh('tv', tokens['refresh_token'])).body['error'], 'invalid_grant');
        }
        t.true(await isSignedIn(mine));
        t.is((await refresh('tv', own['refresh_token'])).status, 200);
        t.is((await recordsOf(person)).filter(({ disownedAt }) => disownedAt !== undefined).length, 4);
      },
    );

    test(on('a browser that a disowned sign-in let in by its page with JavaScript ends with it'), async (t) => {
      const { thief, disownThief } = await thiefsPhone();
      const browser = createPhone(server().issuer);
      const page = await browser.open('/qr');
      await thief.submit(await thief.submit(await thief.open('/device'), { user_code: codeOf(page) }), {
        decision: 'approve',
      });
      const device_code = attributeOf(page.text, 'data-device-code') ?? '';
      const id_token = (await poll(server(), { device_code }, 'tokenim-web')).body['id_token'];
      const csrf = attributeOf(page.text, 'data-csrf') ?? '';
      t.is((await browser.postJson('/qr/session', { id_token, csrf })).status, 200);
      t.true(await isSignedIn(browser));
      await disownThief();
      t.false(await isSignedIn(browser));
    });

    test(on('a code that a disowned sign-in approved, and nobody has redeemed yet, is worth nothing'), async (t) => {
      const { thief, disownThief } = await thiefsPhone();
      const device = await startDevice(server());
      await answerOn(thief, device, 'approve');
      await disownThief();
      t.is((await poll(server(), device)).body['error'], 'invalid_grant');
    });

    test(on('what a phone application approved ends with the sign-in that it was let in by'), async (t) => {
      const person = await server().createPerson();
      const mine = await signedInPhone(server(), person);
      const app = await createPhoneApp(server(), person);
      const device = await startDevice(server(), { scope: 'openid offline_access' });
      const { body } = await app.scan(device.verification_uri_complete);
      await app.approve(body['transaction']);
      const tokens = (await poll(server(), device)).body;
      const uid = (await recordsOf(person)).find(({ clientId }) => clientId === 'tokenim-mobile')?.sessionUid;
      const form = formsTo(await mine.open(PAGE), 'disown').find(({ hidden }) => hidden['session'] === uid);
      t.truthy(form);
      if (form) await press(mine, form);
      t.is((await refresh('tv', tokens['refresh_token'])).body['error'], 'invalid_grant');
      t.is((await app.scan(device.verification_uri_complete)).status, 401);
    });

    if (storage === 'sqlite') {
      test(on('nothing of a sign-in is in the log'), async (t) => {
        const person = await server().createPerson();
        const phone = await signedInPhone(server(), person);
        const cookie = phone.cookie('tim_browser') ?? '';
        t.true(cookie.length > 40);
        t.false(server().logged().includes(cookie.slice(0, 20)));
      });
    }
  },
  { config: { geoip, trusted_proxies: ['127.0.0.1'] } },
);

onEachStorage(
  ({ on, server }) => {
    test(on('digits typed after the approving session was ended complete nothing'), async (t) => {
      const person = await server().createPerson();
      const phone = await signedInPhone(server(), person);
      const device = await startDevice(server(), { takesDigits: true });
      const shown = await answerOn(phone, device, 'approve');
      const [digits = ''] =
        /\b[1-9]\d\b/.exec(/class="user-code"[^]*?<code>([^<]+)</.exec(shown.text)?.[1] ?? '') ?? [];
      t.regex(digits, /^\d\d$/);
      const [record] = await server().server.domain.signIns.listOf(person.id);
      await server().server.domain.signInReview.disown(person.id, { signIn: record?.id ?? '' });
      const answer = await ask(server(), device.check_uri ?? '', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ digits }),
      });
      t.is(answer.status, 403);
      t.is((await poll(server(), device)).body['error'], 'authorization_pending');
    });
  },
  { config: { qr: { check: 'always' } } },
);
