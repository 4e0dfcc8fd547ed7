// An application's address for back-channel logout: keeps what it is sent, and answers as told.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';

export interface Receiver {
  url: string;
  /** Statuses of the next answers; 200 when there are none left. */
  answers: number[];
  /** Logout tokens about this person, once there are as many or the time is over. */
  tokensFor(sub: string, count?: number): Promise<string[]>;
  close(): void;
}

const PATIENCE_MS = 5000;

export async function startReceiver(): Promise<Receiver> {
  const received: string[] = [];
  const answers: number[] = [];
  async function take(req: IncomingMessage): Promise<number> {
    const isForm = req.method === 'POST' && req.headers['content-type'] === 'application/x-www-form-urlencoded';
    const token = isForm ? new URLSearchParams(await readText(req)).get('logout_token') : null;
    if (token !== null) received.push(token);
    return answers.shift() ?? 200;
  }
  const server = createServer((req, res) => void take(req).then((status) => res.writeHead(status).end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const about = (sub: string) => received.filter((token) => decodeJwt(token).sub === sub);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bye`,
    answers,
    async tokensFor(sub, count = 1) {
      const until = Date.now() + PATIENCE_MS;
      while (about(sub).length < count && Date.now() < until) await sleep(20);
      return about(sub);
    },
    close: () => void server.close(),
  };
}
