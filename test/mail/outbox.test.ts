import test, { type ExecutionContext } from 'ava';
import { createOutbox } from '../../src/mail/mailer.ts';
import { randomToken } from '../../src/lib/random.ts';
import { memoryStore, testClock } from '../accounts/fixture.ts';

const message = { to: 'ada@example.com', subject: 'Confirm your address', text: 'Open this link' };

async function setUp(t: ExecutionContext) {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  return { clock, outbox: createOutbox({ store, clock, newId: () => randomToken(12) }) };
}

test('sent messages are listed, the newest first, and each is found by its id', async (t) => {
  const { outbox, clock } = await setUp(t);
  await outbox.send(message);
  clock.advance(1);
  await outbox.send({ ...message, subject: 'Second', html: '<p>Open this link</p>' });
  const { items } = await outbox.list({ limit: 10 });
  t.deepEqual(
    items.map(({ subject }) => subject),
    ['Second', 'Confirm your address'],
  );
  for (const item of items) t.deepEqual(await outbox.get(item.id), item);
});

test('an unknown message is absent', async (t) => {
  const { outbox } = await setUp(t);
  t.is(await outbox.get('nothing'), undefined);
});

test('a recipient or subject that would add header lines is refused', async (t) => {
  const { outbox } = await setUp(t);
  const malformed = { code: 'message_malformed' };
  await t.throwsAsync(outbox.send({ ...message, to: 'ada@example.com\r\nBcc: eve@example.com' }), malformed);
  await t.throwsAsync(outbox.send({ ...message, subject: 'Hello\nX: y' }), malformed);
  t.deepEqual((await outbox.list({ limit: 10 })).items, []);
});
