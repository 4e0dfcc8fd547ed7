// Codes by time, against the vectors of RFC 6238 appendix B, and the window around now.
import test from 'ava';
import { Secret } from 'otpauth';
import { stepOfCode, totpUri } from '../../src/accounts/factors/totp.ts';

const SECRET = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32;

test('the vectors of RFC 6238 hold, cut to six digits', (t) => {
  t.is(stepOfCode(SECRET, '287082', 59_000), 1);
  t.is(stepOfCode(SECRET, '081804', 1_111_111_109_000), 37_037_036);
  t.is(stepOfCode(SECRET, '279037', 2_000_000_000_000), 66_666_666);
});

test("a clock may be one step ahead or behind, and the step is the code's own", (t) => {
  t.is(stepOfCode(SECRET, '287082', 59_000 + 30_000), 1);
  t.is(stepOfCode(SECRET, '287082', 59_000 - 30_000), 1);
  t.is(stepOfCode(SECRET, '287082', 59_000 + 61_000), undefined);
  t.is(stepOfCode(SECRET, '081804', 1_111_111_109_000 - 61_000), undefined);
});

test('what is not six digits is no code; spaces do not matter', (t) => {
  t.is(stepOfCode(SECRET, '287 082', 59_000), 1);
  for (const typed of ['', '28708', '2870820', '28708a', '２８７０８２']) {
    t.is(stepOfCode(SECRET, typed, 59_000), undefined, typed);
  }
});

test('the QR names issuer and account', (t) => {
  const uri = new URL(totpUri(SECRET, { issuer: 'TokenIM', label: 'lin@example.com' }));
  t.is(uri.protocol, 'otpauth:');
  t.is(uri.searchParams.get('secret'), SECRET);
  t.is(uri.searchParams.get('issuer'), 'TokenIM');
});
