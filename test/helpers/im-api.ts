// The example of an API (examples/im-api.ts) as a process of its own, and what a caller sends it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { SECRETS } from './foreign-client.ts';

const PROGRAM = fileURLToPath(new URL('../../examples/im-api.js', import.meta.url));

export interface ImApi {
  send(headers: HeadersInit, body?: string): Promise<Response>;
  /** Without `Content-Length`; answers the status. */
  sendChunked(headers: Record<string, string>): Promise<number>;
  calls(headers: HeadersInit): Promise<Response>;
  stop(): void;
}

export async function startImApi(issuer: string): Promise<ImApi> {
  const env = { ...process.env, ISSUER: issuer, IM_API_SECRET: SECRETS['im-api'], PORT: '0' };
  const child: ChildProcess = fork(PROGRAM, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const address = line.toString().trim();
  return {
    send: (headers, body = 'Hello') => fetch(`${address}/messages`, { method: 'POST', headers, body }),
    async sendChunked(headers) {
      const sent = request(`${address}/messages`, { method: 'POST', headers });
      sent.write('Hello');
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      sent.destroy();
      return response.statusCode ?? 0;
    },
    calls: (headers) => fetch(`${address}/calls`, { headers }),
    stop: () => void child.kill(),
  };
}
