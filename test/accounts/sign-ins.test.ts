// The records of sign-ins by themselves: what is known again, what is kept, and what the store tells about browsers.
import test, { type ExecutionContext } from 'ava';
import { createSignIns, MAX_SIGN_INS, type NewSignIn, type Origin } from '../../src/accounts/sign-ins.ts';
import { randomToken } from '../../src/lib/random.ts';
import { memoryStore, testClock } from './fixture.ts';

const DAY = 86_400;
const BROWSER: Origin = { browser: 'b1' };
const TV: Origin = { device: { clientId: 'tv', userAgent: 'TV/1.0', network: '203.0.113.9' } };

async function fixture(t: ExecutionContext, peppers: [string, ...string[]] = ['pepper']) {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  const open = (secrets = peppers) =>
    createSignIns({
      store,
      clock,
      newId: () => randomToken(12),
      keepSeconds: () => 180 * DAY,
      peppers: () => secrets,
    });
  const signIns = open();
  const from = (origin: Origin, accountId = 'a1'): NewSignIn => ({
    accountId,
    amr: ['pwd'],
    address: '203.0.113.9',
    userAgent: 'Browser/1.0',
    origin,
  });
  return { clock, signIns, open, from };
}

test('a browser is new once, and for each account', async (t) => {
  const { signIns, from } = await fixture(t);
  t.like(await signIns.record(from(BROWSER)), { isFirst: true, signIn: { isNew: true } });
  t.like(await signIns.record(from(BROWSER)), { isFirst: false, signIn: { isNew: false } });
  t.like(await signIns.record(from(BROWSER, 'a2')), { isFirst: true, signIn: { isNew: true } });
  t.like(await signIns.record(from({ browser: 'b2' })), { isFirst: false, signIn: { isNew: true } });
});

test('what the store keeps of one browser at two accounts has nothing in common', async (t) => {
  const { signIns, from } = await fixture(t);
  await signIns.record(from(BROWSER, 'a1'));
  await signIns.record(from(BROWSER, 'a2'));
  const [[one], [other]] = [await signIns.listOf('a1'), await signIns.listOf('a2')];
  t.not(one?.origin, other?.origin);
  t.false(JSON.stringify([one, other]).includes('b1'));
});

test('a device is known by application, name and network together', async (t) => {
  const { signIns, from } = await fixture(t);
  await signIns.record(from(TV));
  t.true(await signIns.isKnown('a1', TV));
  for (const change of [{ clientId: 'cli' }, { userAgent: 'TV/2.0' }, { network: '198.51.100.1' }]) {
    t.false(await signIns.isKnown('a1', { device: { ...TV.device, ...change } }));
  }
  t.false(await signIns.isKnown('a1', 'unknown'));
});

test('what was disowned once is not known any more, though it signed in before', async (t) => {
  const { signIns, from } = await fixture(t);
  await signIns.record(from(BROWSER));
  const { signIn } = await signIns.record(from(BROWSER));
  await signIns.disowned(signIn.id);
  t.false(await signIns.isKnown('a1', BROWSER));
  t.like(await signIns.record(from(BROWSER)), { signIn: { isNew: true } });
});

test('a browser is known under a former pepper', async (t) => {
  const { signIns, open, from } = await fixture(t, ['old']);
  await signIns.record(from(BROWSER));
  t.true(await open(['new', 'old']).isKnown('a1', BROWSER));
  t.false(await open(['new']).isKnown('a1', BROWSER));
});

test('of one account the newest are kept, for the configured time', async (t) => {
  const { clock, signIns, from } = await fixture(t);
  for (let n = 0; n < MAX_SIGN_INS + 5; n++) {
    clock.advance(60);
    await signIns.record({ ...from(BROWSER), userAgent: `Browser/${n}` });
  }
  const kept = await signIns.listOf('a1');
  t.is(kept.length, MAX_SIGN_INS);
  t.is(kept[0]?.userAgent, `Browser/${MAX_SIGN_INS + 4}`);
  t.is(kept.at(-1)?.userAgent, 'Browser/5');
  clock.advance(180 * DAY);
  t.deepEqual(await signIns.listOf('a1'), []);
});

test('the record of another account is not found', async (t) => {
  const { signIns, from } = await fixture(t);
  const { signIn } = await signIns.record(from(BROWSER));
  t.truthy(await signIns.find('a1', signIn.id));
  t.is(await signIns.find('a2', signIn.id), undefined);
});
