// What `/admin/keys` and `/api/v1/account-keys` show: keys of all owners, as far as the filter asks for them.
import type { AdminKeyFace } from '../../views/admin/keys.tsx';
import { nameOf } from '../accounts/account.ts';
import type { KeyFilter } from '../admin/console/keys.ts';
import { type ApiKey, stateOf } from '../api-keys/api-key.ts';
import { keyFace, keyJson } from '../api-keys/faces.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Domain } from './domain.ts';
import { findAccount } from './find-account.ts';

const DAY_MS = 86_400_000;
/** Keys of one page, at least, where there are so many. */
const SHOWN = 25;
const READ_AT_ONCE = 100;
/** Reads of the store for one page; what is rare is then found by going on. */
const MAX_READS = 10;

export interface KeysDeskDeps {
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys'>;
}

export function createKeysDesk({ clock, domain: { directory, keys } }: KeysDeskDeps) {
  function isWanted(key: ApiKey, { state, unused, expiring }: KeyFilter): boolean {
    const now = clock.now();
    const present = stateOf(key, now);
    const usedOrMade = key.lastUsed?.at ?? key.createdAt;
    return (
      (state === undefined || present === state) &&
      (unused === undefined || usedOrMade < now - unused * DAY_MS) &&
      (expiring === undefined || (present === 'active' && key.expiresAt < now + expiring * DAY_MS))
    );
  }

  async function faceOf(key: ApiKey): Promise<AdminKeyFace> {
    const owner = await directory.find(key.ownerId);
    const named = { id: key.ownerId, name: owner ? nameOf(owner) : key.ownerId, isKnown: owner !== undefined };
    return { ...keyFace(key, owner ?? { kind: 'person' }, [], clock.now()), owner: named };
  }

  const jsonOf = async (key: ApiKey) => keyJson(key, await directory.find(key.ownerId), clock.now());

  async function wanted(filter: KeyFilter, from: string | undefined): Promise<{ items: ApiKey[]; next?: string }> {
    const ownerId = filter.owner === undefined ? undefined : (await findAccount(directory, filter.owner))?.id;
    if (filter.owner !== undefined && ownerId === undefined) return { items: [] };
    const items: ApiKey[] = [];
    let after = from;
    for (let reads = 0; reads < MAX_READS && items.length < SHOWN; reads++) {
      const of = { ...(ownerId !== undefined && { ownerId }), ...(after !== undefined && { after }) };
      const page = await keys.lifecycle.list({ ...of, limit: READ_AT_ONCE });
      items.push(...page.items.filter((key) => isWanted(key, filter)));
      after = page.next;
      if (after === undefined) break;
    }
    return { items, ...(after !== undefined && { next: after }) };
  }

  return {
    async list(filter: KeyFilter, from: string | undefined): Promise<{ items: AdminKeyFace[]; next?: string }> {
      const page = await wanted(filter, from);
      return { ...page, items: await Promise.all(page.items.map(faceOf)) };
    },

    /** As `list`, for programs. */
    async listJson(filter: KeyFilter, from: string | undefined): Promise<{ items: object[]; next?: string }> {
      const page = await wanted(filter, from);
      return { ...page, items: await Promise.all(page.items.map(jsonOf)) };
    },

    /** Throws `key_unknown` (`not_found`). */
    async findJson(clientId: string): Promise<object> {
      const key = await keys.lifecycle.find(clientId);
      if (!key) throw new DomainError('not_found', 'key_unknown');
      return jsonOf(key);
    },
  };
}
