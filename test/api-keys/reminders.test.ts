// When owners hear of the coming end of a key. The mail itself, and several processes: `flows/key-reminders.test.ts`.
import test from 'ava';
import { createReminders, type Reminder } from '../../src/api-keys/reminders.ts';
import { apiKeys, newKey } from './fixture.ts';

const DAY = 86_400;

const setUp = async (t: Parameters<typeof apiKeys>[0]) => {
  const world = await apiKeys(t);
  const reminders = createReminders(world);
  const told: number[] = [];
  const errors: unknown[] = [];
  const sweep = (tell: (reminder: Reminder) => Promise<void> = async ({ days }) => void told.push(days)) =>
    reminders.sweep(tell, (error) => errors.push(error));
  return { ...world, told, errors, sweep };
};

test('14 and 3 days before the end and at the end, once each', async (t) => {
  const { issuer, clock, sweep, told } = await setUp(t);
  await issuer.create(newKey);
  for (let day = 0; day <= 100; day++) {
    await sweep();
    await sweep();
    clock.advance(DAY);
  }
  t.deepEqual(told, [14, 3, 0]);
});

test('after a long stop only the nearest is told', async (t) => {
  const { issuer, clock, sweep, told } = await setUp(t);
  await issuer.create(newKey);
  clock.advance(88 * DAY);
  await sweep();
  t.deepEqual(told, [3]);
});

test('a key that was made for ten days is not told of fourteen', async (t) => {
  const { issuer, clock, sweep, told } = await setUp(t);
  await issuer.create({ ...newKey, expiresIn: 10 * DAY });
  for (let day = 0; day <= 20; day++) {
    await sweep();
    clock.advance(DAY);
  }
  t.deepEqual(told, [3, 0]);
});

test('a rotation begins anew; a revoked key is not told of', async (t) => {
  const { issuer, lifecycle, clock, sweep, told } = await setUp(t);
  const { client_id } = await issuer.create(newKey);
  clock.advance(80 * DAY);
  await sweep();
  await issuer.rotate(client_id);
  clock.advance(60 * DAY);
  await sweep();
  t.deepEqual(told, [14]);
  clock.advance(20 * DAY);
  await sweep();
  t.deepEqual(told, [14, 14]);
  await lifecycle.revoke(client_id, 'owner');
  clock.advance(10 * DAY);
  await sweep();
  t.deepEqual(told, [14, 14]);
});

test('several sweeps at once tell once', async (t) => {
  const { issuer, clock, sweep, told } = await setUp(t);
  await issuer.create(newKey);
  clock.advance(80 * DAY);
  await Promise.all(Array.from({ length: 8 }, () => sweep()));
  t.deepEqual(told, [14]);
});

test('what could not be told is told by the next sweep, and what died while telling after five minutes', async (t) => {
  const { issuer, clock, sweep, told, errors } = await setUp(t);
  await issuer.create(newKey);
  clock.advance(80 * DAY);
  await sweep(async () => {
    throw new Error('no relay');
  });
  t.is(errors.length, 1);
  void sweep(() => new Promise(() => {}));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await sweep();
  t.deepEqual(told, []);
  clock.advance(301);
  await sweep();
  t.deepEqual(told, [14]);
});
