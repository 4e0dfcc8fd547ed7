// The log shows what happened and no secret.
import test from 'ava';
import { DomainError } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/ops/logger.ts';

function captureLog() {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }) };
}

const SECRET = 'tim_live_0123456789ab_secret';

test('secrets are cut out at any depth and in any letter case', (t) => {
  const { lines, log } = captureLog();
  log.info(
    {
      password: SECRET,
      headers: { Authorization: SECRET, cookie: [SECRET], 'Set-Cookie': SECRET },
      request: { body: { params: [{ client_secret: SECRET, device_code: SECRET, user_code: SECRET, code: SECRET }] } },
      tokens: { access_token: SECRET, refresh_token: SECRET, id_token: SECRET, token: SECRET },
    },
    'tried',
  );
  t.false(lines.join('').includes(SECRET));
  t.is(JSON.parse(lines[0] ?? '').headers.Authorization, '[redacted]');
});

test('other fields stay as they are', (t) => {
  const { lines, log } = captureLog();
  log.info({ client_id: 'crm', count: 3, at: new Date(0), list: ['a', null], nothing: null }, 'token issued');
  t.like(JSON.parse(lines[0] ?? ''), {
    level: 'info',
    msg: 'token issued',
    client_id: 'crm',
    count: 3,
    at: '1970-01-01T00:00:00.000Z',
    list: ['a', null],
    nothing: null,
  });
});

test('an error is logged with its cause, without properties that others hung on it', (t) => {
  const { lines, log } = captureLog();
  const cause = Object.assign(new Error('connection reset'), { code: 'ECONNRESET', config: { headers: SECRET } });
  log.error({ err: new DomainError('unavailable', 'storage_unavailable', { cause }) }, 'failed');
  const { err } = JSON.parse(lines[0] ?? '');
  t.is(err.error_code, 'storage_unavailable');
  t.is(err.cause.message, 'connection reset');
  t.is(err.cause.error_code, 'ECONNRESET');
  t.false(lines.join('').includes(SECRET));
});

test('what refers to itself does not hang the log', (t) => {
  const { lines, log } = captureLog();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  log.info({ circle }, 'round');
  t.is(lines.length, 1);
});

test('lines below the level are not written', (t) => {
  const { lines, log } = captureLog();
  log.debug({}, 'quiet');
  t.is(lines.length, 0);
});
