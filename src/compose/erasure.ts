// Erases accounts whose time has come (`lifetimes.account_deletion` after their people asked). Every process looks now and then;
// erasing twice does no more than once.
import type { Clock } from '../lib/clock.ts';
import type { Actor } from './actor.ts';
import type { Administration } from './administration.ts';
import type { Domain } from './domain.ts';
import { everyItem } from '../storage/pages.ts';

export interface ErasureDeps {
  domain: Pick<Domain, 'directory'>;
  acts: Pick<Administration, 'eraseAccount'>;
  clock: Clock;
  onError(error: unknown): void;
}

const HOUR_MS = 3_600_000;
const ERASER: Actor = { actor: 'server' };

export function createErasure({ domain, acts, clock, onError }: ErasureDeps) {
  /** Erases what is due; what fails is tried again an hour later. */
  async function sweep(): Promise<void> {
    const by = { name: 'deletion', value: 'scheduled' } as const;
    for await (const { id, deletionAt = Infinity } of everyItem((range) => domain.directory.list({ by, ...range }))) {
      if (deletionAt <= clock.now()) await acts.eraseAccount(ERASER, id).catch(onError);
    }
  }

  const timer = setInterval(() => void sweep().catch(onError), HOUR_MS).unref();
  void sweep().catch(onError);
  return { sweep, close: () => clearInterval(timer) };
}
