// Works off `logout-notices.ts`: whatever process claims one sends it, and tries again over a minute. Nobody's sign-out waits.
import { createLogoutLines } from './logout-lines.ts';
import { type Claimed, type LogoutNotices, type Notice, RETRY_MS, type Waiting } from './logout-notices.ts';

export interface Notified extends Omit<Claimed, 'isLate'> {
  /** A stable code such as `http_500` of what was not taken; never what the application answered. */
  reason?: string;
}

export interface LogoutSenderDeps {
  notices: Pick<LogoutNotices, 'again' | 'claim' | 'done' | 'waiting' | 'watch'>;
  /** Rejects when the application has not taken it. */
  send(notice: Notice): Promise<void>;
  /** Told the end of each. */
  report(outcome: Notified): void;
  onError(error: unknown): void;
}

/** Finds what a lost message, or another process, has left. */
const LOOK_MS = 10_000;

export type LogoutSender = Awaited<ReturnType<typeof startLogoutSender>>;

export async function startLogoutSender({ notices, send, report, onError }: LogoutSenderDeps) {
  const lines = createLogoutLines(({ id }) => attempt(id).catch(onError));
  const timers = new Set<NodeJS.Timeout>();

  async function attempt(id: string): Promise<void> {
    const claimed = await notices.claim(id);
    if (!claimed) return;
    const { isLate, ...notice } = claimed;
    const reason = isLate ? 'too_late' : await send(notice).then(() => undefined, reasonOf);
    const retryMs = RETRY_MS[notice.attempts - 1];
    if (reason !== undefined && retryMs !== undefined && !isLate) {
      await notices.again(id, retryMs);
      return later({ id, clientId: notice.clientId }, retryMs);
    }
    await notices.done(id);
    const attempts = isLate ? notice.attempts - 1 : notice.attempts;
    report({ ...notice, attempts, ...(reason !== undefined && { reason }) });
  }

  function later(waiting: Waiting, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      lines.add(waiting);
    }, ms + 1).unref();
    timers.add(timer);
  }

  const look = async (): Promise<void> => (await notices.waiting()).filter(({ isDue }) => isDue).forEach(lines.add);

  const unwatch = await notices.watch(lines.add);
  const looking = setInterval(() => void look().catch(onError), LOOK_MS).unref();
  void look().catch(onError);

  return {
    look,

    /** Waits for what is being sent. */
    async close(): Promise<void> {
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
      const sent = lines.close();
      await unwatch();
      await sent;
    },
  };
}

function reasonOf(error: unknown): string {
  const { response, code, name } = error as { response?: Response; code?: string; name?: string };
  if (response) return `http_${response.status}`;
  if (name === 'AbortError' || name === 'TimeoutError') return 'timed_out';
  return code?.toLowerCase() ?? 'unreachable';
}
