import test from 'ava';
import { createSemaphore } from '../../src/accounts/semaphore.ts';

const full = () => new Error('full');
const later = () => new Promise((resolve) => setImmediate(resolve));

test('no more tasks run at once than there are permits', async (t) => {
  const semaphore = createSemaphore({ permits: 2, waiting: 10, whenFull: full });
  let running = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, ++running);
    await later();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 9 }, () => semaphore.run(task)));
  t.is(most, 2);
});

test('waiting tasks run in the order of their arrival', async (t) => {
  const semaphore = createSemaphore({ permits: 1, waiting: 10, whenFull: full });
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((number) => semaphore.run(async () => order.push(number))));
  t.deepEqual(order, [1, 2, 3]);
});

test('a task beyond the queue is refused at once', async (t) => {
  const semaphore = createSemaphore({ permits: 1, waiting: 1, whenFull: full });
  const accepted = [semaphore.run(later), semaphore.run(later)];
  await t.throwsAsync(semaphore.run(later), { message: 'full' });
  await Promise.all(accepted);
});

test('a task that fails gives its permit back', async (t) => {
  const semaphore = createSemaphore({ permits: 1, waiting: 1, whenFull: full });
  await t.throwsAsync(
    semaphore.run(() => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  );
  t.is(await semaphore.run(async () => 'served'), 'served');
});
