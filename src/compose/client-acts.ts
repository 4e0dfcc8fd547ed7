// Acts of administration on clients that no file manages; a part of `administration.ts`. Records say what was before and after,
// and nothing of a secret.
import type { NewInitialToken } from '../clients/registration/initial-tokens.ts';
import { type Allow, hashesOf, type NewClient, type Settings } from '../clients/stored-clients.ts';
import type { AuditEvent } from '../audit/event.ts';
import { type FieldChange, fieldChanges } from '../config/compare.ts';
import type { Actor } from './actor.ts';
import type { Domain } from './domain.ts';
import { detailsOf } from './field-details.ts';

type Recorder = (by: Actor, event: Omit<AuditEvent, 'actor' | 'outcome'>) => Promise<void>;

export function createClientActs({ clients, revocation }: Pick<Domain, 'clients' | 'revocation'>, record: Recorder) {
  const { stored, initialTokens } = clients;

  /** Whatever stands on it: sign-ins, refresh tokens, access tokens issued until now. */
  async function endAll(id: string): Promise<void> {
    await revocation.endGrantsTo(id);
    await revocation.cutClient(id);
  }

  async function recordFields(by: Actor, type: AuditEvent['type'], client: string, fields: readonly FieldChange[]) {
    for (const details of detailsOf(fields)) await record(by, { type, client, details });
  }

  return {
    async createClient(by: Actor, client: Omit<NewClient, 'by'>) {
      const made = await stored.create({ ...client, by: by.actor });
      const type = client.registered ? 'client.registered' : 'client.created';
      await recordFields(by, type, made.client.id, fieldChanges(undefined, made.client.settings));
      return made;
    },

    /** Settings that are absent stay; `null` takes one away. What changes nothing is not recorded. */
    async changeClient(by: Actor, id: string, settings: Settings, allow?: Allow) {
      const { client, before } = await stored.change(id, settings, by.actor, allow);
      const changes = fieldChanges(before, client.settings);
      if (changes.length > 0) await recordFields(by, 'client.changed', id, changes);
      return client;
    },

    /** With `replace` the former secrets end at once. */
    async addClientSecret(by: Actor, id: string, options: { replace?: boolean } = {}) {
      const made = await stored.addSecret(id, by.actor, options);
      const secrets = hashesOf(made.client.secrets).length;
      await record(by, {
        type: 'client.secret_added',
        client: id,
        details: { secrets, replaced: options.replace ?? false },
      });
      return made;
    },

    async removeClientSecret(by: Actor, id: string, secretId: string) {
      const client = await stored.removeSecret(id, secretId, by.actor);
      await record(by, { type: 'client.secret_removed', client: id, details: { secrets: client.secrets.length } });
      return client;
    },

    /** At once: the client is refused, and everything that was issued to it has ended. */
    async disableClient(by: Actor, id: string, why?: 'deleted', allow?: Allow) {
      const client = await stored.disable(id, by.actor, why, allow);
      await endAll(id);
      await record(by, { type: 'client.disabled', client: id, ...(why && { reason: why }) });
      return client;
    },

    /** People sign in to it anew: what a request that was under way may have issued since it was disabled ends too. */
    async enableClient(by: Actor, id: string) {
      await endAll(id);
      await revocation.clientMayStart(id);
      const client = await stored.enable(id, by.actor);
      await record(by, { type: 'client.enabled', client: id });
      return client;
    },

    async createRegistrationToken(by: Actor, token: Omit<NewInitialToken, 'by'>) {
      const made = await initialTokens.create({ ...token, by: by.actor });
      const { id, uses } = made.record;
      await record(by, { type: 'client.registration_token_created', details: { token: id, uses } });
      return made;
    },

    async revokeRegistrationToken(by: Actor, id: string) {
      const token = await initialTokens.revoke(id, by.actor);
      await record(by, { type: 'client.registration_token_revoked', details: { token: id } });
      return token;
    },
  };
}
