// A reader of server-sent events that sees the bytes as they come, so that order, endings and refusals can be told.
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './http.ts';

export interface Hint {
  state: string;
  seq: number;
}

export interface EventReader {
  status: number;
  headers: IncomingMessage['headers'];
  /** Everything received so far. */
  text(): string;
  hints(): Hint[];
  /** Resolves when the state was told; throws after `withinMs`. */
  until(state: string, withinMs?: number): Promise<Hint>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  hasEnded(): boolean;
  close(): void;
}

export async function readEvents(
  { origin, issuer }: Target,
  address: string,
  headers: OutgoingHttpHeaders = {},
): Promise<EventReader> {
  const sent = request(`${origin}${new URL(address).pathname}`, {
    agent: false,
    headers: { Host: new URL(issuer).host, Accept: 'text/event-stream', ...headers },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject).end();
  });
  let received = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  response.on('error', () => {});

  const hints = (): Hint[] =>
    [...received.matchAll(/^event: state\ndata: (.+)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as Hint);

  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => received,
    hints,
    async until(state, withinMs = 5000) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const found = hints().find((hint) => hint.state === state);
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`${state} was not told: ${received}`);
        await sleep(10);
      }
    },
    ended,
    hasEnded: () => response.closed,
    close: () => sent.destroy(),
  };
}
