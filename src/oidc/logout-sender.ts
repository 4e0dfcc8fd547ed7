// Works off `logout-notices.ts`: whatever process claims one sends it, and tries again over a minute. Nobody's sign-out waits.
import type { Clock } from '../lib/clock.ts';
import { type Claimed, type LogoutNotices, type Notice, RETRY_MS } from './logout-notices.ts';

export interface Notified extends Claimed {
  /** A stable code such as `http_500` of what was not taken; never what the application answered. */
  reason?: string;
}

export interface LogoutSenderDeps {
  notices: Pick<LogoutNotices, 'claim' | 'done' | 'waiting' | 'watch'>;
  clock: Clock;
  /** Rejects when the application has not taken it. */
  send(notice: Notice): Promise<void>;
  /** Told the end of each. */
  report(outcome: Notified): void;
  onError(error: unknown): void;
}

/** Finds what a lost message, or another process, has left. */
const LOOK_MS = 10_000;
const CONCURRENCY = 16;

export type LogoutSender = Awaited<ReturnType<typeof startLogoutSender>>;

export async function startLogoutSender({ notices, clock, send, report, onError }: LogoutSenderDeps) {
  const active = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  async function attempt(id: string): Promise<void> {
    const claimed = await notices.claim(id);
    if (!claimed) return;
    const reason = await send(claimed).then(() => undefined, reasonOf);
    const retryMs = RETRY_MS[claimed.attempts - 1];
    if (reason !== undefined && retryMs !== undefined) return later(id, retryMs);
    await notices.done(id);
    report({ ...claimed, ...(reason !== undefined && { reason }) });
  }

  /** What is too much now is found by the next look. */
  function begin(id: string): void {
    if (closed || active.size >= CONCURRENCY) return;
    const work = attempt(id).catch(onError);
    active.add(work);
    void work.then(() => active.delete(work));
  }

  function later(id: string, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      begin(id);
    }, ms + 1).unref();
    timers.add(timer);
  }

  async function look(): Promise<void> {
    for (const { id, dueAt } of await notices.waiting()) if (dueAt <= clock.now()) begin(id);
  }

  const unwatch = await notices.watch(begin);
  const looking = setInterval(() => void look().catch(onError), LOOK_MS).unref();
  void look().catch(onError);

  return {
    look,

    /** Waits for what is being sent. */
    async close(): Promise<void> {
      closed = true;
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
      await unwatch();
      await Promise.all(active);
    },
  };
}

function reasonOf(error: unknown): string {
  const { response, code, name } = error as { response?: Response; code?: string; name?: string };
  if (response) return `http_${response.status}`;
  if (name === 'AbortError' || name === 'TimeoutError') return 'timed_out';
  return code?.toLowerCase() ?? 'unreachable';
}
