// Who signed in, from where, with what: one record for each sign-in, kept for its person to look through. What is shown and
// done about one is in `sign-in-review.ts`; records of administration are `audit`'s.
import { z } from 'zod';
import type { Place } from '../geo/place.ts';
import type { Clock } from '../lib/clock.ts';
import { derive, safeEqual } from '../lib/hash.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { defineCollection, type Store } from '../storage/port.ts';

const placeName = z.object({ country: z.string(), city: z.string().exactOptional() });

const signInRecord = z.object({
  accountId: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** RFC 8176. */
  amr: z.array(z.string()),
  /** The application that was signed in to, if it was one. */
  clientId: z.string().exactOptional(),
  address: z.string(),
  userAgent: z.string(),
  place: z
    .object({ country: z.string(), names: z.object({ en: placeName, 'zh-CN': placeName, 'zh-TW': placeName }) })
    .exactOptional(),
  /** The browser or device, hashed with the account. */
  origin: z.string(),
  /** Not seen before at this account. */
  isNew: z.boolean(),
  /** The session that began, of a browser. */
  sessionUid: z.string().exactOptional(),
  /** The grant that was made, of a device that an application runs on. */
  grantId: z.string().exactOptional(),
  /** Of a scan: what the approver acted by, `session:` or `grant:` and an id. */
  via: z.string().exactOptional(),
  endedAt: z.number().exactOptional(),
  /** When the person said that it was somebody else. */
  disownedAt: z.number().exactOptional(),
});

type SignInRecord = z.infer<typeof signInRecord>;

export interface SignIn extends SignInRecord {
  id: string;
}

const signInCollection = defineCollection<SignInRecord>({
  name: 'sign_in',
  schema: signInRecord,
  durable: false,
  indexes: ({ accountId }) => ({ accountId: [accountId] }),
});

/** By what a browser or device is known again. What is sent along is a claim: of a device, network and all must agree. */
export type Origin =
  { browser: string } | { device: { clientId: string; userAgent: string; network: string } } | 'unknown';

export interface NewSignIn {
  accountId: string;
  amr: readonly string[];
  clientId?: string;
  address: string;
  userAgent: string;
  place?: Place;
  origin: Origin;
  sessionUid?: string;
  grantId?: string;
  via?: string;
}

export interface SignInsDeps {
  store: Store;
  clock: Clock;
  newId: () => string;
  keepSeconds: () => number;
  /** The first hashes origins, all are known. */
  peppers: () => readonly [string, ...string[]];
}

export type SignIns = ReturnType<typeof createSignIns>;

/** Of one account; the oldest go first. */
export const MAX_SIGN_INS = 100;
const MAX_USER_AGENT = 256;

export function createSignIns({ store, clock, newId, keepSeconds, peppers }: SignInsDeps) {
  const signIns = signInCollection(store, clock.now);

  const hashes = (accountId: string, origin: Origin): [string, ...string[]] => {
    const [first, ...former] = peppers();
    const hash = (pepper: string) => derive(pepper, 'sign-in origin', nameOf(accountId, origin)).toString('base64url');
    return [hash(first), ...former.map(hash)];
  };

  /** Newest first. */
  async function listOf(accountId: string): Promise<SignIn[]> {
    const index = { name: 'accountId', value: accountId };
    const found = await gather(everyItem((range) => signIns.list({ index, ...range })));
    return found.map(({ id, value }) => ({ id, ...value })).toSorted((a, b) => b.at - a.at);
  }

  /** An origin that was disowned once is not known, however often it signed in. */
  function isAmong(earlier: readonly SignIn[], accountId: string, origin: Origin): boolean {
    if (origin === 'unknown') return false;
    const wanted = hashes(accountId, origin);
    const same = earlier.filter((signIn) => wanted.some((hash) => safeEqual(hash, signIn.origin)));
    return same.length > 0 && same.every(({ disownedAt }) => disownedAt === undefined);
  }

  async function mark(id: string, change: Partial<Pick<SignInRecord, 'endedAt' | 'disownedAt'>>): Promise<void> {
    await signIns.update(id, (old) => ({ ...old, ...change }));
  }

  return {
    listOf,

    async find(accountId: string, id: string): Promise<SignIn | undefined> {
      const found = await signIns.get(id);
      return found?.value.accountId === accountId ? { id, ...found.value } : undefined;
    },

    isKnown: async (accountId: string, origin: Origin): Promise<boolean> =>
      isAmong(await listOf(accountId), accountId, origin),

    /** `isFirst`: the account has no other on record. */
    async record({
      origin,
      place,
      amr,
      userAgent,
      ...facts
    }: NewSignIn): Promise<{ signIn: SignIn; isFirst: boolean }> {
      const { accountId } = facts;
      const earlier = await listOf(accountId);
      const value: SignInRecord = {
        ...facts,
        ...(place && { place }),
        at: clock.now(),
        amr: [...amr],
        userAgent: userAgent.slice(0, MAX_USER_AGENT),
        origin: hashes(accountId, origin)[0],
        isNew: !isAmong(earlier, accountId, origin),
      };
      const { id } = await signIns.insert(newId(), value, { ttl: keepSeconds() * 1000 });
      await Promise.all(earlier.slice(MAX_SIGN_INS - 1).map((old) => signIns.delete(old.id)));
      return { signIn: { id, ...value }, isFirst: earlier.length === 0 };
    },

    /** Of an account that is erased. */
    forget: async (accountId: string): Promise<void> => void (await signIns.deleteBy('accountId', accountId)),
    ended: (id: string): Promise<void> => mark(id, { endedAt: clock.now() }),
    disowned: (id: string): Promise<void> => mark(id, { endedAt: clock.now(), disownedAt: clock.now() }),
  };
}

/** With the account, so that the store does not tell that two accounts share a browser. */
function nameOf(accountId: string, origin: Origin): string {
  if (origin === 'unknown') return JSON.stringify([accountId]);
  if ('browser' in origin) return JSON.stringify([accountId, 'browser', origin.browser]);
  const { clientId, userAgent, network } = origin.device;
  return JSON.stringify([accountId, 'device', clientId, userAgent.slice(0, MAX_USER_AGENT), network]);
}
