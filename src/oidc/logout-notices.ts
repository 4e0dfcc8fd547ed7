// What applications are still to be told of sessions that ended (OpenID Connect Back-Channel Logout 1.0 §2.5): durable, so that it
// outlives the process in which a person signed out. `logout-sender.ts` works it off; `revocation.ts` says what has ended.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { defineCollection, type Store, VersionConflict } from '../storage/port.ts';

const noticeRecord = z.object({
  clientId: z.string(),
  accountId: z.string(),
  /** Of the session at this client. */
  sid: z.string(),
  attempts: z.number(),
  /** Milliseconds since the epoch. */
  dueAt: z.number(),
  /** Kept for a while, so that an end that is heard of twice is told once. */
  done: z.boolean(),
});
type NoticeRecord = z.output<typeof noticeRecord>;

const OPEN = { name: 'open', value: 'yes' };

const noticeCollection = defineCollection({
  name: 'logout-notice',
  schema: noticeRecord,
  durable: true,
  indexes: ({ done }) => ({ open: done ? [] : [OPEN.value] }),
});

export type Notice = Pick<NoticeRecord, 'clientId' | 'accountId' | 'sid'>;
export type Claimed = Notice & { attempts: number };

/** As oidc-provider keeps a session. */
export interface EndedSession {
  accountId?: string | undefined;
  authorizations?: Record<string, { sid?: string | undefined }> | undefined;
}

export interface LogoutNoticesDeps {
  store: Store;
  clock: Clock;
  /** Whether the client has an address to be told at. */
  wants(clientId: string): boolean;
  /** A notice that could not be stored: signing out goes on. */
  onError(error: unknown): void;
}

/** The first at once, the others so long after their predecessor: a minute in all. */
export const RETRY_MS = [2000, 10_000, 45_000];
/** Then somebody else may think that the last attempt has died with its process. */
const LEASE_MS = 10_000;
const KEEP_MS = 300_000;
const CHANNEL = 'logout-notices';
const PAGE = 100;

export type LogoutNotices = ReturnType<typeof createLogoutNotices>;

export function createLogoutNotices({ store, clock, wants, onError }: LogoutNoticesDeps) {
  const notices = noticeCollection(store, clock.now);

  /** Never rejects. Once for each session of each client. */
  async function add(notice: Notice): Promise<void> {
    if (!wants(notice.clientId)) return;
    const id = sha256(`${notice.clientId} ${notice.sid}`);
    try {
      await notices.insert(id, { ...notice, attempts: 0, dueAt: clock.now(), done: false }, { ttl: KEEP_MS });
      await store.publish(CHANNEL, id);
    } catch (error) {
      if (!(error instanceof VersionConflict)) onError(error);
    }
  }

  return {
    add,

    /** Tells every client that the session has signed in to. Never rejects. */
    async sessionEnded({ accountId, authorizations = {} }: EndedSession): Promise<void> {
      if (accountId === undefined) return;
      const told = Object.entries(authorizations).flatMap(([clientId, { sid }]) =>
        sid === undefined ? [] : [{ clientId, accountId, sid }],
      );
      await Promise.all(told.map(add));
    },

    /** Ids of what waits, with the time in milliseconds at which it is due. */
    async waiting(): Promise<{ id: string; dueAt: number }[]> {
      const { items } = await notices.list({ index: OPEN, limit: PAGE });
      return items.map(({ id, value }) => ({ id, dueAt: value.dueAt }));
    },

    /** Takes what is due; `undefined` when it is not, or somebody else has it. Who dies with it leaves it to the next attempt. */
    async claim(id: string): Promise<Claimed | undefined> {
      let isMine = false;
      const stored = await notices.update(id, (old) => {
        isMine = !old.done && old.dueAt <= clock.now();
        const dueAt = clock.now() + (RETRY_MS[old.attempts] ?? LEASE_MS);
        return isMine ? { ...old, attempts: old.attempts + 1, dueAt } : undefined;
      });
      return isMine ? stored?.value : undefined;
    },

    done: async (id: string): Promise<void> => void (await notices.update(id, (old) => ({ ...old, done: true }))),

    /** Calls the listener with the id of each new one, in every process; a message may be lost. */
    watch: (listener: (id: string) => void) => store.subscribe(CHANNEL, listener),
  };
}
