// Other sites against the browsers of both sides: forged requests, frames, markup, redirects, cross-origin calls.
import { answerOn, DEVICE_GRANT, poll, scanLink, signedInPhone, startDevice } from '../../helpers/device.ts';
import { authorizationRequest, connect } from '../../helpers/foreign-client.ts';
import { formsOf, textOf } from '../../helpers/html.ts';
import { ask, post } from '../../helpers/http.ts';
import { createPhone, locationOf, type Page } from '../../helpers/phone.ts';
import { createPhoneApp } from '../../helpers/phone-app.ts';
import { openScreen, openSession } from '../../helpers/screen.ts';
import { attacksOn } from './attacks.ts';

const MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
/** Right-to-left override, as in file names that lie about their ending. */
const BIDI = '\u202eelbarT\u202c';

/** Characters that reorder or hide text are refused in names; letters of these scripts are not. */
const RIGHT_TO_LEFT = 'שלום';

const attack = attacksOn({
  clients: {
    lure: { name: `${RIGHT_TO_LEFT} ${MARKUP}`, grants: ['device_code'], scopes: ['openid'] },
  },
});

attack(27, 'refused without the form of the page, and a session needs the nonce of its browser', async (t, scene) => {
  const { server } = scene;
  const device = await startDevice(server);
  const phone = await signedInPhone(server, await server.createPerson());
  const stranger = await signedInPhone(server, await server.createPerson());
  const form = formsOf((await scanLink(phone, device)).text).find(({ names }) => names.includes('decision'));
  const foreign = formsOf((await scanLink(stranger, device)).text).find(({ names }) => names.includes('decision'));
  const { action = '', hidden = {} } = form ?? {};
  for (const decision of ['approve', 'deny']) {
    const forged: [Record<string, string>, Record<string, string>][] = [
      [{ decision }, {}],
      [{ decision, ...foreign?.hidden }, {}],
      [{ decision, ...hidden }, { 'Sec-Fetch-Site': 'cross-site' }],
      [
        { decision, ...hidden },
        { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' },
      ],
    ];
    for (const [fields, headers] of forged) t.is((await phone.post(action, fields, headers)).status, 403);
  }
  t.is((await phone.post(`${action}/scan`, {})).status, 403);
  t.is((await phone.postJson('/api/v1/qr/scan', { code: device.user_code })).status, 401, 'a cookie is no token');
  t.is((await poll(server, device)).body['error'], 'authorization_pending');

  const [attacker, victim] = [await openScreen(server), await openScreen(server)];
  const sheet = await phone.submit(await phone.open('/device'), { user_code: attacker.userCode });
  await phone.submit(sheet, { decision: 'approve' });
  const { id_token: idToken } = (await poll(server, attacker, 'tokenim-web')).body;
  t.is((await openSession(victim, idToken)).status, 403);
  t.is((await openSession({ ...attacker, csrf: victim.csrf }, idToken)).status, 403);
  t.is((await victim.browser.open('/account')).url.pathname, '/account/sign-in');
  t.is((await openSession(attacker, idToken)).status, 200);
});

attack(28, 'no page of the sign-in may stand in a frame', async (t, { server }) => {
  const device = await startDevice(server);
  const phone = await signedInPhone(server, await server.createPerson());
  const browser = createPhone(server.issuer);
  const pages: Page[] = [
    await scanLink(phone, device),
    await phone.open('/device'),
    await answerOn(phone, device, 'approve'),
    await browser.open('/qr'),
    await browser.open('/account/sign-in'),
    await browser.open((await authorizationRequest(await connect(server, 'crm'))).url),
    await browser.open('/nothing-here'),
  ];
  for (const { headers, url } of pages) {
    t.regex(headers.get('Content-Security-Policy') ?? '', /(?:^|; )frame-ancestors 'none'/, url.pathname);
    t.is(headers.get('X-Frame-Options'), 'DENY', url.pathname);
  }
  const framed = await ask(server, '/qr', { headers: { 'Sec-Fetch-Dest': 'iframe' } });
  t.is(framed.status, 400, 'a frame does not even use up a code');
});

attack(29, 'escaped, isolated, cut off or not shown; no script of others would run', async (t, { server }) => {
  const userAgent = `Mozilla/5.0 ${MARKUP} ${Buffer.from(BIDI).toString('latin1')} ${'x'.repeat(6000)}`;
  const device = await startDevice(server, { clientId: 'lure', headers: { 'User-Agent': userAgent } });
  const phone = await signedInPhone(server, await server.createPerson());
  const sheet = await scanLink(phone, device);
  const failed = await phone.submit(await phone.open('/device'), { user_code: MARKUP });
  const refused = await phone.open(`/oauth/authorize?${new URLSearchParams({ client_id: MARKUP, error: MARKUP })}`);
  const prefilled = await phone.open(`/device?${new URLSearchParams({ user_code: MARKUP + BIDI })}`);
  for (const { text, headers, url } of [sheet, failed, refused, prefilled]) {
    t.false(/<img src=x|<script>alert/.test(text), url.pathname);
    t.regex(headers.get('Content-Security-Policy') ?? '', /default-src 'none'; script-src 'self';/, url.pathname);
  }
  t.true(textOf(sheet.text).includes(MARKUP), 'the name of the application is text');
  t.true(sheet.text.includes(`<bdi class="client-name">${RIGHT_TO_LEFT}`));
  t.false(sheet.text.includes('xxxx'), 'of the browser only known names are shown');
  const { body } = await (await createPhoneApp(server)).scan(device.user_code);
  t.true((body['device'] as { user_agent: string }).user_agent.length <= 256);
  const { items } = await server.server.domain.audit.list({ client: 'lure', type: 'device.issued', limit: 10 });
  t.is(items.length, 1);
  const recorded = items[0]?.userAgent ?? '';
  t.true(recorded.length <= 256 && !/\p{C}/u.test(recorded), 'without control characters');
});

attack(30, 'only paths of this server are followed', async (t, { server }) => {
  const phone = await signedInPhone(server, await server.createPerson());
  const elsewhere = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    `${server.issuer}@evil.example/`,
    `${server.issuer}.evil.example/`,
    '/.//evil.example',
  ];
  for (const address of elsewhere) {
    const screen = await openScreen(server, address);
    const sheet = await phone.submit(await phone.open('/device'), { user_code: screen.userCode });
    await phone.submit(sheet, { decision: 'approve' });
    const { id_token: idToken } = (await poll(server, screen, 'tokenim-web')).body;
    t.deepEqual(JSON.parse((await openSession(screen, idToken)).text), { location: '/account' }, address);
    const again = await screen.browser.post(`/qr/refresh?${new URLSearchParams({ return_to: address })}`, {});
    t.true([undefined, server.issuer].includes(locationOf(again)?.origin), address);
  }
});

