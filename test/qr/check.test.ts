// When the check is demanded, and the digits.
import test from 'ava';
import fc from 'fast-check';
import { checkFor, digitsOf, isSameNetwork } from '../../src/qr/check.ts';

const NEAR = { requester: '203.0.113.9', approver: '203.0.113.200' };
const FAR = { requester: '203.0.113.9', approver: '198.51.100.7' };

test('policy always demands it near and far, never nowhere, risk where the networks differ', (t) => {
  const demand = (policy: 'always' | 'risk' | 'never', where: typeof NEAR) =>
    checkFor({ policy, takesDigits: true, userCodeTyped: false, ...where });
  t.deepEqual([demand('always', NEAR), demand('always', FAR)], ['digits', 'digits']);
  t.deepEqual([demand('risk', NEAR), demand('risk', FAR)], [undefined, 'digits']);
  t.deepEqual([demand('never', NEAR), demand('never', FAR)], [undefined, undefined]);
});

test('an unknown address of the browser is a risk', (t) => {
  const where = { requester: undefined, approver: '198.51.100.7' };
  t.is(checkFor({ policy: 'risk', takesDigits: false, userCodeTyped: false, ...where }), 'user_code');
});

test('a screen without a field for digits has its user code typed on the phone, once', (t) => {
  const demand = (userCodeTyped: boolean) => checkFor({ policy: 'always', takesDigits: false, userCodeTyped, ...NEAR });
  t.is(demand(false), 'user_code');
  t.is(demand(true), undefined);
});

test('typing the user code does not spare the digits: anybody may have sent it along', (t) => {
  t.is(checkFor({ policy: 'always', takesDigits: true, userCodeTyped: true, ...NEAR }), 'digits');
});

const networks: readonly [string, string, boolean][] = [
  ['203.0.113.1', '203.0.113.254', true],
  ['203.0.113.1', '203.0.114.1', false],
  ['2001:db8:1::1', '2001:db8:1:ffff::9', true],
  ['2001:db8:1::1', '2001:db8:2::1', false],
  ['203.0.113.1', '2001:db8:1::1', false],
  ['127.0.0.1', '::1', true],
  ['127.0.0.1', '203.0.113.1', false],
  ['unknown', 'unknown', false],
  ['', '203.0.113.1', false],
];
for (const [one, other, same] of networks) {
  test(`${one || 'nothing'} and ${other} are ${same ? 'one network' : 'two networks'}`, (t) => {
    t.is(isSameNetwork(one, other), same);
    t.is(isSameNetwork(other, one), same);
  });
}

test('the digits are two, without a leading zero, and all of them occur', (t) => {
  const seen = new Set<string>();
  for (let n = 0; n < 5000; n++) seen.add(digitsOf('pepper', 'id', String(n)));
  t.deepEqual(
    [...seen].toSorted(),
    Array.from({ length: 90 }, (_, n) => String(n + 10)),
  );
});

test('the digits hang on the secret, the transaction and the scan', (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (id, salt) => digitsOf('pepper', id, salt) === digitsOf('pepper', id, salt)),
  );
  const differs = (one: readonly [string, string, string], other: typeof one) =>
    Array.from(
      { length: 20 },
      (_, n) => digitsOf(one[0], one[1], `${one[2]}${n}`) !== digitsOf(other[0], other[1], `${other[2]}${n}`),
    ).includes(true);
  t.true(differs(['pepper', 'id', 's'], ['other', 'id', 's']));
  t.true(differs(['pepper', 'id', 's'], ['pepper', 'other', 's']));
  t.true(differs(['pepper', 'id', 's'], ['pepper', 'id', 'r']));
});
