// Private Redis servers and clusters for tests, on free ports of the loopback interface, gone with the test.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface RedisServer {
  url: string;
  port: number;
  stop(): Promise<void>;
  /** Kills the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port; empty, unless it persists. */
  restart(): Promise<void>;
  /** Stops answering without closing connections, or answers again. */
  freeze(): void;
  thaw(): void;
}

export interface RedisCluster {
  url: string;
  stop(): Promise<void>;
}

interface Teardown {
  teardown(work: () => Promise<void>): void;
}

/** With `CI=true` a missing server is an error, so that nothing is skipped unseen. */
export function redisAvailable(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (!found && process.env['CI'] === 'true') throw new Error('CI needs redis-server on PATH');
  return found;
}

/** Without `t` the caller must call `stop`. */
export async function startRedis(t?: Teardown, { args = [] as readonly string[] } = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-redis-'));
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const started = await launchSomewhere(folder, args).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const { port } = started;
  let { child } = started;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const stop = async (): Promise<void> => {
    await end('SIGKILL');
    await forget();
  };
  t?.teardown(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop,
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      child = await launch(port, folder, args);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

/** Three masters without replicas. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const servers: RedisServer[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    for (let n = 0; n < 3; n++) servers.push(await startRedis(undefined, { args }));
    const nodes = servers.map(({ port }) => `127.0.0.1:${port}`);
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
    return { url: `redis+cluster://${nodes.join(',')}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Another process may take the port, or the cluster's bus port above it, before the server does. */
async function launchSomewhere(
  folder: string,
  args: readonly string[],
): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, child: await launch(port, folder, args) };
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function launch(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  const basics = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...basics, ...args], { stdio: 'ignore' });
  const endWithUs = (): unknown => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    if (await accepts(port)) return child;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`redis-server does not answer on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => finish(/^(\+PONG|-NOAUTH)/.test(reply.toString())));
    socket.once('error', () => finish(false));
    function finish(answer: boolean): void {
      socket.destroy();
      resolve(answer);
    }
  });
}

/** The port and its cluster bus (port + 10000) lie below the range from which the system takes outgoing ones. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
