// User codes as people type them (RFC 8628 §6.1).
import test from 'ava';
import fc from 'fast-check';
import { formatUserCode, normalizeUserCode } from '../../src/oidc/device-codes.ts';

const letter = fc.constantFrom(...'BCDFGHJKLMNPQRSTVWXZ'.split(''));
const userCode = fc.array(letter, { minLength: 8, maxLength: 8 }).map((letters) => letters.join(''));

test('a code is shown in two groups of four', (t) => {
  t.is(formatUserCode('WDJBMJHT'), 'WDJB-MJHT');
});

test('case, spaces and punctuation of any kind do not matter', (t) => {
  for (const typed of ['wdjb-mjht', ' WDJB MJHT ', 'WDJB–MJHT', 'ｗｄｊｂ－ｍｊｈｔ', 'W.D.J.B.M.J.H.T']) {
    t.is(normalizeUserCode(typed), 'WDJBMJHT', typed);
  }
});

test('what is shown is read back', (t) => {
  t.notThrows(() => fc.assert(fc.property(userCode, (code) => normalizeUserCode(formatUserCode(code)) === code)));
});

test('whatever is typed, only letters and digits reach the store', (t) => {
  t.notThrows(() =>
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (typed) => /^[A-Z0-9]*$/.test(normalizeUserCode(typed)))),
  );
});
