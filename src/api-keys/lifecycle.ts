// Finding, listing and ending API keys. Who may do so is for the caller to decide, and so is recording it; tokens that a
// revoked key obtained are cut off where tokens are kept.
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Page } from '../storage/port.ts';
import { apiKeyOf, stateOf, type ApiKey, type ApiKeyRecord, type ApiKeys } from './api-key.ts';

export interface ApiKeyQuery {
  ownerId?: string;
  after?: string;
  limit: number;
}

export interface Switched {
  key: ApiKey;
  /** False where it was so already. */
  hasChanged: boolean;
}

export interface Revoked {
  key: ApiKey;
  /** By this call: of several at once one ends it, which then is recorded and told. */
  hasEnded: boolean;
}

/** Changes throw `key_unknown` (`not_found`). */
export interface Lifecycle {
  find(clientId: string): Promise<ApiKey | undefined>;
  list(query: ApiKeyQuery): Promise<Page<ApiKey>>;
  allOf(ownerId: string): Promise<ApiKey[]>;
  /** Of all owners, those that can be used now. */
  inUse(): AsyncGenerator<ApiKey>;
  /** Ends the key for good; again it changes nothing. `by` is an account id, or a name for the operator. */
  revoke(clientId: string, by: string, why?: 'leaked'): Promise<Revoked>;
  /** Refuses the key until `enable`. Throws `key_revoked` (`conflict`), as `enable` does. */
  disable(clientId: string): Promise<Switched>;
  enable(clientId: string): Promise<Switched>;
}

export function createLifecycle({ keys, clock }: { keys: ApiKeys; clock: Clock }): Lifecycle {
  async function change(clientId: string, next: (old: ApiKeyRecord) => ApiKeyRecord | undefined): Promise<ApiKey> {
    const stored = await keys.update(clientId, next);
    if (!stored) throw new DomainError('not_found', 'key_unknown');
    return apiKeyOf(stored);
  }

  async function setStatus(clientId: string, status: 'active' | 'disabled'): Promise<Switched> {
    let hasChanged = false;
    const key = await change(clientId, (old) => {
      if (old.status === 'revoked') throw new DomainError('conflict', 'key_revoked');
      hasChanged = old.status !== status;
      return hasChanged ? { ...old, status } : undefined;
    });
    return { key, hasChanged };
  }

  async function list({ ownerId, ...query }: ApiKeyQuery): Promise<Page<ApiKey>> {
    const index = ownerId === undefined ? {} : { index: { name: 'owner', value: ownerId } };
    const page = await keys.list({ ...query, ...index });
    return { ...page, items: page.items.map(apiKeyOf) };
  }

  return {
    list,
    allOf: (ownerId) => gather(everyItem((range) => list({ ownerId, ...range }))),
    async *inUse() {
      const index = { name: 'status', value: 'active' };
      for await (const stored of everyItem((range) => keys.list({ index, ...range }))) {
        if (stateOf(stored.value, clock.now()) === 'active') yield apiKeyOf(stored);
      }
    },
    async find(clientId) {
      const stored = await keys.get(clientId);
      return stored && apiKeyOf(stored);
    },
    async revoke(clientId, by, why) {
      let hasEnded = false;
      const key = await change(clientId, (old) => {
        hasEnded = old.status !== 'revoked';
        const because = why && { revokedFor: why };
        return hasEnded ? { ...old, status: 'revoked', revokedAt: clock.now(), revokedBy: by, ...because } : undefined;
      });
      return { key, hasEnded };
    },
    disable: (clientId) => setStatus(clientId, 'disabled'),
    enable: (clientId) => setStatus(clientId, 'active'),
  };
}
