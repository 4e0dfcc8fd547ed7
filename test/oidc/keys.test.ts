// The signing keys in the store: made once, sealed, and what a changed key_encryption_key does to them.
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../src/lib/clock.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { createSigningKeys } from '../../src/oidc/keys.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';

const TIMES = { publishBefore: 600, outlive: 900, keepHints: 3600 };
const [FORMER, NEW] = ['former-former-former-former-former', 'new-new-new-new-new-new-new-new-new'];

async function openStore(t: ExecutionContext): Promise<Store> {
  const onError = (error: unknown): void => t.fail(String(error));
  const store = await openStorage('sqlite::memory:', { dataFolder: '/nowhere', clock: systemClock, onError });
  t.teardown(() => store.close());
  return store;
}

function keysUnder(store: Store, ...secrets: [string, ...string[]]) {
  const sealer = createSealer(secrets, 'signing keys');
  return createSigningKeys({ store, clock: systemClock, sealer, times: () => TIMES });
}

test('several processes that start at once make one key of each algorithm', async (t) => {
  const store = await openStore(t);
  const found = await Promise.all([1, 2, 3].map(() => keysUnder(store, FORMER).load()));
  t.is(new Set(found.flat().map(({ kid }) => kid)).size, 2);
});

test('a new key_encryption_key seals new keys, the former one behind it opens the old; alone neither opens all', async (t) => {
  const store = await openStore(t);
  await keysUnder(store, FORMER).load();
  const { made } = await keysUnder(store, NEW, FORMER).rotate(['ES256']);
  t.is((await keysUnder(store, NEW, FORMER).load()).length, 3);
  t.is(made[0]?.alg, 'ES256');
  await t.throwsAsync(keysUnder(store, FORMER).load(), { code: 'signing_keys_sealed' });
  await t.throwsAsync(keysUnder(store, NEW).load(), { code: 'signing_keys_sealed' });
});

test('no private key stands readable in the store', async (t) => {
  const store = await openStore(t);
  const [key] = await keysUnder(store, FORMER).load();
  const { items } = await store.list({ name: 'signing-key', durable: true, listable: true }, { limit: 10 });
  t.false(JSON.stringify(items).includes(String(key?.privateKey?.d)));
});

test('one algorithm can rotate while the other does', async (t) => {
  const keys = keysUnder(await openStore(t), FORMER);
  await keys.rotate(['ES256']);
  await t.throwsAsync(keys.rotate(['ES256', 'RS256']), { code: 'rotation_under_way' });
  await t.notThrowsAsync(keys.rotate(['RS256']));
});
