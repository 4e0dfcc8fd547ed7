// How long `config plan` takes on a big installation: 1,000 applications, 200 roles, 100,000 accounts, 10,000 API keys on
// SQLite. Each plan is counted again the long way, account by account, and must say the same. Ends with 1 when it does not, or
// takes 5 s.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChanges } from '../src/compose/changes.ts';
import { composeDomain } from '../src/compose/domain.ts';
import type { Config, RoleConfig } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { type ConfigSnapshot, digestOf, snapshotOf } from '../src/config/snapshot.ts';
import { createConfigSource } from '../src/config/source.ts';
import { systemClock } from '../src/lib/clock.ts';
import { shiftOf } from '../src/policy/consequences.ts';
import { rolesOf } from '../src/policy/roles.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Store } from '../src/storage/port.ts';

const [CLIENTS, ROLES, ACCOUNTS, KEYS] = [1000, 200, 100_000, 10_000];
const SCOPES = Array.from({ length: 300 }, (_, index) => `area${index}:read`);
const LIMIT_MS = 5000;

/** The same numbers in every run (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const random = createRandom(7);
const some = <T>(all: readonly T[], count: number): T[] => [
  ...new Set(Array.from({ length: count }, () => all[random(all.length)] as T)),
];

function installation(base: Config): Config {
  const roles: Record<string, RoleConfig> = {};
  for (let index = 0; index < ROLES; index++) {
    const includes = index > 0 && index % 3 === 0 ? [`role${random(index)}`] : [];
    roles[`role${index}`] = { default: index === 0, includes, scopes: some(SCOPES, 5), require_mfa: false };
  }
  const description = { en: 'Read' };
  const clients = Object.fromEntries(
    Array.from({ length: CLIENTS }, (_, index) => [
      `client${index}`,
      {
        name: `Client ${index}`,
        first_party: false,
        type: 'web' as const,
        grants: ['authorization_code' as const],
        redirect_uris: [`https://client${index}.example/callback`],
        post_logout_redirect_uris: [],
        origins: [],
        secret_hashes: [],
        scopes: ['openid', ...some(SCOPES, 10)],
        id_token_signed_response_alg: 'ES256' as const,
        pkce: 'required' as const,
        dpop_bound_access_tokens: false,
        lifetimes: {},
      },
    ]),
  );
  const scopes = Object.fromEntries(SCOPES.map((name) => [name, { resource: 'im', description }]));
  return { ...base, roles, clients, scopes };
}

interface Holder {
  id: string;
  kind: 'person' | 'service';
  roles: string[];
}

async function fill(store: Store, { roles }: Config): Promise<Holder[]> {
  const names = Object.keys(roles);
  const holders: Holder[] = [];
  const account = { name: 'account', durable: false, listable: true };
  const apiKey = { name: 'api_key', durable: false, listable: true };
  const consent = { name: 'consent', durable: false, listable: true };
  for (let index = 0; index < ACCOUNTS; index++) {
    const kind = index % 50 === 0 ? ('service' as const) : ('person' as const);
    const holder = { id: `account${String(index).padStart(6, '0')}`, kind, roles: some(names, random(4)) };
    holders.push(holder);
    const email = `${holder.id}@example.com`;
    const value = { kind, status: 'active', email, roles: holder.roles, maintainers: [], createdAt: 1, updatedAt: 1 };
    const indexes = { kind: [kind], status: ['active'], role: holder.roles };
    await store.put(account, holder.id, value, { unique: { email }, indexes });
  }
  for (let index = 0; index < KEYS; index++) {
    const ownerId = holders[random(ACCOUNTS)]?.id ?? '';
    const times = { createdAt: 1, expiresAt: systemClock.now() + 86_400_000 };
    const value = { ownerId, name: 'key', scopes: some(SCOPES, 20), hashes: [], status: 'active', ...times };
    await store.put(apiKey, `tim_live_${index}`, value, { indexes: { owner: [ownerId], status: ['active'] } });
  }
  for (let index = 0; index < ACCOUNTS; index++) {
    const [accountId, clientId] = [holders[index]?.id ?? '', `client${random(CLIENTS)}`];
    const resources = { im: some(SCOPES, 3) };
    const value = { accountId, clientId, openid: ['openid'], resources, updatedAt: 1 };
    const indexes = { accountId: [accountId], clientId: [clientId] };
    await store.put(consent, `${accountId}:${clientId}`, value, { indexes });
  }
  return holders;
}

/** Takes the first scope from each named role. */
function poorer(snapshot: ConfigSnapshot, names: readonly string[], clients: readonly string[] = []): ConfigSnapshot {
  const roles = { ...snapshot.roles };
  for (const name of names) {
    const role = roles[name];
    if (role) roles[name] = { ...role, scopes: role.scopes.slice(1) };
  }
  const left = Object.entries(snapshot.clients).filter(([id]) => !clients.includes(id));
  return { ...snapshot, roles, clients: Object.fromEntries(left) };
}

