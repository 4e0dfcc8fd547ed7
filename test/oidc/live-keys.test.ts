// What a running process signs with, while the store fails or answers late.
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../src/lib/clock.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { createSigningKeys, SIGNING_ALGORITHMS, type SigningKeys } from '../../src/oidc/keys.ts';
import { followSigningKeys } from '../../src/oidc/live-keys.ts';
import { openStorage } from '../../src/storage/open.ts';

type Followed = Pick<SigningKeys, 'load' | 'tidy'>;

/** No message arrives: only looks tell of new keys. `change` stands between the process and its store. */
async function stage(t: ExecutionContext, change: (real: Followed) => Partial<Followed>) {
  const failures: unknown[] = [];
  const onError = (error: unknown): void => void failures.push(error);
  const store = await openStorage('sqlite::memory:', { dataFolder: '/nowhere', clock: systemClock, onError });
  const sealer = createSealer(['a-key-encryption-key-of-this-test-alone'], 'signing keys');
  const times = () => ({ publishBefore: 600, outlive: 900, keepHints: 3600 });
  const signingKeys = createSigningKeys({ store, clock: systemClock, sealer, times });
  const live = await followSigningKeys({
    signingKeys: { ...signingKeys, watch: () => Promise.resolve(() => Promise.resolve()), ...change(signingKeys) },
    clock: systemClock,
    lookEvery: () => 3600,
    onError,
  });
  t.teardown(async () => {
    await live.close();
    await store.close();
  });
  const signing = () => live.current().privateKeys.map(({ kid }) => kid);
  return { signingKeys, live, signing, failures };
}

const atOnce = async (signingKeys: SigningKeys) =>
  (await signingKeys.rotate(SIGNING_ALGORITHMS, { atOnce: true })).made.map(({ kid }) => kid);

test('a process whose store refuses writes leaves a leaked key all the same, and says what failed', async (t) => {
  const refused = new Error('read only');
  const { signingKeys, live, signing, failures } = await stage(t, () => ({ tidy: () => Promise.reject(refused) }));
  const made = await atOnce(signingKeys);
  await live.look();
  t.deepEqual(signing(), made);
  t.deepEqual(failures, [refused]);
});

test('a look that was overtaken brings no former key back', async (t) => {
  let loads = 0;
  let [answer, begun] = [(): void => undefined, (): void => undefined];
  const late = new Promise<void>((resolve) => (answer = resolve));
  const waits = new Promise<void>((resolve) => (begun = resolve));
  const { signingKeys, live, signing } = await stage(t, ({ load }) => ({
    async load() {
      const isSecond = ++loads === 2;
      const found = await load();
      if (isSecond) begun();
      if (isSecond) await late;
      return found;
    },
  }));
  const first = live.look();
  await waits;
  const before = signing();
  const made = await atOnce(signingKeys);
  const second = live.look();
  await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 200))]);
  t.deepEqual(signing(), before, 'it waits for its turn');
  answer();
  await Promise.all([first, second]);
  t.deepEqual(signing(), made);
});

test('a look that fails does not keep the next from coming', async (t) => {
  let isDown = false;
  const { signingKeys, live, signing } = await stage(t, ({ load }) => ({
    load: () => (isDown ? Promise.reject(new Error('down')) : load()),
  }));
  const made = await atOnce(signingKeys);
  isDown = true;
  await t.throwsAsync(live.look(), { message: 'down' });
  isDown = false;
  await live.look();
  t.deepEqual(signing(), made);
});
