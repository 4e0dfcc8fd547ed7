// Rate limits, on counters kept in memory by the test: fixed windows as the store has them.
import test from 'ava';
import { DomainError } from '../../src/lib/errors.ts';
import type { Limiter } from '../../src/web/limits.ts';
import { addressKey, createLimiter } from '../../src/web/limits.ts';

const MINUTE_MS = 60_000;

function startLimiter(): { limiter: Limiter; counters: Map<string, number>; advance: (ms: number) => void } {
  let now = 1_000_000;
  const ends = new Map<string, number>();
  const counters = new Map<string, number>();
  const limiter = createLimiter({
    clock: { now: () => now },
    store: {
      async hit(counter, by, windowMs) {
        const isOver = (ends.get(counter) ?? 0) <= now;
        if (isOver) ends.set(counter, now + windowMs);
        counters.set(counter, (isOver ? 0 : (counters.get(counter) ?? 0)) + by);
        return { count: counters.get(counter) ?? 0, resetAt: ends.get(counter) ?? 0 };
      },
    },
  });
  return { limiter, counters, advance: (ms) => (now += ms) };
}

test('hits up to the limit pass, the next is throttled until the window ends', async (t) => {
  const { limiter, advance } = startLimiter();
  const hit = () => limiter.check('user_code', [{ key: 'a', limit: 2 }], MINUTE_MS);
  await hit();
  await hit();
  advance(20_500);
  const refusal = await t.throwsAsync(hit, { instanceOf: DomainError, code: 'user_code_throttled' });
  t.is(refusal?.kind, 'throttled');
  t.is(refusal?.retryAfter, 40);
  advance(39_500);
  await t.notThrowsAsync(hit);
});

test('keys and names are counted apart', async (t) => {
  const { limiter } = startLimiter();
  await limiter.check('user_code', [{ key: 'a', limit: 1 }], MINUTE_MS);
  await t.notThrowsAsync(limiter.check('user_code', [{ key: 'b', limit: 1 }], MINUTE_MS));
  await t.notThrowsAsync(limiter.check('sign_in', [{ key: 'a', limit: 1 }], MINUTE_MS));
});

test('who is stopped by a narrow limit does not use up the broad one', async (t) => {
  const { limiter } = startLimiter();
  const hit = (key: string) =>
    limiter.check(
      'sign_in',
      [
        { key, limit: 1 },
        { key: 'total', limit: 2 },
      ],
      MINUTE_MS,
    );
  await hit('attacker');
  for (let i = 0; i < 5; i++) await t.throwsAsync(hit('attacker'));
  await t.notThrowsAsync(hit('somebody else'));
});

test('no key stands readable in the store', async (t) => {
  const { limiter, counters } = startLimiter();
  await limiter.check('sign_in', [{ key: 'lin@example.com', limit: 1 }], MINUTE_MS);
  t.false([...counters.keys()].join().includes('lin@example.com'));
});

test('an IPv6 network of 64 bits counts as one address', (t) => {
  t.is(addressKey('2001:db8:1:2:3:4:5:6'), 'address:2001:db8:1:2::/64');
  t.is(addressKey('2001:db8:1:2::9'), 'address:2001:db8:1:2::/64');
  t.is(addressKey('2001:db8::9'), 'address:2001:db8:0:0::/64');
  t.is(addressKey('::1'), 'address:0:0:0:0::/64');
  t.is(addressKey('2001:db8::'), 'address:2001:db8:0:0::/64');
  t.is(addressKey('::ffff:192.0.2.1'), 'address:192.0.2.1');
  t.is(addressKey('192.0.2.1'), 'address:192.0.2.1');
});
