// What makes a signed token invalid before its time: its own `jti`, the grant, the account or the key it came from.
// Nothing is written per issued token; only revocations are kept, for as long as a token can live.
import { z } from 'zod';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import type { Kind, Store } from '../storage/port.ts';
import { kindOf } from './kinds.ts';

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
}

/** No access token lives longer; cut-offs may be forgotten after it. */
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

/** What hangs on a grant by its id; signed tokens carry it as `gid`. */
const BOUND_TO_GRANT = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'DeviceCode'];

const CUTOFF: Kind = { name: 'cutoff', durable: true, listable: false };
const cutoffSchema = z.object({ at: z.number() });

export interface RevocationDeps {
  store: Store;
  clock: Clock;
}

export type Revocation = ReturnType<typeof createRevocation>;

export function createRevocation({ store, clock }: RevocationDeps) {
  const cut = async (subject: string, ttlSeconds = LONGEST_ACCESS_TOKEN_SECONDS): Promise<void> => {
    await store.put(CUTOFF, subject, { at: epochSeconds(clock) }, { ttl: ttlSeconds * 1000 });
  };

  const isCut = async (subject: string, iat: number): Promise<boolean> => {
    const found = await store.get(CUTOFF, subject);
    return found !== undefined && iat <= cutoffSchema.parse(found.value).at;
  };

  const grantExists = async (grantId: string): Promise<boolean> =>
    (await store.get(kindOf('Grant'), sha256(grantId))) !== undefined;

  return {
    /** Ends the grant: from then on none of its tokens works, nor can new ones be had. */
    async revokeGrant(grantId: string): Promise<void> {
      await store.delete(kindOf('Grant'), sha256(grantId));
      const index = { name: 'grantId', value: grantId };
      await Promise.all(BOUND_TO_GRANT.map((model) => store.deleteBy(kindOf(model), index)));
    },

    /** Signs the account out of every browser. */
    async endSessions(accountId: string): Promise<void> {
      await store.deleteBy(kindOf('Session'), { name: 'accountId', value: accountId });
    },

    /** Ends every grant of the account, and with it the refresh tokens. */
    async endGrants(accountId: string): Promise<void> {
      await store.deleteBy(kindOf('Grant'), { name: 'accountId', value: accountId });
    },

    /** Ends every token of the account that was issued until now. */
    cutAccount: (accountId: string) => cut(`account:${accountId}`),
    /** Ends every token issued to the client, such as an API key, until now. */
    cutClient: (clientId: string) => cut(`client:${clientId}`),
    /** Ends one token. */
    denyToken: ({ jti, exp }: Pick<RevocableClaims, 'jti' | 'exp'>) =>
      cut(`jti:${jti}`, Math.max(1, exp - epochSeconds(clock))),

    async isRevoked({ jti, iat, sub, client_id, gid, owner }: RevocableClaims): Promise<boolean> {
      const answers = await Promise.all([
        isCut(`jti:${jti}`, iat),
        isCut(`client:${client_id}`, iat),
        isCut(`account:${owner ?? sub}`, iat),
        gid === undefined ? false : grantExists(gid).then((exists) => !exists),
      ]);
      return answers.includes(true);
    },
  };
}
