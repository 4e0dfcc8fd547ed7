// When and from where each key was last used, for review and for finding keys that nobody needs. A token request must not
// wait for a write, so uses are gathered in the process: at most one write per key and minute.
import type { Clock } from '../lib/clock.ts';
import type { ApiKeyRecord, ApiKeys, LastUse } from './api-key.ts';

const INTERVAL_MS = 60_000;
const MAX_USER_AGENT = 256;

export interface UseFrom {
  address?: string;
  userAgent?: string;
  /** When the secret that was presented was made: of two, one shows which is still in use somewhere. */
  secretCreatedAt?: number;
}

export interface LastUseRecorder {
  /** Notes a use now; never throws. */
  touch(clientId: string, from: UseFrom): void;
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
  /** Last uses by secret, not written yet. */
  secrets: ReadonlyMap<number, number>;
  writtenAt: number | undefined;
  unwritten: boolean;
}

export function createLastUse({ keys, clock, onError }: LastUseDeps): LastUseRecorder {
  const uses = new Map<string, Use>();
  const writing = new Set<Promise<void>>();
  let sweptAt = clock.now();

  async function store(clientId: string, { last, secrets }: Use): Promise<void> {
    try {
      await keys.update(clientId, (old) => withUse(old, last, secrets));
    } catch (error) {
      onError(error);
    }
  }

  function write(clientId: string, use: Use): void {
    use.writtenAt = clock.now();
    use.unwritten = false;
    const done = store(clientId, { ...use }).finally(() => writing.delete(done));
    use.secrets = new Map();
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
    touch(clientId, { address, userAgent, secretCreatedAt }) {
      const last: LastUse = {
        at: clock.now(),
        ...(address !== undefined && { address }),
        ...(userAgent !== undefined && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
      };
      const former = uses.get(clientId);
      const secrets = new Map(former?.secrets);
      if (secretCreatedAt !== undefined) secrets.set(secretCreatedAt, last.at);
      const use: Use = { last, secrets, writtenAt: former?.writtenAt, unwritten: true };
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

/** Another process may have seen later uses; `undefined` when it saw all of these. */
function withUse(old: ApiKeyRecord, last: LastUse, secrets: Use['secrets']): ApiKeyRecord | undefined {
  const isLater = (old.lastUsed?.at ?? 0) < last.at;
  const used = old.hashes.map((secret) => {
    const at = secrets.get(secret.createdAt) ?? 0;
    return at > (secret.lastUsedAt ?? 0) ? { ...secret, lastUsedAt: at } : secret;
  });
  const isNews = isLater || used.some((secret, place) => secret !== old.hashes[place]);
  return isNews ? { ...old, hashes: used, ...(isLater && { lastUsed: last }) } : undefined;
}
