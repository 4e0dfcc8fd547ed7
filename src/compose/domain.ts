// The part of the composition that needs no HTTP: records, accounts, roles and API keys on one store. The server and the
// command line stand on it alike.
import type { AccountRecord } from '../accounts/account.ts';
import { createAdministratorLink } from '../accounts/administrator-link.ts';
import { createDirectory } from '../accounts/directory.ts';
import { createFactors } from '../accounts/factors/factors.ts';
import { createMaintenance } from '../accounts/maintenance.ts';
import { createMailedRequests } from '../accounts/mailed-requests.ts';
import { createPasswordResets } from '../accounts/password-reset.ts';
import { createRegistrations } from '../accounts/registration.ts';
import { createPasswords } from '../accounts/password.ts';
import { createSignInReview } from '../accounts/sign-in-review.ts';
import { createSignIns } from '../accounts/sign-ins.ts';
import { type ApiKey, apiKeyCollection, type FindOwner, forKeys } from '../api-keys/api-key.ts';
import { inspectApiKey, scopesNow } from '../api-keys/inspect.ts';
import { createIssuer, type KeyResource } from '../api-keys/issue.ts';
import { createKeyring } from '../api-keys/keyring.ts';
import { createLastUse } from '../api-keys/last-use.ts';
import { createLifecycle } from '../api-keys/lifecycle.ts';
import { createReminders } from '../api-keys/reminders.ts';
import { createVerifier } from '../api-keys/verify.ts';
import { createAuditLog } from '../audit/log.ts';
import type { LayeredConfig } from '../config/source.ts';
import { hasMfa } from '../lib/amr.ts';
import type { Clock } from '../lib/clock.ts';
import { randomBase62, randomToken } from '../lib/random.ts';
import { createSealer } from '../lib/sealed.ts';
import { createMailQueue } from '../mail/queue.ts';
import { createConsents, type Granted } from '../oidc/consents.ts';
import { createGrantRecords } from '../oidc/grant-records.ts';
import { createSigningKeys } from '../oidc/keys.ts';
import { createLogoutNotices } from '../oidc/logout-notices.ts';
import { createRevocation } from '../oidc/revocation.ts';
import { createAppliedConfigs } from '../policy/applied.ts';
import { accountScopes, requiresMfa, roleScopes, rolesGranting, rolesOf } from '../policy/roles.ts';
import { createSessionRecords } from '../oidc/session-records.ts';
import type { Store } from '../storage/port.ts';
import { createLimiter } from '../web/limits.ts';
import { composeClients } from './clients.ts';
import { createKeyLetters } from './key-letters.ts';
import { composeLetters } from './letters.ts';
import { createServiceAccountLetters } from './service-account-letters.ts';
import { createSecondFactorLetters } from './second-factor-letters.ts';
import { composeLimits } from './limits.ts';
import { composeOutbox } from './mail.ts';
import { rotationTimes } from './signing-keys.ts';

export interface DomainDeps {
  config: LayeredConfig;
  store: Store;
  clock: Clock;
  /** A failure that no caller waits for. */
  onError(error: unknown): void;
}

/** 131 bits: what `sub` shows of an account says nothing about it. */
const ACCOUNT_ID_LENGTH = 22;

export type Domain = ReturnType<typeof composeDomain>;

