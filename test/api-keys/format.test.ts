import test from 'ava';
import fc from 'fast-check';
import { formatApiKey, isApiKeyClientId, parseApiKey } from '../../src/api-keys/format.ts';
import { BASE62 } from '../../src/lib/random.ts';

const base62 = (length: number) =>
  fc.string({ unit: fc.constantFrom(...BASE62.split('')), minLength: length, maxLength: length });
const CLIENT_ID = 'tim_live_0123456789AB';
const KEY = formatApiKey(CLIENT_ID, 'a'.repeat(32));

test('a key is tim_live_, 12, underscore, 32 and 6 base62 characters', (t) => {
  t.regex(KEY, /^tim_live_0123456789AB_a{32}[0-9A-Za-z]{6}$/);
});

test('the checksum is CRC-32 in base62, most significant digit first, padded with 0', (t) => {
  const digits = Array.from(KEY.slice(-6), (digit) => BASE62.indexOf(digit));
  const value = digits.reduce((sum, digit) => sum * 62 + digit, 0);
  t.is(value, crc32Bitwise(KEY.slice(0, -6)));
  t.is(crc32Bitwise('123456789'), 3421780262, 'the check value of the algorithm');
  t.true((digits[0] ?? 1) <= 4, 'the largest CRC-32 begins with 4');
});

function crc32Bitwise(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('every formatted key parses to its client_id', (t) => {
  fc.assert(
    fc.property(base62(12), base62(32), (id, secret) => {
      t.deepEqual(parseApiKey(formatApiKey(`tim_live_${id}`, secret)), { ok: true, clientId: `tim_live_${id}` });
    }),
  );
});

test('one mistyped character is found by the checksum', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 9, max: KEY.length - 1 }),
        fc.constantFrom(...BASE62.split('')),
        (position, character) => {
          fc.pre(KEY[position] !== '_' && KEY[position] !== character);
          const mistyped = KEY.slice(0, position) + character + KEY.slice(position + 1);
          return JSON.stringify(parseApiKey(mistyped)) === '{"ok":false,"reason":"checksum"}';
        },
      ),
    ),
  );
});

test('two neighbours swapped are found by the checksum', (t) => {
  const key = formatApiKey(CLIENT_ID, 'abcdefghijklmnopqrstuvwxyz012345');
  const swapped = key.replace('ab', 'ba');
  t.deepEqual(parseApiKey(swapped), { ok: false, reason: 'checksum' });
});

for (const [why, text] of [
  ['nothing', ''],
  ['another prefix', KEY.replace('live', 'test')],
  ['too short', KEY.slice(0, -1)],
  ['too long', `${KEY}0`],
  ['a space before', ` ${KEY}`],
  ['a line feed after', `${KEY}\n`],
  ['a full-width letter', KEY.replace('a', 'ａ')],
] as const) {
  test(`a text with ${why} is malformed`, (t) => {
    t.deepEqual(parseApiKey(text), { ok: false, reason: 'malformed' });
  });
}

test('a client_id of a key is told from that of a configured client', (t) => {
  t.true(isApiKeyClientId(CLIENT_ID));
  for (const other of ['crm', KEY, 'tim_live_short', 'tim_live_0123456789AB\n'])
    t.false(isApiKeyClientId(other), other);
});
