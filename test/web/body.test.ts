// Bodies that clients send, well-meant and not.
import { connect } from 'node:net';
import test from 'ava';
import type { Context } from 'koa';
import { readQuery } from '../../src/web/form.ts';
import { BODY_LIMIT_BYTES, readForm, readJson } from '../../src/web/middleware/body.ts';
import type { HostOptions } from './host.ts';
import { FORM_TYPE, JSON_TYPE, startHost } from './host.ts';

const echoing: HostOptions = {
  mountRoutes: (router) => {
    router.post('/form', async (ctx: Context) => {
      const fields = await readForm(ctx);
      ctx.body = { fields: { ...fields }, prototype: String(Object.getPrototypeOf(fields)) };
    });
    router.post('/json', async (ctx: Context) => {
      ctx.body = { value: await readJson(ctx) };
    });
    router.get('/query', (ctx: Context) => {
      ctx.body = readQuery(ctx);
    });
  },
};

test('a form is read with its escapes, and has no prototype', async (t) => {
  const host = await startHost(t, echoing);
  const body = 'login=lin%40example.com&name=%E6%9E%97+%E6%B4%A5&empty=&flag&toString=x';
  const answer = await host.ask('/form', { method: 'POST', headers: FORM_TYPE, body });
  t.deepEqual(JSON.parse(answer.text), {
    fields: { login: 'lin@example.com', name: '林 津', empty: '', flag: '', toString: 'x' },
    prototype: 'null',
  });
});

test('a JSON object is read', async (t) => {
  const host = await startHost(t, echoing);
  const headers = { 'Content-Type': 'application/json; charset=UTF-8' };
  const answer = await host.ask('/json', { method: 'POST', headers, body: '{"digits":"42"}' });
  t.deepEqual(JSON.parse(answer.text), { value: { digits: '42' } });
});

const refusals: readonly [string, string, Record<string, string>, string | Buffer, number, string][] = [
  ['a parameter sent twice', '/form', FORM_TYPE, 'scope=a&scope=b', 400, 'parameter_repeated'],
  ['a parameter sent twice under another spelling', '/form', FORM_TYPE, 'scope=a&%73cope=b', 400, 'parameter_repeated'],
  ['a broken escape', '/form', FORM_TYPE, 'login=%zz', 400, 'parameter_malformed'],
  ['an escape that is no UTF-8', '/form', FORM_TYPE, 'login=%ff', 400, 'parameter_malformed'],
  ['bytes that are no UTF-8', '/form', FORM_TYPE, Buffer.from([0x61, 0x3d, 0xff]), 400, 'body_malformed'],
  ['broken JSON', '/json', JSON_TYPE, '{"a":', 400, 'body_malformed'],
  ['an empty JSON body', '/json', JSON_TYPE, '', 400, 'body_malformed'],
  ['a JSON array', '/json', JSON_TYPE, '[]', 400, 'body_malformed'],
  ['JSON null', '/json', JSON_TYPE, 'null', 400, 'body_malformed'],
  ['a member called __proto__', '/json', JSON_TYPE, '{"a":{"__proto__":{"admin":true}}}', 400, 'body_malformed'],
  ['a very deep array', '/json', JSON_TYPE, '['.repeat(60_000), 400, 'body_malformed'],
  ['a form instead of JSON', '/json', FORM_TYPE, 'a=b', 415, 'unsupported_media_type'],
  ['JSON instead of a form', '/form', JSON_TYPE, '{}', 415, 'unsupported_media_type'],
  ['no media type', '/form', {}, 'a=b', 415, 'unsupported_media_type'],
  [
    'text/plain, as a foreign form may send',
    '/json',
    { 'Content-Type': 'text/plain' },
    '{}',
    415,
    'unsupported_media_type',
  ],
  [
    'another charset',
    '/form',
    { 'Content-Type': `${FORM_TYPE['Content-Type']}; charset=gbk` },
    'a=b',
    415,
    'unsupported_media_type',
  ],
  ['a compressed body', '/form', { ...FORM_TYPE, 'Content-Encoding': 'gzip' }, 'a=b', 415, 'unsupported_media_type'],
];

for (const [what, path, headers, body, status, code] of refusals) {
  test(`${what} is refused with ${status} ${code}`, async (t) => {
    const host = await startHost(t, echoing);
    const answer = await host.ask(path, { method: 'POST', headers, body });
    t.is(answer.status, status);
    t.is(JSON.parse(answer.text).code, code);
  });
}

test('a body of just the limit is read, one byte more is 413', async (t) => {
  const host = await startHost(t, echoing);
  const fits = await host.ask('/form', {
    method: 'POST',
    headers: FORM_TYPE,
    body: 'a='.padEnd(BODY_LIMIT_BYTES, 'x'),
  });
  const more = await host.ask('/form', {
    method: 'POST',
    headers: FORM_TYPE,
    body: 'a='.padEnd(BODY_LIMIT_BYTES + 1, 'x'),
  });
  t.is(fits.status, 200);
  t.is(more.status, 413);
  t.is(JSON.parse(more.text).code, 'too_large');
});

test('ten megabytes are refused with an answer that arrives', async (t) => {
  const host = await startHost(t, echoing);
  const answer = await host.ask('/json', { method: 'POST', headers: JSON_TYPE, body: Buffer.alloc(10_000_000, 0x20) });
  t.is(answer.status, 413);
});

test('an endless chunked body is answered 413 and then cut off', async (t) => {
  const host = await startHost(t, echoing);
  const socket = connect({ host: '127.0.0.1', port: host.port });
  const drip = setInterval(() => socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`), 5);
  t.teardown(() => clearInterval(drip));
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  socket.on('error', () => undefined);
  const cut = new Promise((resolve) => socket.once('close', resolve));
  socket.write(
    `POST /form HTTP/1.1\r\nHost: ${new URL(host.origin).host}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  await cut;
  t.regex(answer, /^HTTP\/1\.1 413 /);
});

test('a query is read as strictly as a form', async (t) => {
  const host = await startHost(t, echoing);
  t.deepEqual(JSON.parse((await host.ask('/query?user_code=ab+cd')).text), { user_code: 'ab cd' });
  t.is(JSON.parse((await host.ask('/query?a=1&a=2')).text).code, 'parameter_repeated');
  t.is(JSON.parse((await host.ask('/query?a=%')).text).code, 'parameter_malformed');
});
