// Who watches which code, and what they are told: the current state, each change, a sign of life, the end. One subscription
// for the whole process. A hint is never an authority: who misses one hears it at the next poll. `routes/events.ts` serves it.
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { PublicState } from './state.ts';

export interface Hint {
  state: PublicState;
  /** Grows with each change. */
  seq: number;
}

export interface Follower {
  tell(hint: Hint): void;
  /** Every 15 seconds, so that proxies keep the connection and dead ones are found. */
  beat(): void;
  end(): void;
}

/** A code as far as watching goes. */
export interface Watchable {
  state: PublicState;
  /** Seconds since the epoch. */
  expiresAt: number;
}

export interface HintsDeps {
  clock: Clock;
  find(id: string): Promise<Watchable | undefined>;
  /** Hears the ids of changed codes; resolves to the end of it. */
  subscribe(listener: (id: string) => void): Promise<() => Promise<void>>;
  onError(error: unknown): void;
}

export type Hints = ReturnType<typeof createHints>;

const BEAT_SECONDS = 15;

/** States are passed in this order only. */
const SEQUENCE: Readonly<Record<PublicState | 'confirming', number>> = {
  pending: 0,
  scanned: 1,
  confirming: 2,
  approved: 3,
  denied: 4,
  expired: 5,
};

export const hintOf = (state: PublicState): Hint => ({ state, seq: SEQUENCE[state] });

const isFinal = ({ seq }: Hint): boolean => seq >= SEQUENCE.approved;

interface Following {
  follower: Follower;
  /** The `seq` told last. */
  told: number;
  /** Which second of the 15 is its beat, so that beats are spread. */
  slot: number;
}

interface Watched {
  /** Milliseconds since the epoch; unknown until the first reading. */
  expiresAt: number;
  followings: Set<Following>;
  reading: boolean;
  /** It changed while it was being read. */
  stale: boolean;
}

export function createHints({ clock, find, subscribe, onError }: HintsDeps) {
  const watched = new Map<string, Watched>();
  let subscription: Promise<() => Promise<void>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let second = 0;
  let arrivals = 0;
  let closed = false;

  /** One for all, from the first watcher on; a failed one is tried again by the next. */
  function listening(): Promise<unknown> {
    subscription ??= subscribe((id) => void refresh(id)).catch((error: unknown) => {
      subscription = undefined;
      throw error;
    });
    return subscription;
  }

  /** Reads the state and tells it to those who do not know it. Changes meanwhile are read once more, not once each. */
  async function refresh(id: string): Promise<void> {
    const entry = watched.get(id);
    if (!entry) return;
    if (entry.reading) {
      entry.stale = true;
      return;
    }
    entry.reading = true;
    try {
      do {
        entry.stale = false;
        tellAll(id, entry, await find(id));
      } while (entry.stale && watched.get(id) === entry);
    } catch (error) {
      onError(error);
      if (entry.expiresAt <= clock.now()) endAll(id, entry);
    } finally {
      entry.reading = false;
    }
  }

  function tellAll(id: string, entry: Watched, found: Watchable | undefined): void {
    const hint = hintOf(found?.state ?? 'expired');
    entry.expiresAt = (found?.expiresAt ?? 0) * 1000;
    for (const following of entry.followings) {
      if (hint.seq <= following.told) continue;
      following.told = hint.seq;
      following.follower.tell(hint);
    }
    if (isFinal(hint)) endAll(id, entry);
  }

  function endAll(id: string, entry: Watched): void {
    watched.delete(id);
    for (const { follower } of entry.followings) follower.end();
    entry.followings.clear();
    if (watched.size === 0) stopTimer();
  }

  function tick(): void {
    second = (second + 1) % BEAT_SECONDS;
    const now = clock.now();
    for (const [id, { expiresAt, followings }] of watched) {
      if (expiresAt <= now) void refresh(id);
      for (const { slot, follower } of followings) if (slot === second) follower.beat();
    }
  }

  function stopTimer(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function entryOf(id: string): Watched {
    const known = watched.get(id);
    if (known) return known;
    const entry: Watched = { expiresAt: Infinity, followings: new Set(), reading: false, stale: false };
    watched.set(id, entry);
    timer ??= setInterval(tick, 1000).unref();
    return entry;
  }

  return {
    /**
     * Tells the current state first, then each change, and ends after a final one. Resolves to the way to leave early.
     * Throws `shutting_down` (`unavailable`), or what the store throws.
     */
    async follow(id: string, follower: Follower): Promise<() => void> {
      // Heard before it is read, so that no change falls between.
      await listening();
      if (closed) throw new DomainError('unavailable', 'shutting_down', { retryAfter: 5 });
      const following: Following = { follower, told: -1, slot: arrivals++ % BEAT_SECONDS };
      const entry = entryOf(id);
      entry.followings.add(following);
      await refresh(id);
      return () => {
        if (!entry.followings.delete(following) || entry.followings.size > 0) return;
        watched.delete(id);
        if (watched.size === 0) stopTimer();
      };
    },

    /** Ends every stream; browsers come back by themselves, to another process. */
    async close(): Promise<void> {
      closed = true;
      for (const [id, entry] of watched) endAll(id, entry);
      const end = await subscription?.catch(() => undefined);
      subscription = undefined;
      await end?.();
    },
  };
}
