// Polls answered at the door are answered as the provider would: a table of requests, each sent once past the door and once
// around it, and compared by status, body and names of headers. A query, which nobody minds, leads around.
import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import test from 'ava';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { answerOn, approve, DEVICE_GRANT, poll, signedInPhone, startDevice } from '../helpers/device.ts';
import { stopTime } from '../helpers/clock.ts';
import { ask, type Reply } from '../helpers/http.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PATH = '/oauth/token';
const AROUND = '/oauth/token?around';
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const VARYING = new Set(['x-request-id', 'date', 'content-length']);
const FORM = 'application/x-www-form-urlencoded';
const CLIENTS = {
  clients: {
    board: { name: 'Notice Board', grants: ['device_code'], origins: ['https://board.example'], scopes: ['openid'] },
    vault: {
      name: 'Vault',
      grants: ['device_code'],
      secrets: [{ hash: 'sha256:bxKpib5xL5j3VZtCEtOY931Zdf5tmy1C4Z33i-59IfM' }],
      scopes: ['openid'],
    },
    bound: { name: 'Bound', grants: ['device_code'], scopes: ['openid'], dpop_bound_access_tokens: true },
  },
};

interface Case {
  fields(code: string): string;
  headers?: OutgoingHttpHeaders;
  clientId?: string;
}

const plain = (code: string, clientId = 'tv'): string =>
  new URLSearchParams({ grant_type: DEVICE_GRANT, client_id: clientId, device_code: code }).toString();

const CASES: Readonly<Record<string, Case>> = {
  'a plain poll': { fields: plain },
  'parameters in another order': {
    fields: (code) => `device_code=${code}&client_id=tv&grant_type=${encodeURIComponent(DEVICE_GRANT)}`,
  },
  'a charset': { fields: plain, headers: { 'Content-Type': `${FORM};charset=UTF-8` } },
  'a foreign charset': { fields: plain, headers: { 'Content-Type': `${FORM}; charset=utf-16le` } },
  'a broken content type': { fields: plain, headers: { 'Content-Type': 'text/plain' } },
  'no content type': { fields: plain, headers: { 'Content-Type': '' } },
  'an origin that is registered': {
    clientId: 'board',
    fields: (code) => plain(code, 'board'),
    headers: { Origin: 'https://board.example' },
  },
  'an origin that is not': { fields: plain, headers: { Origin: 'https://evil.example' } },
  'a reader of pages': { fields: plain, headers: { Accept: 'text/html' } },
  'a reader of programs': { fields: plain, headers: { Accept: 'application/json, text/plain, */*' } },
  'a wish for images': { fields: plain, headers: { Accept: 'image/png' } },
  'a parameter sent twice': { fields: (code) => `${plain(code)}&client_id=tv` },
  'the code sent twice': { fields: (code) => `${plain(code)}&device_code=${code}` },
  'a parameter too many': { fields: (code) => `${plain(code)}&scope=openid` },
  'an unknown parameter': { fields: (code) => `${plain(code)}&__proto__=x` },
  'an empty parameter': { fields: (code) => `${plain(code)}&client_secret=` },
  'a resource': { fields: (code) => `${plain(code)}&resource=https%3A%2F%2Fim.tokenim.example%2F` },
  'a wrong secret': { fields: (code) => `${plain(code)}&client_secret=guess` },
  'basic credentials': { fields: plain, headers: { Authorization: `Basic ${btoa('tv:guess')}` } },
  'an empty authorization': { fields: plain, headers: { Authorization: '' } },
  'a broken proof': { fields: plain, headers: { DPoP: 'not-a-proof' } },
  'another client': { fields: (code) => plain(code, 'kiosk') },
  'an unknown client': { fields: (code) => plain(code, 'nobody') },
  'a client without the grant': { fields: (code) => plain(code, 'spa') },
  'a client called __proto__': { fields: (code) => plain(code, '__proto__') },
  'a confidential client without its secret': { clientId: 'tv', fields: (code) => plain(code, 'vault') },
  'a client that must prove possession': { clientId: 'bound', fields: (code) => plain(code, 'bound') },
  'no client': { fields: (code) => `grant_type=${encodeURIComponent(DEVICE_GRANT)}&device_code=${code}` },
  'no code': { fields: () => plain('') },
  'an unknown code': { fields: () => plain('never-issued') },
  'another grant': { fields: (code) => `grant_type=refresh_token&client_id=tv&refresh_token=${code}` },
  'a broken escape': { fields: (code) => `${plain(code)}%` },
  'a long form': { fields: (code) => `${plain(code)}&x=${'y'.repeat(4000)}` },
  'no body': { fields: () => '' },
};

