// Mails the owners of keys that are about to expire. Every process looks now and then; a claim in the store lets one of them tell.
import type { Tell } from '../api-keys/reminders.ts';
import type { Clock } from '../lib/clock.ts';
import type { Domain } from './domain.ts';

export interface KeyRemindersDeps {
  domain: Pick<Domain, 'keys' | 'keyLetters'>;
  clock: Clock;
  onError(error: unknown): void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function createKeyReminders({ domain, clock, onError }: KeyRemindersDeps) {
  let running: Promise<void> | undefined;

  const tell: Tell = ({ key, days, heard }, hear) => {
    const left = Math.max(1, Math.ceil((key.expiresAt - clock.now()) / DAY_MS));
    const news = { what: days === 0 ? 'expired' : 'expires', days: left } as const;
    return domain.keyLetters.tell(key, news, { heard, hear });
  };

  /** Waits for the one that is running, if any. What fails is tried again an hour later. */
  const sweep = (): Promise<void> =>
    (running ??= domain.keys.reminders.sweep(tell, onError).finally(() => (running = undefined)));

  const timer = setInterval(() => void sweep().catch(onError), HOUR_MS).unref();
  void sweep().catch(onError);
  return { sweep, close: () => clearInterval(timer) };
}
