// kill -9 of a real server process between "accepted" and "sent": the mail arrives once after a restart.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Config } from '../../src/config/config.ts';
import { startAuthServer } from '../helpers/auth-server.ts';
import { smtpServer } from '../helpers/mail-server.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { LINK, message } from './fixture.ts';

const PROCESS = fileURLToPath(new URL('mailing-process.js', import.meta.url));

interface Killable {
  accept(): Promise<void>;
  kill(): Promise<void>;
}

/** A restart this long after the kill finds every lease and pause over; nobody has to wait for it. */
const RESTART_MS = 60_000;

async function start(t: ExecutionContext, config: Config, aheadMs = 0): Promise<Killable> {
  const child: ChildProcess = fork(PROCESS);
  t.teardown(() => child.kill('SIGKILL'));
  child.send({ config, aheadMs });
  await once(child, 'message');
  return {
    async accept() {
      child.send(message);
      await once(child, 'message');
    },
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Production, so that the mailbox of development holds no copy. */
async function configuration(t: ExecutionContext, storage: 'sqlite' | 'redis', url: string): Promise<Config> {
  const redis = storage === 'redis' ? await startRedis() : undefined;
  t.teardown(async () => redis?.stop());
  const { server } = await startAuthServer(t, redis && { storage: redis.url });
  const config = server.config.current();
  return { ...config, mode: 'production', mail: { url, from: 'no-reply@id.example' } };
}

for (const storage of redisAvailable() ? (['sqlite', 'redis'] as const) : (['sqlite'] as const)) {
  test(`${storage}: killed before the relay was reached`, async (t) => {
    const away = await smtpServer(t);
    await away.stop();
    const config = await configuration(t, storage, away.config.url);
    const first = await start(t, config);
    await first.accept();
    await first.kill();
    if (storage === 'sqlite') {
      for (const name of await readdir(config.dataFolder)) {
        if (name === 'conf.d') continue;
        const bytes = await readFile(join(config.dataFolder, name), 'latin1');
        t.false(bytes.includes(LINK) || bytes.includes(message.to), `${name} shows nothing of the mail`);
      }
    }
    const relay = await smtpServer(t, { port: away.port });
    const again = await start(t, config, RESTART_MS);
    t.deepEqual((await relay.next(message.to)).links, [LINK]);
    await again.kill();
    t.is(relay.received.length, 1);
  });

  test(`${storage}: killed in the middle of the delivery`, async (t) => {
    let killed = false;
    let reached: (() => void) | undefined;
    const inTheMiddle = new Promise<void>((resolve) => (reached = resolve));
    const relay = await smtpServer(t, {
      onRcptTo(_address, _session, done) {
        if (killed) done();
        else reached?.();
      },
    });
    const config = await configuration(t, storage, relay.config.url);
    const first = await start(t, config);
    await first.accept();
    await inTheMiddle;
    await first.kill();
    killed = true;
    const [again, beside] = await Promise.all([start(t, config, RESTART_MS), start(t, config, RESTART_MS)]);
    t.deepEqual((await relay.next(message.to)).links, [LINK]);
    await Promise.all([again.kill(), beside.kill()]);
    t.is(relay.received.length, 1);
  });
}
