// How notices of ended sessions are worked off: each by one process, again over a minute, and then given up.
import test, { type ExecutionContext } from 'ava';
import { createLogoutNotices, RETRY_MS } from '../../src/oidc/logout-notices.ts';
import { type Notified, startLogoutSender } from '../../src/oidc/logout-sender.ts';
import { openStorage } from '../../src/storage/open.ts';

const NOTICE = { clientId: 'desk', accountId: 'anna', sid: 'sid-1' };

async function stage(t: ExecutionContext, send: () => Promise<void>) {
  let now = 1_000_000;
  const clock = { now: () => now };
  const onError = (error: unknown): void => t.fail(String(error));
  const store = await openStorage('sqlite::memory:', { dataFolder: '/nowhere', clock, onError });
  const notices = createLogoutNotices({ store, clock, wants: (clientId) => clientId === 'desk', onError });
  const reports: Notified[] = [];
  const report = (outcome: Notified): void => void reports.push(outcome);
  const senders = await Promise.all([1, 2].map(() => startLogoutSender({ notices, clock, send, report, onError })));
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
  };
}

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
