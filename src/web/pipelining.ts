// Requests sent ahead on one connection (pipelining, RFC 9112 §9.3.2) are answered in order, so their answers are kept in memory for
// as long as the first takes: behind a stream of events that is minutes. Beyond a few, the connection is cut.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onceOver } from './answer-over.ts';

/** Browsers and proxies send none ahead. */
const MAX_WAITING = 32;

export function createPipelining() {
  const waiting = new WeakMap<Socket, number>();
  const change = (socket: Socket, by: number): number => {
    const count = (waiting.get(socket) ?? 0) + by;
    waiting.set(socket, count);
    return count;
  };

  /** Whether the request may be served; otherwise its connection has been cut. */
  return ({ socket }: IncomingMessage, res: ServerResponse): boolean => {
    // It has the connection for itself.
    if (res.socket) return true;
    if (change(socket, 1) > MAX_WAITING) {
      socket.destroy();
      return false;
    }
    onceOver(res, () => void change(socket, -1));
    return true;
  };
}
