// What an act of administration would end or give, counted before somebody does it.
import type { ActFacts, ActName, Effect } from '../../views/admin/act.tsx';
import { type Account, nameOf } from '../accounts/account.ts';
import type { ActTarget } from '../admin/console/act.ts';
import { stateOf } from '../api-keys/api-key.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { roleScopes } from '../policy/roles.ts';
import type { Domain } from './domain.ts';

export interface ActFactsDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'grants' | 'clients' | 'sessionRecords' | 'factors'>;
}

type Effects = ActFacts['effects'][number];

const effect = (state: Effect, names: readonly string[], count = names.length): Effects => ({ state, count, names });

/** Each throws `account_unknown`, `role_unknown`, `grant_unknown`, `key_unknown` or `client_unknown` (`not_found`). */
export function createActFacts({ config, clock, domain }: ActFactsDeps) {
  const { directory, keys, grants, sessionRecords, factors } = domain;

  async function requireAccount(id: string): Promise<Account> {
    const account = await directory.find(id);
    if (!account) throw new DomainError('not_found', 'account_unknown');
    return account;
  }

  const sessionsOf = async (id: string) => effect('sessions', [], (await sessionRecords.list(id)).length);

  const keysInUse = async (id: string) =>
    (await keys.lifecycle.allOf(id)).filter((key) => stateOf(key, clock.now()) === 'active');

  async function ofDisabling({ id }: Account): Promise<Effects[]> {
    const [sessions, given, owned] = await Promise.all([sessionsOf(id), grants.of(id), keysInUse(id)]);
    const clients = [...new Set(given.map(({ clientId }) => clientId))];
    return [
      sessions,
      effect('grants', clients, given.length),
      effect(
        'keys',
        owned.map(({ name }) => name),
      ),
    ];
  }

  async function ofFactors({ id }: Account): Promise<Effects[]> {
    const { passkeys, totp } = await factors.find(id);
    return [effect('factors', [], passkeys.length + (totp ? 1 : 0))];
  }

  /** Scopes that the account has by no other role, and keys that have them. */
  async function ofRole(account: Account, role: string, gives: boolean): Promise<Effects[]> {
    const { roles } = config.current();
    if (!Object.hasOwn(roles, role) && !account.roles.includes(role))
      throw new DomainError('not_found', 'role_unknown');
    const others = account.roles.filter((held) => held !== role);
    const scopesBy = (held: readonly string[]) => roleScopes({ kind: account.kind, roles: held }, roles);
    const [less, more] = gives ? [account.roles, [...others, role]] : [others, account.roles];
    const without = scopesBy(less);
    const scopes = scopesBy(more).filter((scope) => !without.includes(scope));
    if (gives) return [effect('scopes_gained', scopes)];
    const narrowed = (await keysInUse(account.id)).filter((key) => key.scopes.some((scope) => scopes.includes(scope)));
    return [
      effect('scopes_lost', scopes),
      effect(
        'keys_narrowed',
        narrowed.map(({ name }) => name),
      ),
    ];
  }

  async function aboutAccount(act: ActName, { account: id, role }: ActTarget, self: string): Promise<ActFacts> {
    const account = await requireAccount(id);
    const name = nameOf(account);
    if (act === 'grant-role' || act === 'revoke-role') {
      const isOwn = act === 'grant-role' && (id === self || account.maintainers.includes(self));
      return { name, detail: role, effects: await ofRole(account, role, act === 'grant-role'), isOwn };
    }
    if (act === 'disable') return { name, effects: await ofDisabling(account) };
    if (act === 'reset-factors') return { name, effects: await ofFactors(account) };
    return { name, effects: act === 'sign-out' ? [await sessionsOf(id)] : [] };
  }

  async function aboutGrant(id: string): Promise<ActFacts> {
    const grant = await grants.find(id);
    if (!grant) throw new DomainError('not_found', 'grant_unknown');
    const { clientId, accountId, scopes } = grant;
    const account = await directory.find(accountId);
    return { name: clientId, detail: account ? nameOf(account) : accountId, effects: [effect('scopes', scopes)] };
  }

  async function aboutKey(clientId: string): Promise<ActFacts> {
    const key = await keys.lifecycle.find(clientId);
    if (!key) throw new DomainError('not_found', 'key_unknown');
    const owner = await directory.find(key.ownerId);
    return { name: key.name, detail: owner ? nameOf(owner) : key.ownerId, effects: [effect('scopes', key.scopes)] };
  }

  async function aboutClient(act: ActName, id: string): Promise<ActFacts> {
    const { name, clientId, managedBy, place } = await domain.clients.roster.find(id);
    if (managedBy === 'file' || managedBy === 'built_in') {
      return { name, detail: clientId, effects: [], manager: { state: managedBy, place } };
    }
    if (act === 'enable-client') return { name, detail: clientId, effects: [] };
    const { people, grants: given } = await domain.clients.useOf(clientId);
    return { name, detail: clientId, effects: [effect('people', [], people), effect('client_grants', [], given)] };
  }

  return (act: ActName, target: ActTarget, self: string): Promise<ActFacts> => {
    if (act === 'revoke-grant') return aboutGrant(target.grant);
    if (act.endsWith('-client')) return aboutClient(act, target.client);
    return act.endsWith('-key') ? aboutKey(target.key) : aboutAccount(act, target, self);
  };
}