/** By role and scope, who loses it, account by account. */
function longWay(holders: readonly Holder[], before: ConfigSnapshot, after: ConfigSnapshot): Map<string, number> {
  const counts = new Map<string, number>();
  for (const holder of holders) {
    if (holder.kind !== 'person') continue;
    const { lost } = shiftOf(holder, before.roles, after.roles);
    if (lost.length === 0) continue;
    const held = rolesOf(holder, before.roles);
    for (const role of held.filter((name) => before.roles[name]?.scopes !== after.roles[name]?.scopes)) {
      for (const scope of lost) {
        const granted = rolesOf({ kind: 'service', roles: [role] }, before.roles);
        if (!granted.some((name) => before.roles[name]?.scopes.includes(scope))) continue;
        counts.set(`${role} ${scope}`, (counts.get(`${role} ${scope}`) ?? 0) + 1);
      }
    }
  }
  return counts;
}

const folder = await mkdtemp(join(tmpdir(), 'tokenim-plan-'));
const base = await loadConfig({ env: { TOKENIM_DATA: folder } });
const config = installation(base);
const onError = (error: unknown): void => console.error(error);
const store = await openStorage(config.storage, { dataFolder: folder, clock: systemClock, onError });
const domain = composeDomain({ config: createConfigSource(config), store, clock: systemClock, onError });
const changes = createChanges(domain);
const holders = await fill(store, config);
const before = snapshotOf(config);
await domain.applied.replace(undefined, { digest: digestOf(before), by: 'operator', snapshot: before });

const roleNames = (count: number, from = 1): string[] => Array.from({ length: count }, (_, at) => `role${from + at}`);
const cases: Readonly<Record<string, ConfigSnapshot>> = {
  nothing: before,
  'one role': poorer(before, ['role7']),
  'twenty roles': poorer(before, roleNames(20)),
  'the default role': poorer(before, ['role0']),
  'all roles and 500 applications': poorer(
    before,
    roleNames(ROLES, 0),
    Object.keys(before.clients).slice(0, CLIENTS / 2),
  ),
};
for (const [name, after] of Object.entries(cases)) {
  const start = performance.now();
  const plan = await changes.plan(after);
  const ms = Math.round(performance.now() - start);
  const expected = longWay(holders, before, after);
  const losses = plan.consequences.filter(({ kind }) => kind === 'role_loses');
  const told = losses.flatMap((one) =>
    'scope' in one && 'role' in one ? [[`${one.role} ${one.scope}`, one.people]] : [],
  );
  const wrong = told.filter(([key, people]) => (expected.get(String(key)) ?? 0) !== people).length;
  const missed = [...expected.keys()].filter((key) => !told.some(([known]) => known === key)).length;
  console.log(`${name}: ${ms} ms, ${plan.people} people, ${plan.consequences.length} lines, ${wrong + missed} wrong`);
  if (ms >= LIMIT_MS || wrong + missed > 0) process.exitCode = 1;
}
await domain.close();
await store.close();
await rm(folder, { recursive: true, force: true });
