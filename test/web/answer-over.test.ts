// When an answer is over, also one that waits behind another on its connection.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { onceOver } from '../../src/web/answer-over.ts';

/** Sends this many requests at once on one connection; `answer` gets each. */
async function pipeline(t: ExecutionContext, count: number, answer: (res: ServerResponse, place: number) => void) {
  let place = 0;
  const server = createServer((_req, res) => answer(res, place++));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const connection = connect((server.address() as AddressInfo).port, '127.0.0.1');
  connection.resume().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count));
  return connection;
}

/** Counts how often each of them is over; `all` resolves when every one has been. */
function counting(count: number) {
  const times = Array.from({ length: count }, () => 0);
  let resolve: (times: number[]) => void = () => undefined;
  const all = new Promise<number[]>((settle) => (resolve = settle));
  const note = (place: number) => () => {
    times[place] = (times[place] ?? 0) + 1;
    if (times.every((each) => each > 0)) resolve(times);
  };
  return { note, all };
}

test('answers that wait behind an endless one are over when the connection is lost', async (t) => {
  const over = counting(20);
  const arrived = counting(20);
  const connection = await pipeline(t, 20, (res, place) => {
    onceOver(res, over.note(place));
    res.write('endless');
    arrived.note(place)();
  });
  await arrived.all;
  connection.destroy();
  t.deepEqual(
    await over.all,
    Array.from({ length: 20 }, () => 1),
  );
});

test('an answer that was sent is over once, and so is one whose connection is gone already', async (t) => {
  const over = counting(2);
  const connection = await pipeline(t, 1, (res) => {
    onceOver(res, over.note(0));
    res.once('close', () => connection.destroy());
    res.req.socket.once('close', () => onceOver(res, over.note(1)));
    setImmediate(() => res.end('done'));
  });
  t.deepEqual(await over.all, [1, 1]);
});
