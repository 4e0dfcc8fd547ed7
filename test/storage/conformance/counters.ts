// Counters with a fixed window.
import test from 'ava';
import { SHORT, times, uniqueName, type OpenStorage } from './harness.ts';

export function counters(openStorage: OpenStorage): void {
  test('hits add up within a window that the first one began', async (t) => {
    const { store } = await openStorage(t);
    const name = uniqueName('counter');
    const first = await store.hit(name, 1, 60_000);
    const second = await store.hit(name, 4, 9_000_000);
    t.is(first.count, 1);
    t.is(second.count, 5);
    t.true(Math.abs(second.resetAt - first.resetAt) < 5000);
  });

  test('a counter begins anew after its window', async (t) => {
    const { store, advance } = await openStorage(t);
    const name = uniqueName('counter');
    await store.hit(name, 3, SHORT);
    await advance(SHORT + 50);
    t.is((await store.hit(name, 1, 60_000)).count, 1);
  });

  test('later hits do not put off the end of the window', async (t) => {
    const { store, advance } = await openStorage(t);
    const name = uniqueName('counter');
    await store.hit(name, 1, SHORT);
    await store.hit(name, 1, 60_000);
    await advance(SHORT + 50);
    t.is((await store.hit(name, 0, SHORT)).count, 0);
  });

  test('looking at a counter neither changes it nor begins its window', async (t) => {
    const { store, advance } = await openStorage(t);
    const name = uniqueName('counter');
    t.is((await store.hit(name, 0, SHORT)).count, 0);
    await store.hit(name, 2, 60_000);
    await advance(SHORT + 50);
    t.is((await store.hit(name, 0, SHORT)).count, 2);
  });

  test('no hit is lost among 100 at once', async (t) => {
    const { store } = await openStorage(t);
    const name = uniqueName('counter');
    const counts = (await times(100, () => store.hit(name, 1, 60_000))).map(({ count }) => count);
    t.deepEqual(
      [...counts].sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
  });
}
