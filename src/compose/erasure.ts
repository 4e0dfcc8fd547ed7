// Erases accounts whose time has come (`lifetimes.account_deletion` after their people asked). Every process looks now and then;
// erasing twice does no more than once.
import type { Clock } from '../lib/clock.ts';
import type { Actor } from './actor.ts';
import type { Administration } from './administration.ts';
import type { Domain } from './domain.ts';

export interface ErasureDeps {
  domain: Pick<Domain, 'directory'>;
  acts: Pick<Administration, 'eraseAccount'>;
  clock: Clock;
  onError(error: unknown): void;
}

const HOUR_MS = 3_600_000;
const PAGE = 100;
const ERASER: Actor = { actor: 'server' };

export function createErasure({ domain, acts, clock, onError }: ErasureDeps) {
  /** Erases what is due; what fails is tried again an hour later. */
  async function sweep(): Promise<void> {
    const by = { name: 'deletion', value: 'scheduled' } as const;
    for (let after: string | undefined; ;) {
      const page = await domain.directory.list({ by, limit: PAGE, ...(after !== undefined && { after }) });
      const due = page.items.filter(({ deletionAt = Infinity }) => deletionAt <= clock.now());
      for (const { id } of due) await acts.eraseAccount(ERASER, id).catch(onError);
      after = page.next;
      if (after === undefined) return;
    }
  }

  const timer = setInterval(() => void sweep().catch(onError), HOUR_MS).unref();
  void sweep().catch(onError);
  return { sweep, close: () => clearInterval(timer) };
}
