// When an answer is over: sent, or never to be. One that waits for its turn behind others on its connection (pipelining, RFC 9112
// §9.3.2) hears nothing of the connection's end, so both are listened to.
import type { ServerResponse } from 'node:http';

/** Calls `done` once, at once where the answer is over already. */
export function onceOver(res: ServerResponse, done: () => void): void {
  const { socket } = res.req;
  if (res.closed || socket.destroyed) return done();
  let isOver = false;
  const over = (): void => {
    // The one's end may be told of amid the other's.
    if (isOver) return;
    isOver = true;
    res.off('close', over);
    socket.off('close', over);
    done();
  };
  res.once('close', over);
  socket.once('close', over);
  // One connection may hold many answers.
  socket.setMaxListeners(0);
}
