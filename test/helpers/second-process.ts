// A further process of an installation that a test has started, as `--workers` or another machine would be.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AuthServer } from './auth-server.ts';
import type { Target } from './http.ts';

export async function startProcess(server: AuthServer): Promise<{ target: Target; end(): Promise<void> }> {
  const child = fork(new URL('./server-process.js', import.meta.url));
  child.send({ config: server.server.config.files(), files: server.files });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.disconnect();
    await ended;
  };
  return { target: { origin, issuer: server.issuer }, end };
}
