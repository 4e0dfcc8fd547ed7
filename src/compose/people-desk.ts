// What the pages of people and roles show: accounts, what each holds and why, and who holds a role.
import type { PersonFace } from '../../views/admin/people.tsx';
import type { RoleFace } from '../../views/partials/role-facts.tsx';
import type { HeldRole, PersonProps, Seen } from '../../views/admin/person-parts.tsx';
import { type Account, nameOf } from '../accounts/account.ts';
import type { AccountQuery } from '../accounts/directory.ts';
import type { LiveSession, Review } from '../accounts/sign-in-review.ts';
import type { SignIn } from '../accounts/sign-ins.ts';
import { keyFace } from '../api-keys/faces.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { expandRoles, scopesByRole } from '../policy/roles.ts';
import { describeScope } from '../policy/scope.ts';
import type { Domain } from './domain.ts';
import type { RecordFaces } from './record-faces.ts';

export interface PeopleDeskDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Domain;
  facesOf: RecordFaces;
}

const PAGE = 25;
const RECORDS_SHOWN = 10;
const SIGN_INS_SHOWN = 5;

export type PeopleDesk = ReturnType<typeof createPeopleDesk>;

export function createPeopleDesk({ config, clock, domain, facesOf }: PeopleDeskDeps) {
  const { directory, keys, grants, factors, audit } = domain;
  const appName = (clientId: string): string => config.current().clients[clientId]?.name ?? clientId;
  const scopeFace = (locale: Locale) => (name: string) => ({
    name,
    description: describeScope(name, locale, config.current().scopes),
  });

  async function list(query: Omit<AccountQuery, 'limit'>) {
    const { items, next } = await directory.list({ ...query, limit: PAGE });
    return { items: items.map(personFace), ...(next !== undefined && { next }) };
  }

  async function find(id: string, locale: Locale): Promise<Omit<PersonProps, 'mayWrite' | 'isOwn' | 'done'>> {
    const account = await directory.find(id);
    if (!account) throw new DomainError('not_found', 'account_unknown');
    const [scopes, held, open, records] = await Promise.all([
      domain.scopesOfAccount(id, ['mfa']),
      holdings(account, locale),
      domain.signInReview.review(id),
      audit.list({ account: id, limit: RECORDS_SHOWN }),
    ]);
    const { email, createdAt, deletionAt } = account;
    const end = deletionAt === undefined ? {} : { deletionAt: new Date(deletionAt) };
    return {
      person: { ...personFace(account), email, createdAt: new Date(createdAt), ...end },
      ...roleFaces(account, locale),
      ...held,
      ...openFaces(open),
      scopes: [...scopes].map(scopeFace(locale)),
      records: await facesOf(records.items),
    };
  }

  function roleFaces(account: Account, locale: Locale): Pick<PersonProps, 'roles' | 'grantable'> {
    const { roles } = config.current();
    const byDefault = account.kind === 'person' ? Object.keys(roles).filter((name) => roles[name]?.default) : [];
    const direct = [...new Set([...account.roles, ...byDefault])];
    const faces = [...new Set([...direct, ...expandRoles(direct, roles)])].map((name): HeldRole => {
      const { description } = roles[name] ?? {};
      const state = account.roles.includes(name) ? 'own' : byDefault.includes(name) ? 'default' : 'included';
      const via = direct.filter((other) => other !== name && expandRoles([other], roles).includes(name));
      return { name, description: description?.[locale] ?? description?.en, state, via };
    });
    return { roles: faces, grantable: Object.keys(roles).filter((name) => !direct.includes(name)) };
  }

  async function holdings(account: Account, locale: Locale) {
    const [given, owned, { passkeys, totp, recoveryCodesLeft }, maintainers] = await Promise.all([
      grants.of(account.id),
      keys.lifecycle.allOf(account.id),
      factors.find(account.id),
      Promise.all(account.maintainers.map((id) => directory.find(id))),
    ]);
    return {
      apps: given.map(({ id, clientId, scopes, issuedAt }) => ({
        grantId: id,
        name: appName(clientId),
        scopes: scopes.map(scopeFace(locale)),
        since: new Date(issuedAt),
      })),
      keys: owned.map((key) => keyFace(key, account, [], clock.now())),
      factors: { passkeys: passkeys.length, totp: totp ? 1 : 0, recoveryCodes: recoveryCodesLeft },
      maintainers: maintainers.flatMap((one) => (one ? [{ id: one.id, name: nameOf(one), isKnown: true }] : [])),
    };
  }

  function openFaces({ sessions, former }: Review): Pick<PersonProps, 'sessions' | 'signIns'> {
    const signInFace = ({ at, clientId, address, userAgent, disownedAt }: SignIn): Seen => ({
      at: new Date(at),
      client: clientId && appName(clientId),
      address,
      userAgent,
      isDisowned: disownedAt !== undefined,
    });
    const sessionFace = ({ signIn, signedInAt, lastUsedAt }: LiveSession): Seen => ({
      ...(signIn && signInFace(signIn)),
      at: new Date(signedInAt),
      lastUsedAt: new Date(lastUsedAt),
    });
    return { sessions: sessions.map(sessionFace), signIns: former.slice(0, SIGN_INS_SHOWN).map(signInFace) };
  }

  const byRole = (value: string) => ({ name: 'role', value }) as const;

  return {
    list,
    find,
    countHolders: (role: string): Promise<number> => directory.count(byRole(role)),
    listHolders: (role: string, after: string | undefined) =>
      list({ by: byRole(role), ...(after !== undefined && { after }) }),
    scopesOf: (name: string, locale: Locale): RoleFace['scopes'] =>
      scopesByRole(name, config.current().roles).map(({ scope, role }) => ({
        name: scope,
        description: describeScope(scope, locale, config.current().scopes),
        via: role,
      })),
  };
}

const personFace = (account: Account): PersonFace => ({
  id: account.id,
  name: nameOf(account),
  ...(account.name !== undefined && { fullName: account.name }),
  state: account.deletionAt === undefined ? account.status : 'leaving',
  isService: account.kind === 'service',
  roles: account.roles,
});
