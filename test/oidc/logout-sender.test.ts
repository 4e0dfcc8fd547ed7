// How notices of ended sessions are worked off: each by one process, again over a minute, and then given up; none waits for
// another application's.
import test, { type ExecutionContext } from 'ava';
import { createLogoutNotices, type Notice, RETRY_MS } from '../../src/oidc/logout-notices.ts';
import { type Notified, startLogoutSender } from '../../src/oidc/logout-sender.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';

const NOTICE = { clientId: 'desk', accountId: 'anna', sid: 'sid-1' };

interface Before {
  /** There when the senders start, without a message. */
  left?: readonly Notice[];
}

async function stage(t: ExecutionContext, send: (notice: Notice) => Promise<void>, { left = [] }: Before = {}) {
  let now = 1_000_000;
  const clock = { now: () => now };
  const onError = (error: unknown): void => t.fail(String(error));
  const store = await openStorage('sqlite::memory:', { dataFolder: '/nowhere', clock, onError });
  const notices = createLogoutNotices({ store, clock, wants: (clientId) => clientId !== 'other', onError });
  const silent = Object.assign(Object.create(store) as Store, { publish: () => Promise.resolve() });
  const unheard = createLogoutNotices({ store: silent, clock, wants: () => true, onError });
  await Promise.all(left.map(unheard.add));
  const reports: Notified[] = [];
  const report = (outcome: Notified): void => void reports.push(outcome);
  const senders = await Promise.all([1, 2].map(() => startLogoutSender({ notices, send, report, onError })));
  t.teardown(async () => {
    await Promise.all(senders.map((sender) => sender.close()));
    await store.close();
  });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 30));
  return {
    notices,
    reports,
    settled,
    async later(ms: number) {
      now += ms;
      await Promise.all(senders.map((sender) => sender.look()));
      await settled();
    },
    told: () => reports.filter(({ reason }) => reason === undefined).length,
  };
}

const many = (clientId: string, count: number): Notice[] =>
  Array.from({ length: count }, (_, index) => ({ clientId, accountId: 'anna', sid: `sid-${index}` }));

test('one of two processes sends it, once, also when the end is heard of twice', async (t) => {
  let sent = 0;
  const { notices, reports, settled, later } = await stage(t, async () => void sent++);
  await Promise.all([notices.add(NOTICE), notices.add(NOTICE)]);
  await settled();
  await notices.add(NOTICE);
  await later(60_000);
  t.is(sent, 1);
  t.deepEqual(
    reports.map(({ attempts, reason }) => [attempts, reason]),
    [[1, undefined]],
  );
});

test('what fails is tried again, no earlier than planned, and given up within a minute', async (t) => {
  let tried = 0;
  const { notices, reports, settled, later } = await stage(t, async () => {
    tried++;
    throw Object.assign(new Error('no'), { response: new Response(null, { status: 503 }) });
  });
  await notices.add(NOTICE);
  await settled();
  for (const [index, ms] of RETRY_MS.entries()) {
    await later(ms - 1000);
    t.is(tried, index + 1);
    await later(1000);
    t.is(tried, index + 2);
  }
  t.deepEqual(
    reports.map(({ attempts, reason }) => [attempts, reason]),
    [[RETRY_MS.length + 1, 'http_503']],
  );
  await later(60_000);
  t.is(tried, RETRY_MS.length + 1);
});

test('an application that recovers is told', async (t) => {
  let tried = 0;
  const { notices, reports, settled, later } = await stage(t, async () => {
    if (++tried < 3) throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
  });
  await notices.add(NOTICE);
  await settled();
  for (const ms of RETRY_MS) await later(ms);
  t.is(tried, 3);
  t.like(reports, [{ attempts: 3, reason: undefined }]);
});

test('an application without an address costs nothing', async (t) => {
  const { notices } = await stage(t, async () => t.fail());
  await notices.sessionEnded({ accountId: 'anna', authorizations: { other: { sid: 'a' } } });
  t.deepEqual(await notices.waiting(), []);
});

test("an application that does not answer takes none of the others' time, however much it is to be told", async (t) => {
  let free = (): void => undefined;
  const never = new Promise<void>((resolve) => (free = resolve));
  t.teardown(() => free());
  const { notices, reports, settled, told } = await stage(t, ({ clientId }) =>
    clientId === 'dead' ? never : Promise.resolve(),
  );
  await Promise.all(many('dead', 100).map(notices.add));
  await Promise.all(many('desk', 30).map(notices.add));
  while (told() < 30) await settled();
  t.deepEqual([...new Set(reports.map(({ clientId }) => clientId))], ['desk']);
  free();
});

test('of many that were left, each is told at the first look', async (t) => {
  const { reports, settled, told } = await stage(t, () => Promise.resolve(), { left: many('desk', 410) });
  while (told() < 410) await settled();
  t.deepEqual([...new Set(reports.map(({ attempts }) => attempts))], [1]);
});

test('one that takes its time is not told again meanwhile, by any process', async (t) => {
  let sent = 0;
  let answer = (): void => undefined;
  const slow = new Promise<void>((resolve) => (answer = resolve));
  const { notices, reports, settled, later } = await stage(t, () => (sent++, slow));
  await notices.add(NOTICE);
  await settled();
  await later(4900);
  t.is(sent, 1);
  answer();
  await later(60_000);
  t.is(sent, 1);
  t.like(reports, [{ attempts: 1, reason: undefined }]);
});

test('what could not be sent for half a day is given up, and recorded', async (t) => {
  const { reports, settled, later } = await stage(
    t,
    async () => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    },
    { left: many('desk', 3) },
  );
  await settled();
  await later(43_200_001);
  t.deepEqual(
    reports.map(({ attempts, reason }) => [attempts, reason]),
    [1, 1, 1].map((attempts) => [attempts, 'too_late']),
  );
});
