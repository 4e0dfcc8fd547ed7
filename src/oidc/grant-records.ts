// Grants as those see them who review and end access: who gave what to which client. `grants.ts` makes them,
// `revocation.ts` ends them.
import { z } from 'zod';
import { sha256 } from '../lib/hash.ts';
import { moment } from '../lib/moment.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Doc, ListQuery, Page, Store } from '../storage/port.ts';
import { isByDevice } from './clients.ts';
import { type EditionOf, isToPresent } from './editions.ts';
import { grantIndex, kindOf } from './kinds.ts';

export interface GrantRecord {
  /** The `gid` of its access tokens; not a bearer value. */
  id: string;
  accountId: string;
  clientId: string;
  scopes: string[];
  /** Milliseconds since the epoch. */
  issuedAt: number;
  expiresAt?: number;
}

/** By account or client, or both: then a page may be short. */
export interface GrantQuery {
  accountId?: string;
  clientId?: string;
  after?: string;
  limit: number;
}

export interface GrantRecords {
  find(id: string): Promise<GrantRecord | undefined>;
  list(query: GrantQuery): Promise<Page<GrantRecord>>;
  /** All of an account. */
  of(accountId: string): Promise<GrantRecord[]>;
  /** All to a client: of somebody with several devices there are several. */
  to(clientId: string): AsyncGenerator<GrantRecord>;
  /** Whether a device holds it, as far as what hangs on it tells: a refresh token, or a code of lately. */
  isOfDevice(id: string): Promise<boolean>;
  /** How many there are to a client; as exact as `Store.count`. */
  countTo(clientId: string): Promise<number>;
  /** How many people have given something to a client. */
  peopleWith(clientId: string): Promise<number>;
}

const grantPayload = z.object({
  jti: z.string(),
  accountId: z.string(),
  clientId: z.string(),
  openid: z.object({ scope: z.string().exactOptional() }).exactOptional(),
  resources: z.record(z.string(), z.string()).exactOptional(),
  iat: z.number(),
  edition: z.number().exactOptional(),
});

/** The scopes of a stored grant, by where they belong. */
export interface Scoped {
  openid?: { scope?: string | undefined } | undefined;
  resources?: Record<string, string> | undefined;
}

export interface GrantRecordsDeps {
  store: Store;
  /** Scopes that the person took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  editionOf: EditionOf;
}

export function createGrantRecords({ store, withdrawn, editionOf }: GrantRecordsDeps): GrantRecords {
  const kind = kindOf('Grant');

  /** Nothing of one to a former edition of its client. */
  async function recordOf({ value, expiresAt }: Doc): Promise<GrantRecord | undefined> {
    const payload = grantPayload.parse(value);
    if (!isToPresent(editionOf, payload)) return undefined;
    const { jti, accountId, clientId, iat } = payload;
    const { openid, resources = {} } = narrowGrant(payload, await withdrawn(accountId, clientId));
    const scopes = [openid?.scope ?? '', ...Object.values(resources)].join(' ').split(' ').filter(Boolean);
    return {
      id: jti,
      accountId,
      clientId,
      scopes: [...new Set(scopes)],
      issuedAt: iat * 1000,
      ...(expiresAt !== undefined && { expiresAt }),
    };
  }

  async function listOf(query: ListQuery): Promise<Page<GrantRecord>> {
    const page = await store.list(kind, query);
    const records = await Promise.all(page.items.map(recordOf));
    return { ...page, items: records.flatMap((record) => record ?? []) };
  }

  return {
    async list({ accountId, clientId, ...query }) {
      if (accountId === undefined) {
        return listOf({ ...query, ...(clientId !== undefined && { index: grantIndex({ clientId }) }) });
      }
      const page = await listOf({ ...query, index: grantIndex({ accountId }) });
      return { ...page, items: page.items.filter((grant) => clientId === undefined || grant.clientId === clientId) };
    },
    of: (accountId) => gather(everyItem((range) => listOf({ ...range, index: grantIndex({ accountId }) }))),
    to: (clientId) => everyItem((range) => listOf({ ...range, index: grantIndex({ clientId }) })),
    async isOfDevice(id) {
      const query = { index: { name: 'grantId', value: id }, limit: 1 };
      const [tokens, codes] = await Promise.all(
        ['RefreshToken', 'DeviceCode'].map((model) => store.list(kindOf(model), query)),
      );
      const token = tokens?.items[0]?.value as { gty?: string } | undefined;
      return isByDevice(token?.gty) || (codes?.items.length ?? 0) > 0;
    },
    countTo: (clientId) => store.count(kind, grantIndex({ clientId })),
    async peopleWith(clientId) {
      const people = new Set<unknown>();
      const index = grantIndex({ clientId });
      for await (const { value } of everyItem((range) => store.list(kind, { ...range, index }))) {
        people.add((value as { accountId?: unknown }).accountId);
      }
      return people.size;
    },
    async find(id) {
      const doc = await store.get(kind, sha256(id));
      return doc && recordOf(doc);
    },
  };
}

/** As the command line and `/api/v1/grants` show it. */
export const grantJson = ({ id, accountId, clientId, scopes, issuedAt, expiresAt }: GrantRecord) => ({
  id,
  account_id: accountId,
  client_id: clientId,
  scopes,
  issued_at: moment(issuedAt),
  ...(expiresAt !== undefined && { expires_at: moment(expiresAt) }),
});

/** The grant without the scopes. */
export function narrowGrant<T extends Scoped>(grant: T, scopes: readonly string[]): T {
  if (scopes.length === 0) return grant;
  const narrowed = (scope: string) =>
    scope
      .split(' ')
      .filter((name) => !scopes.includes(name))
      .join(' ');
  const { openid, resources } = grant;
  return {
    ...grant,
    ...(openid?.scope !== undefined && { openid: { ...openid, scope: narrowed(openid.scope) } }),
    ...(resources && {
      resources: Object.fromEntries(Object.entries(resources).map(([indicator, held]) => [indicator, narrowed(held)])),
    }),
  };
}
