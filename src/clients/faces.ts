// A client as JSON for `/api/v1/clients` and the command line. Secrets are told apart by id and age; nothing of them is shown.
import { moment } from '../lib/moment.ts';
import type { RosterEntry } from './roster.ts';

/** What came of the client, as far as grants and records tell. */
export interface ClientUse {
  grants: number;
  /** Who has given it something. */
  people: number;
  /** Milliseconds since the epoch, when it last got a token. */
  lastUsedAt?: number;
}

export function clientJson(entry: RosterEntry, use?: ClientUse) {
  const { clientId, managedBy, place, state, problems, settings, isConfidential, stored } = entry;
  const judged = {
    client_id: clientId,
    managed_by: managedBy,
    ...(place !== undefined && { managed_at: place }),
    state,
    ...(problems.length > 0 && { problems }),
    confidential: isConfidential,
  };
  return {
    ...judged,
    ...settings,
    // Settings in the store may say anything.
    ...judged,
    ...(stored && historyOf(stored)),
    ...(use && {
      grants_given: use.grants,
      people: use.people,
      ...(use.lastUsedAt !== undefined && { last_used_at: moment(use.lastUsedAt) }),
    }),
  };
}

function historyOf({ secrets, createdAt, createdBy, changedAt, changedBy, disabled, expiresAt }: Stored) {
  return {
    secrets: secrets.map((secret) => ({
      id: secret.id,
      created_at: moment(secret.createdAt),
      created_by: secret.createdBy,
    })),
    created_at: moment(createdAt),
    created_by: createdBy,
    changed_at: moment(changedAt),
    changed_by: changedBy,
    ...(disabled && { disabled_at: moment(disabled.at), disabled_by: disabled.by }),
    ...(expiresAt !== undefined && { expires_at: moment(expiresAt) }),
  };
}

type Stored = NonNullable<RosterEntry['stored']>;