export function composeDomain({ config, store, clock, onError }: DomainDeps) {
  const current = () => config.current();

  const audit = createAuditLog({
    store,
    clock,
    keepSeconds: () => current().audit.keep,
    secrets: () => current().secrets.pepper,
    writer: randomToken(9),
    onError,
  });
  const passwords = createPasswords({ parameters: () => current().password });
  const directory = createDirectory({
    store,
    clock,
    passwords,
    newId: () => randomBase62(ACCOUNT_ID_LENGTH),
    roleNames: () => Object.keys(current().roles),
  });

  const mailQueue = createMailQueue({
    store,
    clock,
    secrets: () => current().secrets.key_encryption_key,
    host: () => new URL(current().issuer).hostname,
  });
  const outbox = composeOutbox({ config, store, clock, queue: mailQueue });
  const letters = composeLetters({ config, clock, outbox });
  const links = { store, clock, directory, passwords, newToken: () => randomToken() };
  const registrations = createRegistrations({ ...links, lifetime: () => current().lifetimes.activation });
  const resets = createPasswordResets({ ...links, lifetime: () => current().lifetimes.reset });
  const limits = composeLimits(config, createLimiter({ store, clock }));

  /** Those in force; for a person who signed in, `amr` says how. */
  const roles = (account: Pick<AccountRecord, 'kind' | 'roles'>, amr?: readonly string[]) =>
    rolesOf(account, current().roles, amr && { mfa: hasMfa(amr) });

  const findOwner: FindOwner = async (id) => {
    const account = await directory.find(id);
    const isActive = account?.status === 'active' && account.deletionAt === undefined;
    return account && { active: isActive, scopes: forKeys(roleScopes(account, current().roles)) };
  };
  const editionOf = (clientId: string): number => clients.inForce.editionOf(clientId);
  const consents = createConsents({ store, clock, editionOf });
  const keys = apiKeyCollection(store, clock.now);
  const peppers = () => current().secrets.pepper;
  const lastUse = createLastUse({ keys, clock, onError });
  const verifier = createVerifier({ keys, findOwner, peppers, clock });
  const lifecycle = createLifecycle({ keys, clock });
  const standing = {
    findOwner,
    rolesGranting: (scope: string) => rolesGranting(scope, current().roles),
    resourceOf: (scope: string) => current().resources[current().scopes[scope]?.resource ?? '']?.indicator,
  };

  function findResource(name: string): KeyResource | undefined {
    const found = Object.entries(current().resources).find(([id, { indicator }]) => id === name || indicator === name);
    if (!found) return undefined;
    const [id, { indicator }] = found;
    const own = Object.entries(current().scopes).filter(([, { resource }]) => resource === id);
    return { indicator, scopes: own.map(([scope]) => scope) };
  }

  const maintenance = createMaintenance({ store, clock });
  const lifetimes = () => current().lifetimes;
  const grants = createGrantRecords({ store, withdrawn: consents.withdrawn, editionOf });
  const logoutNotices = createLogoutNotices({
    store,
    clock,
    wants: (clientId) => current().clients[clientId]?.backchannel_logout_uri !== undefined,
    onError,
  });
  const revocation = createRevocation({
    store,
    clock,
    lifetimes,
    editionOf,
    sessionEnded: logoutNotices.sessionEnded,
  });
  const sessionRecords = createSessionRecords({ store, clock, revocation, grants, lifetimes });
  const signIns = createSignIns({
    store,
    clock,
    newId: () => randomToken(12),
    keepSeconds: () => current().sign_ins.keep,
    peppers,
  });

  const factors = createFactors({
    store,
    clock,
    peppers,
    sealer: createSealer(current().secrets.key_encryption_key, 'totp'),
  });

  const clients = composeClients({
    config,
    store,
    clock,
    audit,
    grants,
    endGrants: (id) => revocation.endGrantsTo(id),
    onError,
  });

  return {
    audit,
    clients,
    applied: createAppliedConfigs({ store, clock }),
    passwords,
    directory,
    maintenance,
    roles,
    /** A role of the account demands a second factor. */
    requiresMfa: (account: Pick<AccountRecord, 'kind' | 'roles'>) => requiresMfa(account, current().roles),
    factors,
    secondFactor: {
      async mustUse(accountId: string): Promise<boolean> {
        const account = await directory.find(accountId);
        return account !== undefined && requiresMfa(account, current().roles);
      },
      canUse: factors.has,
    },
    grants,
    consents,
    /** The scope by where it belongs. */
    placed(scope: string): Granted {
      const { resource } = current().scopes[scope] ?? {};
      const indicator = resource === undefined ? undefined : current().resources[resource]?.indicator;
      return indicator === undefined
        ? { openid: [scope], resources: {} }
        : { openid: [], resources: { [indicator]: [scope] } };
    },
    revocation,
    logoutNotices,
    signingKeys: createSigningKeys({
      store,
      clock,
      sealer: createSealer(current().secrets.key_encryption_key, 'signing keys'),
      times: () => rotationTimes(current()),
    }),
    sessionRecords,
    signIns,
    signInReview: createSignInReview({
      signIns,
      sessions: sessionRecords,
      grants,
      revokeGrant: revocation.revokeGrant,
      forgetConsent: consents.forget,
      removeFactors: factors.removeAddedIn,
    }),
    administratorLink: createAdministratorLink({ store, clock, directory, newToken: () => randomToken() }),
    outbox,
    letters,
    registrations,
    resets,
    mailedRequests: createMailedRequests({ directory, registrations, resets, letters, mayMail: limits.mayMail }),
    mailQueue,
    keyLetters: createKeyLetters({ directory, outbox, config, limits }),
    serviceAccountLetters: createServiceAccountLetters({ directory, outbox, config, limits }),
    secondFactorLetters: createSecondFactorLetters({ directory, outbox, config, clock }),
    keys: {
      issuer: createIssuer({ keys, findOwner, findResource, peppers, clock, randomBase62 }),
      verifier,
      lifecycle,
      lastUse,
      keyring: createKeyring({ lifecycle, findOwner, findAccount: directory.find, maintainedBy: maintenance.of }),
      reminders: createReminders({ keys, clock }),
      /** `address`: where the key is to be used from. */
      inspect: (pasted: string, address?: string) =>
        inspectApiKey(pasted, { ...standing, verify: verifier.verify }, address),
      scopesNow: (key: Pick<ApiKey, 'ownerId' | 'scopes' | 'resource'>) => scopesNow(key, standing),
    },

    /** What the account may give to an application now, signed in as `amr` says; nothing for one that may not be used. */
    async scopesOfAccount(id: string, amr: readonly string[] | undefined): Promise<ReadonlySet<string>> {
      const account = await directory.find(id);
      const isUsable = account?.status === 'active' && account.deletionAt === undefined;
      return new Set(isUsable ? accountScopes(account, current().roles, { mfa: hasMfa(amr) }) : []);
    },

    async close(): Promise<void> {
      await clients.inForce.close();
      await Promise.all([audit.close(), lastUse.close()]);
    },
  };
}
