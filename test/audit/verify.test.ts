import test from 'ava';
import type { LogEntry, Store } from '../../src/storage/port.ts';
import { auditLog, KEEP_SECONDS, signedIn, type World } from './fixture.ts';

/** The same store as somebody left it who could change its entries. */
const tampered = (store: Store, change: (entries: LogEntry[]) => LogEntry[]): Store => ({
  ...store,
  read: async (log, query) => {
    const page = await store.read(log, query);
    return { ...page, items: change(page.items) };
  },
});

async function recordFive({ log }: World): Promise<void> {
  for (const requestId of ['1', '2', '3', '4', '5']) await log.record({ ...signedIn, requestId });
}

test('a log that nobody touched is without fault', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  t.deepEqual(await world.log.verify(), { entries: 5, writers: 1, faults: [] });
});

test('writers have chains of their own, and concurrent events a place each', async (t) => {
  const { open, log } = await auditLog(t);
  const other = open();
  await Promise.all(Array.from({ length: 40 }, (_, count) => (count % 2 ? log : other).record(signedIn)));
  t.deepEqual(await log.verify(), { entries: 40, writers: 2, faults: [] });
});

test('entries that reached the store in another order are without fault', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  const shuffled = world.open(
    tampered(world.store, ([a, b, c, d, e]) => [c, a, b, e, d].filter((entry) => entry !== undefined)),
  );
  t.deepEqual((await shuffled.verify()).faults, []);
});

test('an altered event is found', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  const forge = (entries: LogEntry[]) => entries.map((entry, position) => (position === 2 ? forged(entry) : entry));
  const { faults } = await world.open(tampered(world.store, forge)).verify();
  t.like(faults, [{ seq: 3, fault: 'altered' }]);
  t.is(faults.length, 1);
});

const forged = (entry: LogEntry): LogEntry => {
  const value = structuredClone(entry.value) as { event: Record<string, unknown> };
  value.event['account'] = 'eve';
  return { ...entry, value };
};

test('an entry that was taken out is found', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  const { faults } = await world.open(tampered(world.store, (entries) => entries.toSpliced(1, 1))).verify();
  t.like(faults, [{ seq: 2, fault: 'missing' }]);
  t.is(faults.length, 1);
});

test('the removal of the first entries is found while they should still be kept', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  const { faults } = await world.open(tampered(world.store, (entries) => entries.slice(2))).verify();
  t.like(faults, [{ seq: 2, fault: 'missing' }]);
});

test('an entry that stands twice is found', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  const { faults } = await world
    .open(tampered(world.store, (entries) => [...entries, ...entries.slice(1, 2)]))
    .verify();
  t.like(faults, [{ seq: 2, fault: 'repeated' }]);
});

test('an entry of another shape is a fault and does not stop the check', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  await world.store.append('audit', { nonsense: true }, { keepMs: 1000, at: world.clock.now() });
  const { entries, faults } = await world.log.verify();
  t.is(entries, 6);
  t.like(faults, [{ fault: 'altered' }]);
});

test('entries that went by age are no fault', async (t) => {
  const world = await auditLog(t);
  await recordFive(world);
  world.clock.advance(KEEP_SECONDS - 10);
  await recordFive(world);
  world.clock.advance(20);
  t.deepEqual(await world.log.verify(), { entries: 5, writers: 1, faults: [] });
});
