// Sessions as those see them who review and end access: in how many browsers a person is signed in. `session.ts` begins them;
// ending leaves a tombstone (`revocation.ts`), so that no request in flight brings one back.
import { z } from 'zod';
import type { Lifetimes } from '../config/config.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Doc, Store } from '../storage/port.ts';
import type { GrantRecords } from './grant-records.ts';
import { kindOf } from './kinds.ts';
import type { Revocation } from './revocation.ts';

export interface SessionRecord {
  uid: string;
  accountId: string;
  amr: readonly string[];
  /** Milliseconds since the epoch. */
  signedInAt: number;
  /** As of the last time that the session was written, which a tenth of its idle time may pass without. */
  lastUsedAt: number;
}

/** Which grants end with a session: those of a sign-out, or each that was made in it. */
export type Ending = 'signed_out' | 'disowned';

export interface EndedGrant {
  id: string;
  clientId: string;
}

export interface SessionRecordsDeps {
  store: Store;
  clock: Clock;
  revocation: Pick<Revocation, 'endSession' | 'isSessionEnded' | 'revokeGrant'>;
  grants: GrantRecords;
  lifetimes(): Pick<Lifetimes, 'session_idle' | 'session_absolute'>;
}

const sessionPayload = z.object({
  uid: z.string(),
  accountId: z.string(),
  loginTs: z.number(),
  exp: z.number(),
  amr: z.array(z.string()).exactOptional(),
  authorizations: z
    .record(z.string(), z.looseObject({ grantId: z.string().optional(), persistsLogout: z.boolean().optional() }))
    .exactOptional(),
});

type SessionPayload = z.infer<typeof sessionPayload>;

const SESSION = kindOf('Session');
/** Where a grant shows the session that it was made in. */
const BEARERS = ['RefreshToken', 'AuthorizationCode', 'DeviceCode'];

interface Bearer {
  sessionUid?: string;
  /** Of a device code. */
  payload?: { approvedVia?: string };
}

const PAGE = 100;

export type SessionRecords = ReturnType<typeof createSessionRecords>;

export function createSessionRecords({ store, clock, revocation, grants, lifetimes }: SessionRecordsDeps) {
  async function isLive({ uid, accountId, loginTs }: SessionPayload): Promise<boolean> {
    if (loginTs + lifetimes().session_absolute <= epochSeconds(clock)) return false;
    return !(await revocation.isSessionEnded({ uid, accountId, loginTs }));
  }

  const grantIdsIn = (payload: SessionPayload | undefined, ending: Ending): string[] =>
    Object.values(payload?.authorizations ?? {})
      .filter(({ persistsLogout }) => ending === 'disowned' || !persistsLogout)
      .flatMap(({ grantId }) => grantId ?? []);

  /** Grants that outlive their session are found by their tokens; those of devices by who approved them. */
  async function grantIdsOf(accountId: string, uid: string, bound: readonly string[]): Promise<string[]> {
    const vias = new Set([`session:${uid}`, ...bound.map((id) => `grant:${id}`)]);
    const isMadeThere = ({ sessionUid, payload }: Bearer): boolean =>
      sessionUid === uid || (payload?.approvedVia !== undefined && vias.has(payload.approvedVia));
    const given = await grants.of(accountId);
    const bearers = await Promise.all(given.map(({ id }) => bearersOf(id)));
    return given.filter((_grant, place) => bearers[place]?.some(isMadeThere)).map(({ id }) => id);
  }

  async function bearersOf(grantId: string): Promise<Bearer[]> {
    const index = { name: 'grantId', value: grantId };
    const pages = await Promise.all(BEARERS.map((model) => store.list(kindOf(model), { index, limit: PAGE })));
    return pages.flatMap(({ items }) => items.map(({ value }) => value as Bearer));
  }

  async function endGrant(id: string): Promise<EndedGrant | undefined> {
    const grant = await grants.find(id);
    await revocation.revokeGrant(id);
    return grant && { id, clientId: grant.clientId };
  }

  return {
    /** The sessions that are alive, the latest sign-in first. */
    async list(accountId: string): Promise<SessionRecord[]> {
      const index = { name: 'accountId', value: accountId };
      const docs = await gather(everyItem((range) => store.list(SESSION, { ...range, index })));
      const found = docs.flatMap((doc) => payloadOf(doc) ?? []);
      const alive = await Promise.all(found.map(async (payload) => ((await isLive(payload)) ? payload : undefined)));
      const idle = lifetimes().session_idle;
      return alive
        .flatMap((payload) => payload ?? [])
        .map((payload) => recordOf(payload, idle))
        .toSorted((a, b) => b.signedInAt - a.signedInAt);
    },

    /**
     * Ends a session of the account, also one that is gone but left grants behind, and answers the grants that ended.
     * `undefined` for a session of somebody else.
     */
    async end(accountId: string, uid: string, ending: Ending): Promise<EndedGrant[] | undefined> {
      const before = await store.find(SESSION, 'uid', uid);
      if (before && payloadOf(before)?.accountId !== accountId) return undefined;
      await revocation.endSession(uid);
      // Read after the tombstone: whatever is added to the session from now on is added to a dead one.
      const doc = await store.find(SESSION, 'uid', uid);
      const bound = grantIdsIn(doc && payloadOf(doc), ending);
      const others = ending === 'disowned' ? await grantIdsOf(accountId, uid, bound) : [];
      const ended = await Promise.all([...new Set([...bound, ...others])].map(endGrant));
      if (doc) await store.delete(SESSION, doc.id);
      return ended.flatMap((grant) => grant ?? []);
    },
  };
}

/** Nothing for a session that nobody is signed in to. */
const payloadOf = ({ value }: Doc): SessionPayload | undefined => sessionPayload.safeParse(value).data;

const recordOf = ({ uid, accountId, amr = [], loginTs, exp }: SessionPayload, idle: number): SessionRecord => ({
  uid,
  accountId,
  amr,
  signedInAt: loginTs * 1000,
  lastUsedAt: Math.max(loginTs, exp - idle) * 1000,
});
