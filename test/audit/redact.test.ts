import test from 'ava';
import { redact } from '../../src/audit/redact.ts';
import { formatApiKey } from '../../src/api-keys/format.ts';
import { auditLog, signedIn } from './fixture.ts';

const SECRET = 's3cr3t'.repeat(6).slice(0, 32);
const KEY = formatApiKey('tim_live_0123456789AB', SECRET);
const JWT = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.c2ln`;

test('an API key is cut down to its client_id', (t) => {
  t.is(redact(`key ${KEY} refused`), 'key tim_live_0123456789AB_[redacted] refused');
});

test('a JWT and a bearer token are taken out', (t) => {
  t.is(redact(`token ${JWT}!`), 'token [redacted]!');
  t.is(redact('Authorization: Bearer abc.DEF-123~x'), 'Authorization: Bearer [redacted]');
});

test('a secret interrupted by invisible characters is found all the same', (t) => {
  const hidden = `${KEY.slice(0, 30)}\u200b${KEY.slice(30)}`;
  t.false(String(redact(hidden)).includes(KEY.slice(30)));
});

test('control characters and endless text do not reach a record', (t) => {
  t.is(redact('Mozilla\r\n\u001b[31m\u202eevil'), 'Mozilla[31mevil');
  t.is(String(redact('x'.repeat(100_000))).length, 256);
});

test('ordinary words and identifiers stand', (t) => {
  for (const text of ['tim_live_0123456789AB', 'wrong_password', 'V1StGXR8_Z5jdHi6B-myT', 'messages:read'])
    t.is(redact(text), text);
});

test('no field of a recorded event keeps a secret', async (t) => {
  const { log, store } = await auditLog(t);
  await log.record({
    ...signedIn,
    actor: KEY,
    account: JWT,
    client: KEY,
    grant: JWT,
    scopes: [KEY],
    userAgent: `curl ${KEY}`,
    reason: JWT,
    requestId: KEY,
    address: JWT,
    details: { [KEY]: JWT, other: KEY },
  });
  const stored = JSON.stringify(await store.read('audit', { limit: 10 }));
  t.true(stored.includes('redacted'));
  t.false(stored.includes(SECRET));
  t.false(stored.includes(JWT));
});
