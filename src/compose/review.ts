// The access review: who holds which roles, keys and grants, since when and from whom, and since when nobody used them. Use is read
// from the records: a token of the application, or with a scope of the role. Reading a whole installation takes its time, so it
// comes row by row, or page by page. What is decided about a row is in `review-acts.ts`.
import type { Account } from '../accounts/account.ts';
import { type ApiKey, stateOf } from '../api-keys/api-key.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { roleScopes } from '../policy/roles.ts';
import { everyItem } from '../storage/pages.ts';
import type { Domain } from './domain.ts';
import type { Holding } from './holding.ts';
import { type Decisions, readDecisions } from './review-decisions.ts';

export interface ReviewDeps {
  config: Pick<Config, 'roles' | 'audit'>;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'audit'>;
}

/** When each client last got a token for the account, and each scope was last in one. */
interface Use {
  clients: Map<string, number>;
  scopes: Map<string, number>;
  /** When the account last signed in or got a token. */
  active?: number;
}

/** Accounts read at once for a page. */
const ACCOUNTS = 50;

/** With `staleSeconds` only what was neither used nor made since then. */
export async function* review(deps: ReviewDeps, staleSeconds?: number): AsyncGenerator<Holding> {
  const look = await beginReview(deps, staleSeconds);
  for await (const account of everyItem(deps.domain.directory.list)) yield* await look(account);
}

/** At least `limit` holdings where there are so many; `after` is the cursor of a former page. */
export async function reviewPage(
  deps: ReviewDeps,
  { staleSeconds, after, limit }: { staleSeconds?: number; after?: string; limit: number },
): Promise<{ items: Holding[]; next?: string }> {
  const look = await beginReview(deps, staleSeconds);
  const items: Holding[] = [];
  let next = after;
  do {
    const page = await deps.domain.directory.list({ limit: ACCOUNTS, ...(next !== undefined && { after: next }) });
    for (const account of page.items) items.push(...(await look(account)));
    next = page.next;
  } while (next !== undefined && items.length < limit);
  return { items, ...(next !== undefined && { next }) };
}

async function beginReview({ config, clock, domain }: ReviewDeps, staleSeconds: number | undefined) {
  const now = clock.now();
  const usedSince = now - config.audit.keep * 1000;
  const isWanted = ({ since, lastUsed }: Holding): boolean =>
    staleSeconds === undefined || Math.max(since ?? 0, lastUsed ?? 0) < now - staleSeconds * 1000;
  const decisions = await readDecisions(domain);

  return async (account: Account): Promise<Holding[]> => {
    const [grants, owned] = await Promise.all([domain.grants.of(account.id), domain.keys.lifecycle.allOf(account.id)]);
    const keys = owned.filter((key) => stateOf(key, now) === 'active');
    if (account.roles.length + grants.length + keys.length === 0) return [];
    const use = await useBy(domain, account.id, usedSince);
    const held = [
      ...(await roleHoldings(account, config.roles, use, decisions)),
      ...keys.map((key) => keyHolding(account, key)),
      ...grants.map(({ id, clientId, scopes, issuedAt }): Holding => {
        const lastUsed = use.clients.get(clientId);
        const used = lastUsed === undefined ? {} : { lastUsed };
        return {
          kind: 'grant',
          account,
          name: clientId,
          scopes,
          grantId: id,
          since: issuedAt,
          by: account.id,
          ...used,
        };
      }),
    ];
    return held.filter(isWanted).map((holding) => ({ ...holding, ...decisions.keptOf(holding) }));
  };
}

async function roleHoldings(
  account: Account,
  roles: Config['roles'],
  use: Use,
  decisions: Decisions,
): Promise<Holding[]> {
  if (account.roles.length === 0) return [];
  const given = await decisions.givenTo(account);
  return account.roles.map((role) => ({ ...roleHolding(account, role, roles, use), ...given(role) }));
}

/** Used with what nothing else gives the account; a role that only opens pages, whenever its holder was here. */
function roleHolding(account: Account, role: string, roles: Config['roles'], use: Use): Holding {
  const scopes = roleScopes({ kind: 'service', roles: [role] }, roles);
  const others = roleScopes({ ...account, roles: account.roles.filter((other) => other !== role) }, roles);
  const own = scopes.filter((scope) => !others.includes(scope));
  const times = own.map((scope) => use.scopes.get(scope)).filter((at) => at !== undefined);
  const lastUsed = own.length === 0 ? use.active : times.length > 0 ? Math.max(...times) : undefined;
  return { kind: 'role', account, name: role, scopes, ...(lastUsed !== undefined && { lastUsed }) };
}

const keyHolding = (account: Account, { clientId, scopes, createdAt, createdBy, lastUsed }: ApiKey): Holding => ({
  kind: 'key',
  account,
  name: clientId,
  scopes,
  since: createdAt,
  by: createdBy ?? account.id,
  ...(lastUsed && { lastUsed: lastUsed.at }),
});

async function useBy({ audit }: Pick<Domain, 'audit'>, account: string, since: number): Promise<Use> {
  const use: Use = { clients: new Map(), scopes: new Map() };
  const query = { account, types: ['token.issued', 'sign_in.succeeded'], since };
  // Newest first: what is noted already is later.
  for await (const { client, scopes = [], at } of everyItem((range) => audit.list({ ...query, ...range }))) {
    use.active ??= at;
    if (client !== undefined && !use.clients.has(client)) use.clients.set(client, at);
    for (const scope of scopes) if (!use.scopes.has(scope)) use.scopes.set(scope, at);
  }
  return use;
}
