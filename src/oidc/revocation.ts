// What ends before its time: a signed token by its `jti`, its grant, account or key; a grant; a session. Nothing is written
// per issued token; only revocations are kept, for as long as what they end could have lived.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Lifetimes, LONGEST_ACCESS_TOKEN } from '../config/config.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { everyItem } from '../storage/pages.ts';
import type { Doc, Kind, Store } from '../storage/port.ts';
import { type EditionOf, type Given, isToPresent } from './editions.ts';
import { grantIndex, type GrantHolder, kindOf } from './kinds.ts';
import type { EndedSession } from './logout-notices.ts';

/** Claims of our access tokens that revocation needs. */
export interface RevocableClaims {
  jti: string;
  /** Seconds since the epoch. */
  iat: number;
  exp: number;
  sub: string;
  client_id: string;
  /** The grant behind a person's token. */
  gid?: string;
  /** The account behind an API key's token. */
  owner?: string;
}

/** What introspection looks at beside. */
export interface IntrospectableClaims extends RevocableClaims {
  aud?: string | undefined;
  scope?: string | undefined;
  /** How the person signed in (RFC 8176). */
  amr?: unknown;
  /** The grant that it began with, where that has a ceiling of its own. */
  gty?: string | undefined;
}

/** What hangs on a grant by its id; signed tokens carry it as `gid`. */
const BOUND_TO_GRANT = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'DeviceCode'];

const CUTOFF: Kind = { name: 'cutoff', durable: true, listable: false };
const cutoffSchema = z.object({ at: z.number() });

const SESSION = kindOf('Session');

export interface EndableSession {
  uid?: string | undefined;
  accountId?: string | undefined;
  loginTs?: number | undefined;
}

export interface RevocationDeps {
  store: Store;
  clock: Clock;
  /** How long what was ended could have lived, in seconds. */
  lifetimes(): Pick<Lifetimes, 'grant' | 'session_absolute'>;
  editionOf: EditionOf;
  /** Told of each session that ends before its time, however it does. */
  sessionEnded(session: EndedSession): Promise<void>;
}

export type Revocation = ReturnType<typeof createRevocation>;

export function createRevocation({ store, clock, lifetimes, editionOf, sessionEnded }: RevocationDeps) {
  const cut = async (subject: string, ttlSeconds = LONGEST_ACCESS_TOKEN): Promise<void> => {
    await store.put(CUTOFF, subject, { at: epochSeconds(clock) }, { ttl: ttlSeconds * 1000 });
  };

  /** Cuts are of whole seconds, as `iat` is: what is issued in that second counts as issued before. */
  const secondOver = async (subject: string): Promise<void> => {
    const found = await store.get(CUTOFF, subject);
    if (!found || cutoffSchema.parse(found.value).at < epochSeconds(clock)) return;
    await sleep(1005 - (clock.now() % 1000));
  };

  const isCut = async (subject: string, iat: number): Promise<boolean> => {
    const found = await store.get(CUTOFF, subject);
    return found !== undefined && iat <= cutoffSchema.parse(found.value).at;
  };

  const allOf = (kind: Kind, holder: GrantHolder): AsyncGenerator<Doc> =>
    everyItem((range) => store.list(kind, { ...range, index: grantIndex(holder) }));

  const isGrantGood = async (grantId: string): Promise<boolean> => {
    const found = await store.get(kindOf('Grant'), sha256(grantId));
    return found !== undefined && isToPresent(editionOf, found.value as Given);
  };

  async function revokeGrant(grantId: string): Promise<void> {
    await cut(`grant:${grantId}`, lifetimes().grant);
    await store.delete(kindOf('Grant'), sha256(grantId));
    const index = { name: 'grantId', value: grantId };
    await Promise.all(BOUND_TO_GRANT.map((model) => store.deleteBy(kindOf(model), index)));
  }

  async function endEach(holder: GrantHolder): Promise<void> {
    for await (const { value } of allOf(kindOf('Grant'), holder)) await revokeGrant((value as { jti: string }).jti);
  }

  return {
    /** Ends the grant: from then on none of its tokens works, nor can new ones be had. */
    revokeGrant,

    /** Ends every grant of the account, and with it the refresh tokens. */
    endGrants: (accountId: string) => endEach({ accountId }),
    /** The same of every grant to the client. */
    endGrantsTo: (clientId: string) => endEach({ clientId }),

    /** Whether the grant was revoked; a request that read it before may have written it again since. */
    isGrantEnded: async (grantId: string): Promise<boolean> =>
      (await store.get(CUTOFF, `grant:${grantId}`)) !== undefined,

    /** Ends a session for good, under whichever id it is. */
    async endSession(uid: string): Promise<void> {
      await cut(`session:${uid}`, lifetimes().session_absolute);
      const doc = await store.find(SESSION, 'uid', uid);
      if (doc) await sessionEnded(doc.value as EndedSession);
    },

    /** Signs the account out of every browser. */
    async endSessions(accountId: string): Promise<void> {
      await cut(`sessions:${accountId}`, lifetimes().session_absolute);
      for await (const { id, value } of allOf(SESSION, { accountId })) {
        await sessionEnded(value as EndedSession);
        await store.delete(SESSION, id);
      }
    },

    /** Signs the account out of every browser but one, or of all that are signed in at this moment. */
    async endOtherSessions(accountId: string, keepUid?: string): Promise<void> {
      for await (const { id, value } of allOf(SESSION, { accountId })) {
        const { uid } = value as EndableSession;
        if (uid !== undefined && uid === keepUid) continue;
        // The cut also ends a session that a running request writes once more.
        if (uid !== undefined) await cut(`session:${uid}`, lifetimes().session_absolute);
        await sessionEnded(value as EndedSession);
        await store.delete(SESSION, id);
      }
    },

    /** As `isGrantEnded`. `loginTs` in seconds since the epoch. */
    async isSessionEnded({ uid, accountId, loginTs = 0 }: EndableSession): Promise<boolean> {
      const [one, all] = await Promise.all([
        store.get(CUTOFF, `session:${uid}`),
        accountId === undefined ? false : isCut(`sessions:${accountId}`, loginTs),
      ]);
      return one !== undefined || all;
    },

    /** Ends every token of the account that was issued until now. */
    cutAccount: (accountId: string) => cut(`account:${accountId}`),
    /** Ends every token issued to the client, such as an API key, until now. */
    cutClient: (clientId: string) => cut(`client:${clientId}`),
    /** Resolves, within a second, once what is issued to them is not of the second in which they were cut off. */
    accountMayStart: (accountId: string) => secondOver(`account:${accountId}`),
    clientMayStart: (clientId: string) => secondOver(`client:${clientId}`),
    /** Ends one token. */
    denyToken: ({ jti, exp }: Pick<RevocableClaims, 'jti' | 'exp'>) =>
      cut(`jti:${jti}`, Math.max(1, exp - epochSeconds(clock))),

    async isRevoked({ jti, iat, sub, client_id, gid, owner }: RevocableClaims): Promise<boolean> {
      const answers = await Promise.all([
        isCut(`jti:${jti}`, iat),
        isCut(`client:${client_id}`, iat),
        isCut(`account:${owner ?? sub}`, iat),
        gid === undefined ? false : isGrantGood(gid).then((isGood) => !isGood),
      ]);
      return answers.includes(true);
    },
  };
}
