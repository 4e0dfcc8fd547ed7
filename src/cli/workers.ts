// `serve --workers`: several processes on one port (node:cluster). The first process serves nothing: it starts the others,
// replaces one that dies, and passes the word when it is time to stop.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../lib/errors.ts';

const STOP = 'stop';
const RELOAD = 'reload';
/** Against a process that dies at once, again and again. */
const RESTART_MS = 1000;

type OnHangup = (listener: () => void) => () => void;

/** Resolves when all have stopped. Throws `worker_failed` (`unavailable`) when one does not come up. */
export async function runWorkers(
  count: number,
  { stop, onHangup }: { stop: AbortSignal; onHangup: OnHangup },
  listening: () => Promise<void>,
): Promise<void> {
  const workers = new Set<Worker>();
  // A worker that is already leaving does not hear it, and need not.
  const tell = (worker: Worker, word: string) => worker.isConnected() && worker.send(word, () => undefined);
  const stopAll = (): void => workers.forEach((worker) => tell(worker, STOP));
  const forget = onHangup(() => workers.forEach((worker) => tell(worker, RELOAD)));

  const start = async (): Promise<void> => {
    const worker = cluster.fork();
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
    const [event] = await Promise.race([
      once(worker, 'listening').then(() => ['listening'] as const),
      once(worker, 'exit').then(() => ['exit'] as const),
    ]);
    if (event === 'exit') throw new DomainError('unavailable', 'worker_failed', { detail: 'a worker did not come up' });
    worker.once('exit', () => void replace());
  };
  const replace = async (): Promise<void> => {
    await sleep(RESTART_MS, undefined, { ref: false });
    if (!stop.aborted) await start().catch(replace);
  };

  stop.addEventListener('abort', stopAll);
  try {
    // One first: what is wrong is then said once.
    await start();
    await Promise.all(Array.from({ length: count - 1 }, start));
    await listening();
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    forget();
    stopAll();
    await Promise.all([...workers].map((worker) => once(worker, 'exit')));
  }
}

/** Serves until the first process says stop, or is gone. */
export async function serveAsWorker(
  onHangup: OnHangup,
  serve: (told: AbortSignal, onHangup: OnHangup) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  const reload = (): void => listeners.forEach((listener) => listener());
  process.on('message', (message) => {
    if (message === STOP) controller.abort();
    if (message === RELOAD) reload();
  });
  // A signal to the whole group of processes reaches each of them, too.
  onHangup(reload);
  try {
    await serve(controller.signal, (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    });
  } finally {
    process.disconnect();
  }
}
