import test, { type ExecutionContext } from 'ava';
import { createLastUse } from '../../src/api-keys/last-use.ts';
import { apiKeys, newKey } from './fixture.ts';

async function setUp(t: ExecutionContext) {
  const world = await apiKeys(t);
  const errors: unknown[] = [];
  const open = () => createLastUse({ keys: world.keys, clock: world.clock, onError: (error) => errors.push(error) });
  const { client_id } = await world.issuer.create(newKey);
  const version = async () => (await world.keys.get(client_id))?.version ?? 0;
  const lastUsed = async () => (await world.lifecycle.find(client_id))?.lastUsed;
  return { ...world, errors, open, clientId: client_id, version, lastUsed };
}

test('the last use is kept with address and bounded user agent', async (t) => {
  const { open, clientId, lastUsed, clock } = await setUp(t);
  const lastUse = open();
  lastUse.touch(clientId, { address: '192.0.2.1', userAgent: 'x'.repeat(1000) });
  await lastUse.close();
  t.deepEqual(await lastUsed(), { at: clock.now(), address: '192.0.2.1', userAgent: 'x'.repeat(256) });
});

test('many uses within a minute are one write, and the last of them is written at close', async (t) => {
  const { open, clientId, version, lastUsed, clock } = await setUp(t);
  const lastUse = open();
  const before = await version();
  for (let second = 0; second < 50; second++) {
    lastUse.touch(clientId, { address: `192.0.2.${second}` });
    clock.advance(1);
  }
  await new Promise((resolve) => setImmediate(resolve));
  t.is(await version(), before + 1);
  await lastUse.close();
  t.is(await version(), before + 2);
  t.is((await lastUsed())?.address, '192.0.2.49');
});

test('a key that falls silent is written when another is used a minute later', async (t) => {
  const { open, clientId, lastUsed, clock, issuer } = await setUp(t);
  const other = await issuer.create(newKey);
  const lastUse = open();
  lastUse.touch(clientId, { address: '192.0.2.1' });
  clock.advance(1);
  lastUse.touch(clientId, { address: '192.0.2.2' });
  clock.advance(60);
  lastUse.touch(other.client_id, {});
  await new Promise((resolve) => setImmediate(resolve));
  t.is((await lastUsed())?.address, '192.0.2.2');
  await lastUse.close();
});

test('an older use seen by another process does not overwrite a later one', async (t) => {
  const { open, clientId, lastUsed, clock } = await setUp(t);
  const [slow, fast] = [open(), open()];
  slow.touch(clientId, { address: '192.0.2.1' });
  clock.advance(1);
  slow.touch(clientId, { address: '192.0.2.2' });
  clock.advance(1);
  fast.touch(clientId, { address: '192.0.2.3' });
  await fast.close();
  await slow.close();
  t.is((await lastUsed())?.address, '192.0.2.3');
});

test('noting a use does not undo a revocation that happens meanwhile', async (t) => {
  const { open, clientId, lifecycle } = await setUp(t);
  const lastUse = open();
  lastUse.touch(clientId, {});
  await lifecycle.revoke(clientId, 'ada');
  await lastUse.close();
  t.is((await lifecycle.find(clientId))?.status, 'revoked');
});

test('a store that fails is reported and never thrown into the request', async (t) => {
  const { clock, keys, clientId, errors } = await setUp(t);
  const failing = { ...keys, update: () => Promise.reject(new Error('store away')) };
  const lastUse = createLastUse({ keys: failing, clock, onError: (error) => errors.push(error) });
  t.notThrows(() => lastUse.touch(clientId, {}));
  await lastUse.close();
  t.is(errors.length, 1);
});

test('of two secrets each keeps when it was last used', async (t) => {
  const { open, clientId, issuer, lifecycle, clock } = await setUp(t);
  clock.advance(1);
  await issuer.rotate(clientId);
  const [newest, former] = (await lifecycle.find(clientId))?.secrets ?? [];
  const lastUse = open();
  lastUse.touch(clientId, { secretCreatedAt: newest?.createdAt ?? 0 });
  const newestAt = clock.now();
  clock.advance(1);
  lastUse.touch(clientId, { secretCreatedAt: former?.createdAt ?? 0 });
  await lastUse.close();
  t.deepEqual(
    (await lifecycle.find(clientId))?.secrets.map(({ lastUsedAt }) => lastUsedAt),
    [newestAt, clock.now()],
  );
});
