// Starting and ending the listening socket.
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Agent, get } from 'node:http';
import test from 'ava';
import { DomainError } from '../../src/lib/errors.ts';
import { listen } from '../../src/ops/listen.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const serving = (handler: RequestListener) => ({ callback: () => handler });

/** Answers its one request when told to. */
function holding() {
  const told = new EventEmitter();
  const app = serving((_req, res) => {
    told.once('release', () => res.end('complete'));
    told.emit('arrived');
  });
  return { app, arrived: once(told, 'arrived'), release: () => told.emit('release') };
}

const fetchText = (port: number, agent?: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = get({ host: '127.0.0.1', port, ...(agent && { agent }) }, (response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
  });

test('a port in use is named in the refusal', async (t) => {
  const first = await listen(
    serving((_req, res) => res.end()),
    LOOPBACK,
  );
  t.teardown(() => first.close(0));
  const again = listen(
    serving((_req, res) => res.end()),
    { host: '127.0.0.1', port: first.port },
  );
  const refusal = await t.throwsAsync(again, { instanceOf: DomainError, code: 'port_in_use' });
  t.true(refusal?.message.includes(String(first.port)));
});

test('an address of another machine is refused', async (t) => {
  const elsewhere = listen(
    serving((_req, res) => res.end()),
    { host: '192.0.2.1', port: 0 },
  );
  await t.throwsAsync(elsewhere, { instanceOf: DomainError, code: 'host_unknown' });
});

test('closing lets a running request end and accepts no new one', async (t) => {
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const { app, arrived, release } = holding();
  const server = await listen(app, LOOPBACK);
  const answer = fetchText(server.port, agent);
  await arrived;
  const closed = server.close(60_000);
  await t.throwsAsync(fetchText(server.port), { code: 'ECONNREFUSED' });
  release();
  t.is(await answer, 'complete');
  await closed;
});

test('closing does not wait for a kept-alive connection without a request', async (t) => {
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const server = await listen(
    serving((_req, res) => res.end('complete')),
    LOOPBACK,
  );
  t.is(await fetchText(server.port, agent), 'complete');
  await server.close(60_000);
});

test('what still runs after the grace period is cut', async (t) => {
  const server = await listen(
    serving((_req, res) => void res.write('begun')),
    LOOPBACK,
  );
  const answer = fetchText(server.port);
  const refusal = t.throwsAsync(answer);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close(10);
  await refusal;
});