onEachStorage(
  ({ on, server, storage }) => {
    for (const [what, { fields, headers = {}, clientId = 'tv' }] of Object.entries(CASES)) {
      test(on(`${what}: the door and the provider answer alike, first and again`), async (t) => {
        const twice = async (path: string) => {
          const { device_code } = await startDevice(server(), { clientId });
          const once = async () => comparable(await send(server(), fields(device_code), headers, path));
          return [await once(), await once()];
        };
        t.deepEqual(await twice(PATH), await twice(AROUND));
      });
    }

    test(on('a plain poll does not trouble the provider, and one with anything more does'), async (t) => {
      const device = await startDevice(server());
      const reached: string[] = [];
      const note = ({ oidc }: KoaContextWithOIDC) => void reached.push(String(oidc.params?.['device_code']));
      const provider = server().server.authorization.provider();
      provider.on('grant.error', note);
      t.teardown(() => void provider.off('grant.error', note));
      await poll(server(), device);
      t.false(reached.includes(device.device_code));
      await send(server(), `${plain(device.device_code)}&scope=openid`);
      t.true(reached.includes(device.device_code));
    });

    test(on('what is decided passes the door: approval, refusal, redemption'), async (t) => {
      const [approved, denied] = [await startDevice(server()), await startDevice(server())];
      t.is((await poll(server(), approved)).body['error'], 'authorization_pending');
      await approve(server(), approved);
      t.is((await poll(server(), approved)).status, 200);
      t.is((await poll(server(), approved)).body['error'], 'invalid_grant');
      const phone = await signedInPhone(server(), await server().createPerson());
      await answerOn(phone, denied, 'deny');
      t.is((await poll(server(), denied)).body['error'], 'access_denied');
    });

    test(on('a refused origin and a foreign client do not use up the interval of the owner'), async (t) => {
      const device = await startDevice(server());
      await send(server(), plain(device.device_code), { Origin: 'https://evil.example' });
      await send(server(), plain(device.device_code, 'kiosk'));
      t.is((await poll(server(), device)).body['error'], 'authorization_pending');
      t.is((await poll(server(), device)).body['error'], 'slow_down');
    });

    test(on('another Host is misdirected at the door too'), async (t) => {
      const device = await startDevice(server());
      const reply = await send(server(), plain(device.device_code), { Host: 'evil.example' });
      t.is(reply.status, 421);
      t.is((await poll(server(), device)).body['error'], 'authorization_pending');
    });

    test(on('polls are counted and logged under their route, without the code'), async (t) => {
      const device = await startDevice(server());
      const reply = await poll(server(), device);
      const id = reply.headers.get('X-Request-Id') ?? '';
      await new Promise((resolve) => setTimeout(resolve, 50));
      const line = server()
        .logged()
        .split('\n')
        .find((text) => text.includes(id));
      t.like(JSON.parse(line ?? '{}'), { path: '/oauth/token', method: 'POST', status: 400, address: '127.0.0.1' });
      t.false(server().logged().includes(device.device_code));
      const { text } = await ask(server(), '/metrics');
      t.regex(text, /tokenim_http_requests_total\{route="token",method="POST",status="4xx"\} \d/);
    });

    test(on('a body that comes in pieces is answered all the same'), async (t) => {
      const device = await startDevice(server());
      const body = plain(device.device_code);
      const { port } = new URL(server().origin);
      const socket = connect(Number(port), '127.0.0.1');
      const head = [
        'POST /oauth/token HTTP/1.1',
        `Host: ${new URL(server().issuer).host}`,
        `Content-Type: ${FORM}`,
        `Content-Length: ${body.length}`,
        'Connection: close',
        '\r\n',
      ];
      socket.write(head.join('\r\n') + body.slice(0, 20));
      setTimeout(() => socket.write(body.slice(20)), 50);
      t.regex(await readText(socket), /^HTTP\/1\.1 400 [\s\S]*authorization_pending/);
    });

    if (storage === 'sqlite') {
      test.serial(on('an expired code passes the door and ends as expired_token'), async (t) => {
        const time = stopTime(t);
        const device = await startDevice(server());
        time.advance(device.expires_in);
        t.is((await poll(server(), device)).body['error'], 'expired_token');
      });
    }
  },
  { config: CLIENTS },
);

if (redisAvailable()) {
  test('redis: while the store is away a poll is refused as temporary', async (t) => {
    const redis = await startRedis(t);
    const server = await startAuthServer(t, { storage: redis.url });
    const device = await startDevice(server);
    await redis.kill();
    const { status, headers, body } = await poll(server, device);
    t.is(status, 503);
    t.is(body['error'], 'temporarily_unavailable');
    t.true(Number(headers.get('Retry-After')) > 0);
  });
}

function send(target: AuthServer, body: string, headers: OutgoingHttpHeaders = {}, path = PATH): Promise<Reply> {
  return ask(target, path, { method: 'POST', headers: { 'Content-Type': FORM, ...headers }, body });
}

/** What a client can tell apart. Of what differs with each request, only that it is there. */
const comparable = ({ status, headers, text }: Reply) => ({
  status,
  text: text.replaceAll(UUID, '<id>').replaceAll('around=&amp;', ''),
  headers: [...headers].map(([name, value]) => (VARYING.has(name) ? name : `${name}: ${value}`)).sort(),
});
