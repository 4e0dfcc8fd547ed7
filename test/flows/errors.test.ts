// What no well-behaved client sends: each is refused with a 4xx answer in the form of its endpoint, without an echo, and is
// never an error of ours.
import { connect as connectSocket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import test from 'ava';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { ask, basic, post } from '../helpers/http.ts';

let server: AuthServer;
test.before(async () => {
  server = await startAuthServer(undefined);
});
test.after.always(() => server.stop());

const FORM = 'application/x-www-form-urlencoded';
const ENDPOINTS = ['token', 'introspect', 'revoke', 'par', 'device_authorization'];
const REPORTS = basic('reports', SECRETS.reports);

const send = (path: string, body: string, type = FORM, headers = {}) =>
  ask(server, path, { method: 'POST', headers: { 'Content-Type': type, ...headers }, body });

test('an empty, a broken and an oversized body are refused by every OAuth endpoint as RFC 6749 §5.2 says', async (t) => {
  const bodies = ['', '%', '%zz=%', '=&&=', `client_id=${'x'.repeat(200_000)}`, '\0', 'a'.repeat(70_000)];
  for (const endpoint of ENDPOINTS) {
    for (const body of bodies) {
      const { status, body: answer, headers } = await send(`/oauth/${endpoint}`, body);
      t.true(status >= 400 && status < 500, `${endpoint} ${body.slice(0, 10)} ${status}`);
      t.is(typeof answer['error'], 'string', `${endpoint} ${body.slice(0, 10)}`);
      t.regex(headers.get('Content-Type') ?? '', /^application\/json/);
    }
  }
});

test('a body of another type is refused', async (t) => {
  for (const endpoint of ENDPOINTS) {
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const { status, body } = await send(`/oauth/${endpoint}`, '{"grant_type":"client_credentials"}', type);
      t.true(status >= 400 && status < 500, `${endpoint} ${type} ${status}`);
      t.is(typeof body['error'], 'string');
    }
  }
});

test('a wrong method is refused', async (t) => {
  for (const endpoint of ENDPOINTS) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status } = await ask(server, `/oauth/${endpoint}`, { method });
      t.true(status === 404 || status === 405, `${method} ${endpoint} ${status}`);
    }
  }
});

test('a repeated parameter is refused', async (t) => {
  const fields = new URLSearchParams({ grant_type: 'client_credentials', scope: 'messages:read' });
  for (const name of ['grant_type', 'scope', 'client_id', 'client_secret']) {
    const repeated = new URLSearchParams([...fields, [name, 'a'], [name, 'b']]);
    const { status, body } = await post(server, 'token', repeated, REPORTS);
    t.true(status === 400 || status === 401, name);
    t.true(['invalid_request', 'invalid_client'].includes(String(body['error'])), name);
  }
});

test('an unknown grant type is unsupported_grant_type', async (t) => {
  for (const grant_type of ['password', 'implicit', 'constructor', '__proto__']) {
    t.is((await post(server, 'token', { grant_type }, REPORTS)).body['error'], 'unsupported_grant_type', grant_type);
  }
});

test('broken credentials are invalid_client or invalid_request', async (t) => {
  const headers = [
    'Basic',
    'Basic !!!',
    'Basic OjpA',
    `Basic ${Buffer.from('%:%').toString('base64')}`,
    'Bearer x',
    'Digest x',
  ];
  for (const Authorization of headers) {
    const { status, body } = await post(server, 'token', { grant_type: 'client_credentials' }, { Authorization });
    t.true(status === 400 || status === 401, `${Authorization} ${status}`);
    t.true(['invalid_client', 'invalid_request'].includes(String(body['error'])), Authorization);
  }
});

test('client ids that name members of objects are unknown clients', async (t) => {
  for (const client_id of ['constructor', '__proto__', 'toString', '', ' ', '\u0000', 'tim_live_', 'tim_live_%00']) {
    const { status, body } = await post(server, 'token', {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id,
    });
    t.true(status === 400 || status === 401, client_id);
    t.true(['invalid_client', 'invalid_request'].includes(String(body['error'])), client_id);
  }
});

test('broken assertions, proofs and tokens are refused', async (t) => {
  const assertion = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'a.b.c',
  };
  const { status, body } = await post(server, 'token', assertion);
  t.true(status === 400 || status === 401);
  t.is(typeof body['error'], 'string');
  const grant = { grant_type: 'client_credentials', scope: 'messages:read' };
  t.is((await post(server, 'token', grant, { ...REPORTS, DPoP: 'a.b.c' })).body['error'], 'invalid_dpop_proof');
  const userInfo = await ask(server, '/oauth/userinfo', { headers: { Authorization: 'Bearer a.b.c' } });
  t.is(userInfo.status, 401);
});

test('an authorization request that cannot be trusted ends on a page that repeats nothing of it', async (t) => {
  const queries = [
    'client_id=%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    'client_id=nobody-known&redirect_uri=https%3A%2F%2Fevil.example',
    'client_id=crm&redirect_uri=%3Cscript%3E&response_type=code',
    'client_id=crm&client_id=spa',
    'request_uri=https%3A%2F%2Fevil.example%2Frequest',
    '%',
    '',
  ];
  for (const query of queries) {
    const { status, headers, text } = await ask(server, `/oauth/authorize?${query}`, {
      headers: { Accept: 'text/html' },
    });
    t.is(status, 400, query);
    t.regex(headers.get('Content-Type') ?? '', /^text\/html/);
    t.false(/evil|nobody-known|<script>alert/.test(textOf(text)), query);
    t.false(text.includes('<script>alert'), query);
  }
});

test('the page names the request, so that it can be found in the log', async (t) => {
  const answer = await ask(server, '/oauth/authorize', { headers: { Accept: 'text/html' } });
  const id = answer.headers.get('X-Request-Id') ?? '';
  t.true(textOf(answer.text).includes(id));
  t.true(server.logged().includes(id));
});

test('pages and interactions that are gone answer 404, not 500', async (t) => {
  const paths = [
    '/interaction/unknown',
    '/d/AAAA',
    '/device/unknown',
    '/oauth/authorize/unknown',
    '/nowhere',
    '/set-up/x',
  ];
  for (const path of paths) {
    const { status } = await ask(server, path, { headers: { Accept: 'text/html' } });
    t.true(status >= 300 && status < 500, `${path} ${status}`);
  }
});

test('bytes that are no HTTP are answered 400 and the server lives on', async (t) => {
  for (const bytes of [
    'GARBAGE\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ]) {
    const socket = connectSocket(Number(new URL(server.origin).port), '127.0.0.1');
    socket.end(bytes);
    t.regex(await readText(socket), /^HTTP\/1\.1 4\d\d /);
  }
  t.is((await ask(server, '/healthz')).status, 200);
});

test.after('no request of this file was an error of ours', (t) => {
  t.false(server.logged().includes('"level":"error"'));
});
