// Acts of administration, each with all that follows from it and its record: one behaviour for the command line, the pages
// and the API. Reading needs none of this; see `domain.ts`.
import type { NewPerson, NewServiceAccount, Profile } from '../accounts/new-account.ts';
import type { NewApiKey, Rotation } from '../api-keys/issue.ts';
import type { AuditEvent } from '../audit/event.ts';
import { DomainError } from '../lib/errors.ts';
import type { SigningAlgorithm } from '../oidc/keys.ts';
import { type Granted, scopesOf } from '../oidc/consents.ts';
import type { Actor } from './actor.ts';
import { createClientActs } from './client-acts.ts';
import type { Domain } from './domain.ts';
import { createMaintaining } from './maintaining.ts';

export type { Actor } from './actor.ts';

export type Administration = ReturnType<typeof createAdministration>;

/** Every act throws what the domain throws, and `record_failed` when it was done but could not be recorded. */
export function createAdministration(domain: Domain) {
  const { audit, directory, keys, revocation } = domain;
  const record = (by: Actor, event: Omit<AuditEvent, 'actor' | 'outcome'>) =>
    audit.record({ ...event, ...by, outcome: 'success' });

  const maintaining = createMaintaining(domain, record);

  return {
    ...maintaining,

    /** A person whose address is not confirmed yet is mailed a link to choose a password with. */
    async createPerson(by: Actor, person: NewPerson) {
      const account = await directory.createPerson(person);
      await record(by, { type: 'account.created', account: account.id, details: { roles: account.roles.join(' ') } });
      if (account.status === 'pending') await domain.mailedRequests.invite(account);
      return account;
    },

    async createServiceAccount(by: Actor, service: NewServiceAccount) {
      const account = await directory.createServiceAccount(service);
      await record(by, { type: 'account.created', account: account.id, details: { kind: 'service' } });
      return account;
    },

    /** Ends the person's sessions, grants and every token issued until now; API keys answer `invalid_client` while it lasts. Again it is not recorded. */
    async disableAccount(by: Actor, id: string) {
      const { account, hasChanged } = await directory.disable(id);
      await revocation.endSessions(id);
      await revocation.endGrants(id);
      await revocation.cutAccount(id);
      if (hasChanged) await record(by, { type: 'account.disabled', account: id });
      return account;
    },

    async enableAccount(by: Actor, id: string) {
      await revocation.accountMayStart(id);
      const { account, hasChanged } = await directory.enable(id);
      if (hasChanged) await record(by, { type: 'account.enabled', account: id });
      return account;
    },

    /** Out of every browser; what applications hold stays. */
    async signOut(by: Actor, id: string) {
      const account = await directory.find(id);
      if (!account) throw new DomainError('not_found', 'account_unknown');
      const sessions = (await domain.sessionRecords.list(id)).length;
      await revocation.endSessions(id);
      await record(by, { type: 'account.signed_out', account: id, details: { sessions } });
      return account;
    },

    /** For support: the owner lost them all. Answers whether there were any. */
    async resetSecondFactors(by: Actor, id: string) {
      const isReset = await domain.factors.reset(id);
      await record(by, { type: 'factor.reset', account: id });
      if (isReset) await domain.secondFactorLetters.tell(id, 'factors_reset');
      return isReset;
    },

    /** The account will be erased; until then its person may keep it, and nothing else may use it. `at` in milliseconds. */
    async scheduleDeletion(by: Actor, id: string, at: number) {
      const account = await directory.scheduleDeletion(id, at);
      await revocation.endGrants(id);
      await revocation.cutAccount(id);
      await record(by, { type: 'account.deletion_scheduled', account: id });
      return account;
    },

    async keepAccount(by: Actor, id: string) {
      const account = await directory.keep(id);
      await record(by, { type: 'account.kept', account: id });
      return account;
    },

    /** Erases an account whose time has come, and what hangs on it. Records stay: they name it by its random id alone. */
    async eraseAccount(by: Actor, id: string): Promise<void> {
      await revocation.endSessions(id);
      await revocation.endGrants(id);
      await revocation.cutAccount(id);
      for (const { clientId } of await keys.lifecycle.allOf(id)) await keys.lifecycle.revoke(clientId, by.actor);
      await domain.consents.forgetAll(id);
      await domain.factors.reset(id);
      await domain.signIns.forget(id);
      await domain.resets.forget(id);
      for (const service of await domain.maintenance.of(id)) await maintaining.removeMaintainer(by, service.id, id);
      if (await directory.erase(id)) await record(by, { type: 'account.erased', account: id });
    },

    async changeProfile(by: Actor, id: string, profile: Profile) {
      const account = await directory.changeProfile(id, profile);
      await record(by, { type: 'account.profile_changed', account: id });
      return account;
    },

    /** Of a role that is held already nothing is recorded: it is as old as it was. */
    async grantRole(by: Actor, id: string, role: string) {
      const { account, hasChanged } = await directory.grantRole(id, role);
      if (hasChanged) await record(by, { type: 'account.role_granted', account: id, details: { role } });
      return account;
    },

    async revokeRole(by: Actor, id: string, role: string) {
      const { account, hasChanged } = await directory.revokeRole(id, role);
      if (hasChanged) await record(by, { type: 'account.role_revoked', account: id, details: { role } });
      return account;
    },

    async createKey(by: Actor, key: NewApiKey) {
      const issued = await keys.issuer.create(key);
      await record(by, { type: 'key.created', account: key.ownerId, client: issued.client_id, scopes: issued.scopes });
      return issued;
    },

    async rotateKey(by: Actor, clientId: string, rotation: Rotation) {
      const issued = await keys.issuer.rotate(clientId, rotation);
      const account = (await keys.lifecycle.find(clientId))?.ownerId;
      await record(by, {
        type: 'key.rotated',
        client: clientId,
        ...(account !== undefined && { account }),
        scopes: issued.scopes,
      });
      return issued;
    },

    /** At once: the key is refused, and introspection calls the tokens that it obtained inactive. Again it is not recorded. */
    async revokeKey(by: Actor, clientId: string, why?: 'leaked') {
      const revoked = await keys.lifecycle.revoke(clientId, by.actor, why);
      await revocation.cutClient(clientId);
      const reason = why && { reason: why };
      const event = { type: 'key.revoked', client: clientId, account: revoked.key.ownerId, ...reason } as const;
      if (revoked.hasEnded) await record(by, event);
      return revoked;
    },

    async disableKey(by: Actor, clientId: string) {
      const { key, hasChanged } = await keys.lifecycle.disable(clientId);
      await revocation.cutClient(clientId);
      if (hasChanged) await record(by, { type: 'key.disabled', client: clientId, account: key.ownerId });
      return key;
    },

    async enableKey(by: Actor, clientId: string) {
      await revocation.clientMayStart(clientId);
      const { key, hasChanged } = await keys.lifecycle.enable(clientId);
      if (hasChanged) await record(by, { type: 'key.enabled', client: clientId, account: key.ownerId });
      return key;
    },

    /** Throws `grant_unknown` (`not_found`). */
    async revokeGrant(by: Actor, grantId: string) {
      const grant = await domain.grants.find(grantId);
      if (!grant) throw new DomainError('not_found', 'grant_unknown', { detail: 'there is no such grant' });
      const { accountId: account, clientId: client } = grant;
      await revocation.revokeGrant(grantId);
      await domain.consents.forget(account, client);
      await record(by, { type: 'grant.revoked', grant: grantId, account, client });
      return grant;
    },

    /** Ends every grant of the account to the client; the next sign-in to it asks for everything again. */
    async endAccess(by: Actor, account: string, client: string): Promise<void> {
      await domain.consents.forget(account, client);
      const given = (await domain.grants.of(account)).filter(({ clientId }) => clientId === client);
      for (const { id } of given) {
        await revocation.revokeGrant(id);
        await record(by, { type: 'grant.revoked', grant: id, account, client });
      }
    },

    /** Gives the client, from its next request on, what the person left out when it asked. */
    async allowScope(by: Actor, account: string, client: string, given: Granted): Promise<void> {
      await domain.consents.remember(account, client, given);
      await record(by, { type: 'consent.allowed', account, client, scopes: scopesOf(given) });
    },

    /** Takes one scope back from the client; the rest of what it may do stays. */
    async withdrawScope(by: Actor, account: string, client: string, scope: string): Promise<void> {
      await domain.consents.withdraw(account, client, scope);
      await record(by, { type: 'consent.withdrawn', account, client, scopes: [scope] });
    },

    /** See `oidc/keys.ts`. Throws `rotation_under_way` (`conflict`). */
    async rotateSigningKeys(by: Actor, algorithms: readonly SigningAlgorithm[], options: { atOnce: boolean }) {
      const rotation = await domain.signingKeys.rotate(algorithms, options);
      const kids = (of: readonly { kid: string }[]) => of.map(({ kid }) => kid).join(' ');
      await record(by, {
        type: 'signing_key.rotated',
        details: {
          kids: kids(rotation.made),
          replaced: kids(rotation.replaced),
          signs_from: new Date(rotation.signsFrom).toISOString(),
          ...(options.atOnce && { at_once: true }),
        },
      });
      return rotation;
    },
    ...createClientActs(domain, record),
    /** Somebody has reviewed it: it stays. */
    async keepHolding(
      by: Actor,
      { kind, account, ref }: { kind: string; account: string; ref: string },
    ): Promise<void> {
      await record(by, { type: 'review.kept', account, details: { kind, ref } });
    },

    /** The token of a one-time link; see `accounts/administrator-link.ts`. */
    async createAdministratorLink(by: Actor) {
      const token = await domain.administratorLink.create();
      await record(by, { type: 'admin_link.created' });
      return token;
    },
  };
}
