// Runs the real command line, `bin/tokenim.js`, in a folder of its own: nothing of the caller's environment reaches it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../src/lib/package-root.ts';

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** What it printed until it was ready. */
  stdout: string;
  stop(signal?: NodeJS.Signals): Promise<Result>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
}

export interface Program {
  /** The data folder. */
  folder: string;
  issuer: string;
  /** Runs a command to its end. */
  run(args: readonly string[], stdin?: string): Promise<Result>;
  /** The same with `--json`, which must succeed. */
  json<T>(args: readonly string[], stdin?: string): Promise<T>;
  /** Runs `serve` until it has printed what a start prints, which it does once it listens. */
  serve(...args: string[]): Promise<Running>;
}

/** `env` goes on top of PATH, a free PORT and a data folder of this test. */
export async function program(t: ExecutionContext, env: Record<string, string> = {}): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-cli-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const surroundings = { PATH: process.env['PATH'], PORT: String(port), TOKENIM_DATA: folder, ...env };

  function start(args: readonly string[]): { child: ChildProcess; result: Result; ended: Promise<Result> } {
    const child = spawn(process.execPath, [join(packageRoot, 'bin', 'tokenim.js'), ...args], {
      cwd: packageRoot,
      env: surroundings,
    });
    const result: Result = { code: null, stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => (result.stdout += String(chunk)));
    child.stderr?.on('data', (chunk) => (result.stderr += String(chunk)));
    const ended = once(child, 'close').then(([code]) => Object.assign(result, { code: code as number | null }));
    t.teardown(() => child.kill('SIGKILL'));
    return { child, result, ended };
  }

  async function run(args: readonly string[], stdin = ''): Promise<Result> {
    const { child, ended } = start(args);
    child.stdin?.end(stdin);
    return ended;
  }

  return {
    folder,
    issuer,
    run,
    async json<T>(args: readonly string[], stdin?: string) {
      const { code, stdout, stderr } = await run([...args, '--json'], stdin);
      if (code !== 0) throw new Error(`tokenim ${args.join(' ')}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    async serve(...args) {
      const { child, result, ended } = start(['serve', ...args]);
      while (!result.stdout.endsWith('\n')) {
        await Promise.race([once(child.stdout as Readable, 'data'), ended]);
        if (result.code !== null) throw new Error(`serve ended: ${result.stderr}`);
      }
      return {
        stdout: result.stdout,
        signal: (signal) => void child.kill(signal),
        stop: (signal = 'SIGTERM') => {
          child.kill(signal);
          return ended;
        },
      };
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
