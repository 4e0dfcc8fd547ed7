// The life of a device authorization, whatever is done to it in whatever order.
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isDomainError } from '../../src/lib/errors.ts';
import {
  approve,
  type Check,
  checkOf,
  complete,
  deny,
  hold,
  miss,
  pass,
  publicState,
  scan,
  type Transaction,
} from '../../src/qr/state.ts';

const CLOCK = { now: 100, expiresAt: 200 };
const LATE = { now: 200, expiresAt: 200 };
const DIGITS: Check = { kind: 'digits', salt: 'salt', misses: 0 };
const USER_CODE: Check = { kind: 'user_code', misses: 0 };
const PENDING = { state: 'pending' } as Transaction;

type Step = (transaction: Transaction, clock: typeof CLOCK) => Transaction;

const scanBy =
  (accountId: string, check?: Check): Step =>
  (transaction, clock) =>
    scan(transaction, { accountId, offer: 'offer', ...(check && { check }) }, clock);
const approveBy =
  (accountId: string, userCodeTyped = false): Step =>
  (transaction, clock) =>
    approve(transaction, { accountId, userCodeTyped }, clock);
const holdBy =
  (accountId: string): Step =>
  (transaction, clock) =>
    hold(transaction, { accountId, authTime: 1, amr: ['pwd'] }, clock);
const denyBy =
  (accountId: string): Step =>
  (transaction, clock) =>
    deny(transaction, accountId, clock);

const accounts = fc.constantFrom('ann', 'bob');
const checks = fc.constantFrom(undefined, DIGITS, USER_CODE);
const steps = fc.oneof(
  fc.tuple(accounts, checks).map(([account, check]) => ({ name: 'scan', account, step: scanBy(account, check) })),
  accounts.map((account) => ({ name: 'approve', account, step: approveBy(account) })),
  accounts.map((account) => ({ name: 'approve with user code', account, step: approveBy(account, true) })),
  accounts.map((account) => ({ name: 'hold', account, step: holdBy(account) })),
  accounts.map((account) => ({ name: 'deny', account, step: denyBy(account) })),
  fc.constantFrom(
    { name: 'miss', account: undefined, step: miss },
    { name: 'pass', account: undefined, step: pass },
    { name: 'complete', account: undefined, step: complete },
  ),
);
const walks = fc.array(steps, { maxLength: 12 });

/** The state after a step, or the code of the refusal. */
function after(transaction: Transaction, step: Step, clock = CLOCK): Transaction | string {
  try {
    return step(transaction, clock);
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
}

/** Walks from pending, calling `look` at each step that was taken. */
function walk(
  path: readonly { name: string; account: string | undefined; step: Step }[],
  look: (before: Transaction, taken: Transaction, step: (typeof path)[number]) => void,
): void {
  let current = PENDING;
  for (const step of path) {
    const next = after(current, step.step);
    if (typeof next === 'string') continue;
    look(current, next, step);
    current = next;
  }
}

const holds = (t: ExecutionContext, property: fc.IProperty<[Parameters<typeof walk>[0]]>): void => {
  t.notThrows(() => fc.assert(property, { numRuns: 2000 }));
};

test('only the account that scanned ever decides', (t) => {
  holds(
    t,
    fc.property(walks, (path) => {
      let owner: string | undefined;
      walk(path, (_before, next) => {
        if (!('accountId' in next)) return;
        owner ??= next.accountId;
        if (next.accountId !== owner) throw new Error(`${next.accountId} took it from ${owner}`);
      });
    }),
  );
});

test('what is decided stays decided', (t) => {
  const finals: Transaction[] = [
    { state: 'approved', accountId: 'ann' },
    { state: 'denied', accountId: 'ann', reason: 'person' },
  ];
  for (const final of finals) {
    t.notThrows(() => fc.assert(fc.property(steps, ({ step }) => after(final, step) === 'already_decided')));
  }
});

test('nothing happens after expiry', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(walks, steps, (path, { step }) => {
        let current = PENDING;
        walk(path, (_before, next) => (current = next));
        const late = after(current, step, LATE);
        return late === 'code_expired' || late === 'already_decided';
      }),
    ),
  );
});

test('approval comes only after all that is owed: the digits, or the user code', (t) => {
  holds(
    t,
    fc.property(walks, (path) => {
      walk(path, (before, next, { name }) => {
        if (next.state !== 'approved') return;
        const owed = checkOf(before)?.kind;
        const isMet =
          owed === undefined ||
          (owed === 'digits' && name === 'complete') ||
          (owed === 'user_code' && name === 'approve with user code');
        if (!isMet) throw new Error(`${name} approved while ${owed} was owed`);
      });
    }),
  );
});

test('the digits alone approve nothing: the account has said yes before', (t) => {
  holds(
    t,
    fc.property(walks, (path) => {
      walk(path, (before, next, { name }) => {
        if (name !== 'pass' && name !== 'complete') return;
        if (next.state === 'approved' && before.state !== 'confirming') throw new Error('approved without a yes');
      });
    }),
  );
});

test('three wrong answers end the code, whatever is done between them', (t) => {
  holds(
    t,
    fc.property(walks, (path) => {
      let misses = 0;
      walk(path, (_before, next, { name }) => {
        if (name !== 'miss') return;
        misses += 1;
        if ((misses === 3) !== (next.state === 'denied')) throw new Error(`${next.state} after ${misses}`);
      });
      if (misses > 3) throw new Error('more than three tries');
    }),
  );
});

test('scanning again does not change the check or forget wrong answers', (t) => {
  const scanned = after(PENDING, scanBy('ann', DIGITS)) as Transaction;
  const missed = after(scanned, miss) as Transaction;
  t.is(after(missed, scanBy('ann')), missed);
  t.is(checkOf(missed)?.misses, 1);
});

test('the digits may come before the yes, which then needs nothing more', (t) => {
  const scanned = after(PENDING, scanBy('ann', DIGITS)) as Transaction;
  const passed = after(scanned, pass) as Transaction;
  t.deepEqual(after(passed, holdBy('ann')), passed);
  t.deepEqual(after(passed, approveBy('ann')), { state: 'approved', accountId: 'ann' });
});

test('the yes may come before the digits and is kept', (t) => {
  const scanned = after(PENDING, scanBy('ann', DIGITS)) as Transaction;
  const held = after(scanned, holdBy('ann')) as Transaction;
  t.like(held, { state: 'confirming', accountId: 'ann', authTime: 1, offer: 'offer' });
  t.is(after(held, approveBy('ann')), 'check_failed');
  t.deepEqual(after(held, complete), { state: 'approved', accountId: 'ann' });
});

test('digits are not taken where none are asked', (t) => {
  const plain = after(PENDING, scanBy('ann')) as Transaction;
  const asked = after(PENDING, scanBy('ann', USER_CODE)) as Transaction;
  for (const step of [pass, complete]) {
    for (const transaction of [PENDING, plain, asked]) t.is(after(transaction, step), 'check_not_due');
  }
  t.is(after(PENDING, miss), 'check_not_due');
});

test('while somebody may still answer, the browser is told expired from the second of expiry on', (t) => {
  for (const check of [undefined, DIGITS]) {
    const scanned = after(PENDING, scanBy('ann', check)) as Transaction;
    t.is(publicState(scanned, CLOCK), 'scanned');
    t.is(publicState(scanned, LATE), 'expired');
  }
  t.is(publicState({ state: 'approved', accountId: 'ann' }, LATE), 'approved');
});