attack(34, 'neither codes nor tokens nor digits, and no answer that it could read', async (t, { server }) => {
  const begin = (Origin: string) => post(server, 'device_authorization', { client_id: 'tv' }, { Origin });
  const begun = await begin('https://tv.example');
  t.is(begun.headers.get('Access-Control-Allow-Origin'), 'https://tv.example');
  const fields = { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: String(begun.body['device_code']) };
  const digits = await startDevice(server, { takesDigits: true });
  for (const Origin of ['https://evil.example', 'http://tv.example', 'https://tv.example.evil.example', 'null']) {
    const polled = await post(server, 'token', fields, { Origin });
    for (const answer of [await begin(Origin), polled]) {
      t.is(answer.body['error'], 'invalid_request', Origin);
      t.is(answer.headers.get('Access-Control-Allow-Origin'), null, Origin);
    }
    for (const address of [digits.check_uri ?? '', digits.events_uri]) {
      const method = address === digits.check_uri ? 'POST' : 'GET';
      const headers = { Origin, 'Content-Type': 'application/json' };
      const answer = await ask(server, address, {
        method,
        headers,
        ...(method === 'POST' && { body: '{"digits":"42"}' }),
      });
      t.deepEqual([answer.status, answer.headers.get('Access-Control-Allow-Origin')], [403, null], Origin);
    }
  }
  const own = await post(server, 'token', fields, { Origin: 'https://tv.example' });
  t.is(own.body['error'], 'authorization_pending');
  t.is(own.headers.get('Access-Control-Allow-Origin'), 'https://tv.example');
});
