// Watching codes without HTTP: one subscription, one reading for many, nothing told twice, and readers that are given up.
import test from 'ava';
import { createHints, type Follower, type Hint, type Watchable } from '../../src/qr/hints.ts';
import { followerOn } from '../../src/qr/routes/streams.ts';

const FAR = 4_000_000_000;

function fixture(current: Watchable = { state: 'pending', expiresAt: FAR }) {
  const world = {
    current: current as Watchable | undefined,
    subscriptions: 0,
    ended: 0,
    readings: 0,
    errors: 0,
    failing: false,
    deaf: false,
  };
  let publish: (id: string) => void = () => {};
  const hints = createHints({
    clock: { now: () => Date.now() },
    find: async () => {
      world.readings++;
      if (world.failing) throw new Error('the store is away');
      return world.current;
    },
    subscribe: async (hear) => {
      if (world.deaf) throw new Error('the store is away');
      world.subscriptions++;
      publish = hear;
      return async () => void world.ended++;
    },
    onError: () => void world.errors++,
  });
  return { world, hints, publish: (id: string) => publish(id) };
}

function listener() {
  const told: Hint[] = [];
  const heard = { told, ended: 0 };
  const follower: Follower = { tell: (hint) => told.push(hint), beat: () => {}, end: () => void heard.ended++ };
  return { heard, follower };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('many watchers cost one subscription, and a change of one code one reading', async (t) => {
  const { world, hints, publish } = fixture();
  const listeners = Array.from({ length: 20 }, listener);
  for (const { follower } of listeners) await hints.follow('one', follower);
  const before = world.readings;
  world.current = { state: 'scanned', expiresAt: FAR };
  publish('one');
  await settle();
  t.is(world.subscriptions, 1);
  t.is(world.readings, before + 1);
  t.true(listeners.every(({ heard }) => heard.told.map(({ state }) => state).join() === 'pending,scanned'));
  publish('another');
  await settle();
  t.is(world.readings, before + 1);
  await hints.close();
});

test('what was told is not told again, and no state goes back', async (t) => {
  const { world, hints, publish } = fixture({ state: 'scanned', expiresAt: FAR });
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  publish('one');
  await settle();
  world.current = { state: 'pending', expiresAt: FAR };
  publish('one');
  await settle();
  t.deepEqual(
    heard.told.map(({ state }) => state),
    ['scanned'],
  );
  await hints.close();
});

test('after a final state nothing follows', async (t) => {
  const { world, hints, publish } = fixture();
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  world.current = { state: 'denied', expiresAt: FAR };
  publish('one');
  await settle();
  world.current = { state: 'approved', expiresAt: FAR };
  publish('one');
  await settle();
  t.is(heard.told.at(-1)?.state, 'denied');
  t.is(heard.ended, 1);
  await hints.close();
});

test('a code that is gone is told as expired', async (t) => {
  const { world, hints } = fixture();
  world.current = undefined;
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  t.deepEqual(heard, { told: [{ state: 'expired', seq: 5 }], ended: 1 });
  await hints.close();
});

test('a store that fails costs hints only: the stream stays, and the next change is told', async (t) => {
  const { world, hints, publish } = fixture();
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  world.failing = true;
  publish('one');
  await settle();
  t.is(world.errors, 1);
  t.is(heard.ended, 0);
  world.failing = false;
  world.current = { state: 'approved', expiresAt: FAR };
  publish('one');
  await settle();
  t.is(heard.told.at(-1)?.state, 'approved');
  await hints.close();
});

test('a subscription that failed is refused to this watcher and tried again for the next', async (t) => {
  const { world, hints } = fixture();
  world.deaf = true;
  await t.throwsAsync(hints.follow('one', listener().follower), { message: 'the store is away' });
  world.deaf = false;
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  t.is(heard.told.length, 1);
  await hints.close();
  t.is(world.ended, 1);
});

test('who has left hears nothing, and the others still do', async (t) => {
  const { world, hints, publish } = fixture();
  const [gone, stays] = [listener(), listener()];
  const leave = await hints.follow('one', gone.follower);
  await hints.follow('one', stays.follower);
  leave();
  world.current = { state: 'scanned', expiresAt: FAR };
  publish('one');
  await settle();
  t.is(gone.heard.told.length, 1);
  t.is(stays.heard.told.length, 2);
  await hints.close();
});

test('closing ends every stream once, and later watchers are sent away', async (t) => {
  const { hints } = fixture();
  const { heard, follower } = listener();
  await hints.follow('one', follower);
  await hints.close();
  await hints.close();
  t.is(heard.ended, 1);
  await t.throwsAsync(hints.follow('one', follower), { message: 'shutting_down' });
});

test('a reader that has not taken the last word by the next beat is dropped; one that has is kept', (t) => {
  const written: string[] = [];
  const response = { writableLength: 0, destroyed: 0 };
  let begun = 0;
  const reader = {
    write: (chunk: string) => written.push(chunk) > 0,
    end: () => undefined as never,
    destroy: () => void response.destroyed++ as never,
    get writableLength() {
      return response.writableLength;
    },
  };
  const follower = followerOn(reader, () => void begun++);
  follower.beat();
  t.regex(written.join(''), /^retry: \d+\n\n:\n\n$/);
  t.is(begun, 1);
  response.writableLength = 40;
  follower.beat();
  t.is(response.destroyed, 1);
  t.is(written.length, 1);
});
