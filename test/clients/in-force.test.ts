// Which stored clients a process has in force: messages that are lost, reads that are overtaken, lives that end.
import test, { type ExecutionContext } from 'ava';
import { createClientsInForce } from '../../src/clients/in-force.ts';
import { storedClientCollection, type StoredClientRecord } from '../../src/clients/stored-client.ts';
import type { ClientConfig, Config } from '../../src/config/config.ts';
import type { StoredLayer } from '../../src/config/source.ts';
import { memoryStore, testClock } from '../accounts/fixture.ts';
import { testConfig } from '../web/host.ts';

const ID = 'app_0000000000000000';
const RECORD: StoredClientRecord = {
  origin: 'console',
  settings: { name: 'One' },
  secrets: [],
  createdAt: 0,
  createdBy: 'operator',
  changedAt: 0,
  changedBy: 'operator',
};

async function process(t: ExecutionContext) {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  const collection = storedClientCollection(store, clock.now);
  const shown: { layer: StoredLayer; resolutions: number } = { layer: () => ({}), resolutions: 0 };
  const reads: { before?: () => Promise<unknown> } = {};
  const inForce = createClientsInForce({
    // The message is lost.
    store: { publish: () => Promise.resolve(), subscribe: store.subscribe },
    collection: {
      ...collection,
      async get(id) {
        const found = await collection.get(id);
        await reads.before?.();
        return found;
      },
    },
    clock,
    layer: (layer) => void (shown.layer = layer),
    resolve(_id, { settings }) {
      shown.resolutions += 1;
      return { name: String(settings['name']) } as ClientConfig;
    },
    onError: (error) => t.fail(String(error)),
  });
  const config: Config = testConfig();
  return {
    clock,
    collection,
    inForce,
    reads,
    shown,
    names: () => Object.values(shown.layer(config)).map(({ name }) => name),
  };
}

test('a look at all of them finds what no message told', async (t) => {
  const { collection, inForce, names } = await process(t);
  await collection.insert(ID, RECORD);
  t.deepEqual(names(), []);
  await inForce.readAll();
  t.deepEqual(names(), ['One']);
  await collection.update(ID, (old) => ({ ...old, disabled: { at: 1, by: 'operator' } }));
  await inForce.readAll();
  t.deepEqual(names(), []);
});

test('an id that is not known is looked up, and one that cannot be a stored client is not', async (t) => {
  const { collection, inForce, names } = await process(t);
  await collection.insert(ID, RECORD);
  await collection.insert('crm', { ...RECORD, settings: { name: 'Not One' } });
  await inForce.lookFor('crm');
  t.deepEqual(names(), []);
  await inForce.lookFor(ID);
  t.deepEqual(names(), ['One']);
});

test('a read that was overtaken by disabling does not revive the client', async (t) => {
  const { collection, inForce, reads, names } = await process(t);
  await collection.insert(ID, RECORD);
  reads.before = async () => {
    delete reads.before;
    await collection.update(ID, (old) => ({ ...old, disabled: { at: 1, by: 'operator' } }));
    await inForce.readAll();
  };
  await inForce.lookFor(ID);
  t.deepEqual(names(), []);
});

test('a client whose life has ended is out of force at the next look', async (t) => {
  const { clock, collection, inForce, names } = await process(t);
  await collection.insert(ID, { ...RECORD, expiresAt: clock.now() + 1000 });
  await inForce.readAll();
  t.deepEqual(names(), ['One']);
  clock.advance(1);
  await inForce.readAll();
  t.deepEqual(names(), []);
});

test('a client is resolved once while it and the files are the same, for what is built from it elsewhere', async (t) => {
  const { collection, inForce, shown } = await process(t);
  await collection.insert(ID, RECORD);
  await inForce.readAll();
  const config = testConfig();
  const [first] = Object.values(shown.layer(config));
  await collection.insert('app_0000000000000001', RECORD);
  await inForce.readAll();
  t.is(shown.layer(config)[ID], first);
  t.is(shown.resolutions, 2);
});
