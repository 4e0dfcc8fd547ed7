// The access review: who holds which roles, keys and grants, and since when nobody used them. Use is read from the records: a
// token of the application, or with a scope of the role. Reading a whole installation takes its time, so it comes row by row.
import type { Account } from '../accounts/account.ts';
import type { ApiKey } from '../api-keys/api-key.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { roleScopes } from '../policy/roles.ts';
import type { Domain } from './domain.ts';

export interface Holding {
  kind: 'role' | 'key' | 'grant';
  account: Account;
  /** The role, the client_id of the key, or the client of the grant. */
  name: string;
  scopes: readonly string[];
  /** Of a grant, for `grant revoke`. */
  grantId?: string;
  /** Milliseconds since the epoch; of a role, unknown when it was given before the records that were read. */
  since?: number;
  /** As far as the records that were read tell. */
  lastUsed?: number;
}

export interface ReviewDeps {
  config: Pick<Config, 'roles' | 'audit'>;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'audit'>;
}

/** When each client last got a token for the account, each scope was last in one, and each role was last given. */
interface Use {
  /** How far back the records were read. */
  since: number;
  clients: Map<string, number>;
  scopes: Map<string, number>;
  roles: Map<string, number>;
  /** When the account last signed in or got a token. */
  active?: number;
}

const PAGE = 200;
const TOLD = ['token.issued', 'sign_in.succeeded', 'account.role_granted'];

/** With `staleSeconds` only what was neither used nor made since then. */
export async function* review({ config, clock, domain }: ReviewDeps, staleSeconds?: number): AsyncGenerator<Holding> {
  const now = clock.now();
  const since = now - (staleSeconds ?? config.audit.keep) * 1000;
  const isWanted = ({ since: made, lastUsed }: Holding): boolean =>
    staleSeconds === undefined || Math.max(made ?? 0, lastUsed ?? 0) < since;

  const keysOf = await keysByOwner(domain);
  for await (const account of everyAccount(domain)) {
    const grants = await domain.grants.of(account.id);
    const keys = keysOf.get(account.id) ?? [];
    if (account.roles.length + grants.length + keys.length === 0) continue;
    const use = await useBy(domain, account.id, since);
    const held = [
      ...account.roles.map((role) => roleHolding(account, role, config.roles, use)),
      ...keys.map((key) => keyHolding(account, key)),
      ...grants.map(({ id, clientId, scopes, issuedAt }): Holding => {
        const lastUsed = use.clients.get(clientId);
        const used = lastUsed === undefined ? {} : { lastUsed };
        return { kind: 'grant', account, name: clientId, scopes, grantId: id, since: issuedAt, ...used };
      }),
    ];
    yield* held.filter(isWanted);
  }
}

/** Used with what nothing else gives the account; a role that only opens pages, whenever its holder was here. */
function roleHolding(account: Account, role: string, roles: Config['roles'], use: Use): Holding {
  const scopes = roleScopes({ kind: 'service', roles: [role] }, roles);
  const others = roleScopes({ ...account, roles: account.roles.filter((other) => other !== role) }, roles);
  const own = scopes.filter((scope) => !others.includes(scope));
  const times = own.map((scope) => use.scopes.get(scope)).filter((at) => at !== undefined);
  const lastUsed = own.length === 0 ? use.active : times.length > 0 ? Math.max(...times) : undefined;
  const since = use.roles.get(role) ?? (account.createdAt >= use.since ? account.createdAt : undefined);
  return {
    kind: 'role',
    account,
    name: role,
    scopes,
    ...(since !== undefined && { since }),
    ...(lastUsed !== undefined && { lastUsed }),
  };
}

const keyHolding = (account: Account, { clientId, scopes, createdAt, lastUsed }: ApiKey): Holding => ({
  kind: 'key',
  account,
  name: clientId,
  scopes,
  since: createdAt,
  ...(lastUsed && { lastUsed: lastUsed.at }),
});

async function keysByOwner({ keys }: Pick<Domain, 'keys'>): Promise<Map<string, ApiKey[]>> {
  const owned = new Map<string, ApiKey[]>();
  for await (const key of keys.lifecycle.inUse()) owned.set(key.ownerId, [...(owned.get(key.ownerId) ?? []), key]);
  return owned;
}

async function* everyAccount({ directory }: Pick<Domain, 'directory'>): AsyncGenerator<Account> {
  let after: string | undefined;
  do {
    const page = await directory.list({ limit: PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

async function useBy({ audit }: Pick<Domain, 'audit'>, account: string, since: number): Promise<Use> {
  const use: Use = { since, clients: new Map(), scopes: new Map(), roles: new Map() };
  let after: string | undefined;
  do {
    const range = { limit: PAGE, ...(after !== undefined && { after }) };
    const page = await audit.list({ account, types: TOLD, since, ...range });
    // Newest first: what is noted already is later.
    for (const { type, client, scopes = [], details, at } of page.items) {
      if (type === 'account.role_granted') {
        const role = String(details?.['role']);
        use.roles.set(role, Math.max(at, use.roles.get(role) ?? 0));
        continue;
      }
      use.active ??= at;
      if (client !== undefined && !use.clients.has(client)) use.clients.set(client, at);
      for (const scope of scopes) if (!use.scopes.has(scope)) use.scopes.set(scope, at);
    }
    after = page.next;
  } while (after !== undefined);
  return use;
}
