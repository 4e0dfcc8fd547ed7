// When and from where each key was last used, for review and for finding keys that nobody needs. A token request must not
// wait for a write, so uses are gathered in the process: at most one write per key and minute.
import type { Clock } from '../lib/clock.ts';
import type { ApiKeys, LastUse } from './api-key.ts';

const INTERVAL_MS = 60_000;
const MAX_USER_AGENT = 256;

export interface LastUseRecorder {
  /** Notes a use now; never throws. */
  touch(clientId: string, from: { address?: string; userAgent?: string }): void;
  /** Writes what is still unwritten and waits for it. */
  close(): Promise<void>;
}

export interface LastUseDeps {
  keys: ApiKeys;
  clock: Clock;
  /** A use that could not be written; the next one will be. */
  onError: (error: unknown) => void;
}

interface Use {
  last: LastUse;
  writtenAt: number | undefined;
  unwritten: boolean;
}

export function createLastUse({ keys, clock, onError }: LastUseDeps): LastUseRecorder {
  const uses = new Map<string, Use>();
  const writing = new Set<Promise<void>>();
  let sweptAt = clock.now();

  async function store(clientId: string, last: LastUse): Promise<void> {
    try {
      // Another process may have seen a later use.
      await keys.update(clientId, (old) =>
        (old.lastUsed?.at ?? 0) < last.at ? { ...old, lastUsed: last } : undefined,
      );
    } catch (error) {
      onError(error);
    }
  }

  function write(clientId: string, use: Use): void {
    use.writtenAt = clock.now();
    use.unwritten = false;
    const done = store(clientId, use.last).finally(() => writing.delete(done));
    writing.add(done);
  }

  const isDue = ({ writtenAt }: Use): boolean => writtenAt === undefined || clock.now() - writtenAt >= INTERVAL_MS;

  // Keys that fell silent within their minute are written here, and forgotten one minute later.
  function sweep(): void {
    sweptAt = clock.now();
    for (const [clientId, use] of uses) {
      if (!isDue(use)) continue;
      if (use.unwritten) write(clientId, use);
      else uses.delete(clientId);
    }
  }

  return {
    touch(clientId, { address, userAgent }) {
      const last: LastUse = {
        at: clock.now(),
        ...(address !== undefined && { address }),
        ...(userAgent !== undefined && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
      };
      const use: Use = { last, writtenAt: uses.get(clientId)?.writtenAt, unwritten: true };
      uses.set(clientId, use);
      if (isDue(use)) write(clientId, use);
      if (clock.now() - sweptAt >= INTERVAL_MS) sweep();
    },
    async close() {
      for (const [clientId, use] of uses) if (use.unwritten) write(clientId, use);
      await Promise.all(writing);
    },
  };
}
