// Grants as those see them who review and end access: who gave what to which client. `grants.ts` makes them,
// `revocation.ts` ends them.
import { z } from 'zod';
import { sha256 } from '../lib/hash.ts';
import type { Doc, Page, Store } from '../storage/port.ts';
import { kindOf } from './kinds.ts';

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

export interface GrantQuery {
  accountId?: string;
  after?: string;
  limit: number;
}

export interface GrantRecords {
  find(id: string): Promise<GrantRecord | undefined>;
  list(query: GrantQuery): Promise<Page<GrantRecord>>;
}

const grantPayload = z.object({
  jti: z.string(),
  accountId: z.string(),
  clientId: z.string(),
  openid: z.object({ scope: z.string().exactOptional() }).exactOptional(),
  resources: z.record(z.string(), z.string()).exactOptional(),
  iat: z.number(),
});

export function createGrantRecords(store: Store): GrantRecords {
  const kind = kindOf('Grant');
  return {
    async find(id) {
      const doc = await store.get(kind, sha256(id));
      return doc && recordOf(doc);
    },
    async list({ accountId, ...query }) {
      const index = accountId === undefined ? {} : { index: { name: 'accountId', value: accountId } };
      const page = await store.list(kind, { ...query, ...index });
      return { ...page, items: page.items.map(recordOf) };
    },
  };
}

function recordOf({ value, expiresAt }: Doc): GrantRecord {
  const { jti, accountId, clientId, openid, resources = {}, iat } = grantPayload.parse(value);
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
