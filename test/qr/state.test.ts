// The transitions of a device authorization, as far as they need no store: what may follow what, and who may act.
import test from 'ava';
import fc from 'fast-check';
import { isDomainError } from '../../src/lib/errors.ts';
import { approve, deny, publicState, scan, type Transaction } from '../../src/qr/state.ts';

const LIVE = { now: 100, expiresAt: 200 };
const OVER = { now: 200, expiresAt: 200 };
const PENDING: Transaction = { state: 'pending' };
const SCANNED: Transaction = { state: 'scanned', accountId: 'lin' };
const DECIDED: readonly Transaction[] = [
  { state: 'approved', accountId: 'lin' },
  { state: 'denied', accountId: 'lin' },
];
const ACTS = { scan, approve, deny };

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
};

test('a scan binds the code to the account', (t) => {
  t.deepEqual(scan(PENDING, 'lin', LIVE), SCANNED);
});

test('a second scan by the same account changes nothing', (t) => {
  t.is(scan(SCANNED, 'lin', LIVE), SCANNED);
});

test('an answer without a scan is a scan and an answer', (t) => {
  t.deepEqual(approve(PENDING, 'lin', LIVE), { state: 'approved', accountId: 'lin' });
  t.deepEqual(deny(PENDING, 'lin', LIVE), { state: 'denied', accountId: 'lin' });
});

test('another account than the one that scanned can do nothing', (t) => {
  for (const act of Object.values(ACTS))
    t.is(
      codeOf(() => act(SCANNED, 'mallory', LIVE)),
      'not_yours',
    );
});

test('a decision is final, for everybody', (t) => {
  for (const act of Object.values(ACTS)) {
    for (const transaction of DECIDED) {
      for (const account of ['lin', 'mallory'])
        t.is(
          codeOf(() => act(transaction, account, LIVE)),
          'already_decided',
        );
    }
  }
});

test('nothing can be done once the time is over', (t) => {
  for (const act of Object.values(ACTS)) {
    for (const transaction of [PENDING, SCANNED])
      t.is(
        codeOf(() => act(transaction, 'lin', OVER)),
        'code_expired',
      );
  }
});

test('only what was not decided expires', (t) => {
  t.is(publicState(PENDING, OVER), 'expired');
  t.is(publicState(SCANNED, OVER), 'expired');
  t.is(publicState(SCANNED, LIVE), 'scanned');
  for (const transaction of DECIDED) t.is(publicState(transaction, OVER), transaction.state);
});

test('no sequence of acts lets a second account answer, or changes an answer', (t) => {
  const step = fc.record({
    act: fc.constantFrom<keyof typeof ACTS>('scan', 'approve', 'deny'),
    account: fc.constantFrom('lin', 'mallory', 'eve'),
    now: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let transaction: Transaction = PENDING;
      for (const { act, account, now } of steps) {
        const before: Transaction = transaction;
        try {
          transaction = ACTS[act](before, account, { now, expiresAt: 200 });
        } catch (error) {
          if (!isDomainError(error)) throw error;
        }
        if (before.state === 'pending' || transaction === before) continue;
        if (before.state !== 'scanned') return false;
        if (transaction.state === 'pending' || transaction.accountId !== before.accountId) return false;
      }
      return true;
    }),
  );
  t.pass();
});
