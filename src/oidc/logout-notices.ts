// What applications are still to be told of sessions that ended (OpenID Connect Back-Channel Logout 1.0 §2.5): durable, so that it
// outlives the process in which a person signed out. `logout-sender.ts` works it off; `revocation.ts` says what has ended.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { everyItem, gather } from '../storage/pages.ts';
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
export interface Claimed extends Notice {
  attempts: number;
  /** It has waited for so long that it is to be given up. */
  isLate: boolean;
}

export interface Waiting {
  id: string;
  clientId: string;
}

/** As oidc-provider keeps a session. */
export interface EndedSession {
  accountId?: string | undefined;
  authorizations?: Record<string, { sid?: string | undefined; grantId?: string | undefined }> | undefined;
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
/** Then somebody else may think that an attempt has died with its process; `outgoing.ts` ends it long before. */
const LEASE_MS = 15_000;
const KEEP_MS = 86_400_000;
/** Before the store forgets it: what many others stand before is recorded as not told, never just gone. */
const GIVE_UP_MS = KEEP_MS / 2;
const CHANNEL = 'logout-notices';

export type LogoutNotices = ReturnType<typeof createLogoutNotices>;

export function createLogoutNotices({ store, clock, wants, onError }: LogoutNoticesDeps) {
  const notices = noticeCollection(store, clock.now);

  /** Never rejects. Once for each session of each client. */
  async function add(notice: Notice): Promise<void> {
    if (!wants(notice.clientId)) return;
    const id = sha256(`${notice.clientId} ${notice.sid}`);
    try {
      await notices.insert(id, { ...notice, attempts: 0, dueAt: clock.now(), done: false }, { ttl: KEEP_MS });
      await store.publish(CHANNEL, `${id} ${notice.clientId}`);
    } catch (error) {
      if (!(error instanceof VersionConflict)) onError(error);
    }
  }

  return {
    add,

    /** Tells every client that the session has signed in to: one whose request came to no grant learns of nobody. Never rejects. */
    async sessionEnded({ accountId, authorizations = {} }: EndedSession): Promise<void> {
      if (accountId === undefined) return;
      const told = Object.entries(authorizations).flatMap(([clientId, { sid, grantId }]) =>
        sid === undefined || grantId === undefined ? [] : [{ clientId, accountId, sid }],
      );
      await Promise.all(told.map(add));
    },

    /** All that is still to be told. */
    async waiting(): Promise<(Waiting & { isDue: boolean })[]> {
      const open = await gather(everyItem((range) => notices.list({ ...range, index: OPEN })));
      return open.map(({ id, value: { clientId, dueAt } }) => ({ id, clientId, isDue: dueAt <= clock.now() }));
    },

    /** Takes what is due; `undefined` when it is not, or somebody else has it. Who dies with it leaves it to others. */
    async claim(id: string): Promise<Claimed | undefined> {
      let isMine = false;
      const stored = await notices.update(id, (old) => {
        isMine = !old.done && old.dueAt <= clock.now();
        return isMine ? { ...old, attempts: old.attempts + 1, dueAt: clock.now() + LEASE_MS } : undefined;
      });
      if (!stored || !isMine) return undefined;
      return { ...stored.value, isLate: (stored.expiresAt ?? Infinity) - clock.now() < KEEP_MS - GIVE_UP_MS };
    },

    /** Of one that was claimed and not taken: it is due in so many milliseconds. */
    again: async (id: string, ms: number): Promise<void> =>
      void (await notices.update(id, (old) => ({ ...old, dueAt: clock.now() + ms }))),

    done: async (id: string): Promise<void> => void (await notices.update(id, (old) => ({ ...old, done: true }))),

    /** Calls the listener with each new one, in every process; a message may be lost. */
    watch: (listener: (waiting: Waiting) => void) =>
      store.subscribe(CHANNEL, (message) => {
        const [id = '', ...rest] = message.split(' ');
        listener({ id, clientId: rest.join(' ') });
      }),
  };
}
