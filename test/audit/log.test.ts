import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { auditLog, KEEP_SECONDS, signedIn } from './fixture.ts';

test('an event is read as it was recorded, with the time of recording', async (t) => {
  const { log, clock } = await auditLog(t);
  const event = {
    type: 'token.issued',
    outcome: 'success',
    actor: 'tim_live_0123456789AB',
    client: 'tim_live_0123456789AB',
    account: 'ada',
    scopes: ['messages:read'],
    address: '192.0.2.1',
    requestId: 'r1',
    details: { grant_type: 'client_credentials', expires_in: 600, dpop: false },
  } as const;
  await log.record(event);
  const { items } = await log.list({ limit: 10 });
  t.is(items.length, 1);
  const { id, ...read } = items[0] ?? { id: '' };
  t.truthy(id);
  t.deepEqual(read as unknown, { ...event, at: clock.now() });
});

test('events are listed newest first, page by page', async (t) => {
  const { log, clock } = await auditLog(t);
  for (const requestId of ['1', '2', '3']) {
    await log.record({ ...signedIn, requestId });
    clock.advance(1);
  }
  const first = await log.list({ limit: 2 });
  t.deepEqual(
    first.items.map(({ requestId }) => requestId),
    ['3', '2'],
  );
  t.truthy(first.next);
  const second = await log.list({ limit: 2, ...(first.next !== undefined && { after: first.next }) });
  t.deepEqual(
    second.items.map(({ requestId }) => requestId),
    ['1'],
  );
});

test('events are filtered by account, client and beginning of the type, also together', async (t) => {
  const { log } = await auditLog(t);
  await log.record({ ...signedIn, client: 'crm' });
  await log.record({ ...signedIn, account: 'eve', client: 'crm' });
  await log.record({ type: 'sign_in.failed', outcome: 'failure', account: 'ada' });
  await log.record({ type: 'token.issued', outcome: 'success', account: 'ada', client: 'crm' });
  const count = async (filter: object) => (await log.list({ ...filter, limit: 10 })).items.length;
  t.is(await count({ account: 'ada' }), 3);
  t.is(await count({ client: 'crm' }), 3);
  t.is(await count({ type: 'sign_in.' }), 3);
  t.is(await count({ account: 'ada', client: 'crm' }), 2);
  t.is(await count({ account: 'ada', client: 'crm', type: 'sign_in.' }), 1);
  t.is(await count({ account: 'nobody' }), 0);
});

test('a filter over two fields fills a page beyond entries that it leaves out', async (t) => {
  const { log } = await auditLog(t);
  await log.record({ ...signedIn, client: 'crm' });
  for (let count = 0; count < 5; count++) await log.record({ ...signedIn, client: 'other' });
  t.is((await log.list({ account: 'ada', client: 'crm', limit: 2 })).items.length, 1);
});

test('events before a moment are left out', async (t) => {
  const { log, clock } = await auditLog(t);
  await log.record(signedIn);
  clock.advance(10);
  const since = clock.now();
  await log.record({ ...signedIn, requestId: 'later' });
  t.deepEqual(
    (await log.list({ since, limit: 10 })).items.map(({ requestId }) => requestId),
    ['later'],
  );
});

test('events go after the time to keep them', async (t) => {
  const { log, clock } = await auditLog(t);
  await log.record(signedIn);
  clock.advance(KEEP_SECONDS + 1);
  t.deepEqual((await log.list({ limit: 10 })).items, []);
});

test('a token request is served when its event cannot be recorded, and the event is written later', async (t) => {
  const { store, open, errors } = await auditLog(t);
  let away = true;
  const log = open({
    ...store,
    append: (...call) => (away ? Promise.reject(new Error('away')) : store.append(...call)),
  });
  await t.notThrowsAsync(log.record({ type: 'token.issued', outcome: 'success', requestId: 'lost?' }));
  t.is(errors.length, 1);
  away = false;
  await log.record(signedIn);
  const { items } = await log.list({ limit: 10 });
  t.deepEqual(items.map(({ type }) => type).toSorted(), ['sign_in.succeeded', 'token.issued']);
  t.deepEqual((await log.verify()).faults, []);
});

test('an act of administration is refused when it cannot be recorded', async (t) => {
  const { store, open } = await auditLog(t);
  const log = open({ ...store, append: () => Promise.reject(new Error('away')) });
  const act = log.record({ type: 'account.role_granted', outcome: 'success', actor: 'root', account: 'ada' });
  t.like(await t.throwsAsync(act), { kind: 'unavailable', code: 'record_failed' });
});

test('an event that cannot even be read is reported, not thrown into a token request', async (t) => {
  const { log, errors } = await auditLog(t);
  await t.notThrowsAsync(log.record({ type: 'token.issued', outcome: 'success', at: Number.NaN }));
  t.is(errors.length, 1);
  await log.record(signedIn);
  t.deepEqual((await log.verify()).faults, []);
});

test('closing writes what the store refused before', async (t) => {
  const { store, open } = await auditLog(t);
  let away = true;
  const log = open({
    ...store,
    append: (...call) => (away ? Promise.reject(new Error('away')) : store.append(...call)),
  });
  await log.record(signedIn);
  away = false;
  await log.close();
  t.is((await log.list({ limit: 10 })).items.length, 1);
});

test('closing waits for what nobody has waited for', async (t) => {
  const { store, open } = await auditLog(t);
  let isOpen = true;
  const log = open({
    ...store,
    append: async (...call) => {
      await sleep(20);
      return isOpen ? store.append(...call) : Promise.reject(new Error('the store is closed'));
    },
  });
  void log.record(signedIn);
  await log.close();
  isOpen = false;
  t.is((await log.list({ limit: 10 })).items.length, 1);
});
