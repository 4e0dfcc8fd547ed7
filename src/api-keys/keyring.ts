// Whose keys somebody may see and manage: their own, and those of the service accounts that they maintain. One rule for the
// pages and for `/api/v1/keys`; the acts themselves, with their records, are handed in.
import type { Account } from '../accounts/account.ts';
import { DomainError } from '../lib/errors.ts';
import type { ApiKey, FindOwner } from './api-key.ts';
import { type IssuedApiKey, type NewApiKey, requireGrantable, type Rotation } from './issue.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Managing keys, done and recorded in somebody's name. */
export interface KeyActs {
  create(key: NewApiKey): Promise<IssuedApiKey>;
  rotate(clientId: string, rotation: Rotation): Promise<IssuedApiKey>;
  revoke(clientId: string): Promise<unknown>;
}

/** Who manages keys. */
export interface KeyHolder {
  accountId: string;
  /** What their roles grant, signed in as they are: a role that demands a second factor may be without effect. */
  scopes: ReadonlySet<string>;
  acts: KeyActs;
}

export type KeyOwner = Pick<Account, 'id' | 'kind' | 'username' | 'name' | 'email' | 'maintainers'>;

export interface OwnedKey {
  key: ApiKey;
  owner: KeyOwner;
}

export interface KeyringDeps {
  lifecycle: Pick<Lifecycle, 'find' | 'allOf'>;
  findOwner: FindOwner;
  findAccount(id: string): Promise<KeyOwner | undefined>;
  /** Service accounts, all of them. */
  maintainedBy(accountId: string): Promise<readonly KeyOwner[]>;
}

export type Keyring = ReturnType<typeof createKeyring>;

export function createKeyring({ lifecycle, findOwner, findAccount, maintainedBy }: KeyringDeps) {
  /** The person first. */
  async function owners(accountId: string): Promise<KeyOwner[]> {
    const [self, maintained] = await Promise.all([findAccount(accountId), maintainedBy(accountId)]);
    return [...(self ? [self] : []), ...maintained];
  }

  /** Throws `owner_unknown` (`not_found`) for an account that is none of theirs, whether or not it exists. */
  async function requireOwner(accountId: string, ownerId: string): Promise<KeyOwner> {
    const owner = await ownerFor(accountId, ownerId);
    if (!owner) throw new DomainError('not_found', 'owner_unknown');
    return owner;
  }

  /** The account, when its keys are for this person to manage. */
  async function ownerFor(accountId: string, ownerId: string): Promise<KeyOwner | undefined> {
    const owner = await findAccount(ownerId);
    const isMaintained = owner?.kind === 'service' && owner.maintainers.includes(accountId);
    return isMaintained || ownerId === accountId ? owner : undefined;
  }

  /** Throws `key_unknown` (`not_found`) for a key that is none of theirs, whether or not it exists. */
  async function find({ accountId }: Pick<KeyHolder, 'accountId'>, clientId: string): Promise<OwnedKey> {
    const key = await lifecycle.find(clientId);
    const owner = key && (await ownerFor(accountId, key.ownerId));
    if (!key || !owner) throw new DomainError('not_found', 'key_unknown');
    return { key, owner };
  }

  /** What a key of this owner may be given by the holder. A service account's keys go by its own roles. */
  async function grantable({ accountId, scopes }: KeyHolder, ownerId: string): Promise<string[]> {
    const granted = (await findOwner(ownerId))?.scopes ?? [];
    return granted.filter((scope) => ownerId !== accountId || scopes.has(scope));
  }

  return {
    owners,
    requireOwner,
    find,
    grantable,

    /** The newest first. */
    async list({ accountId }: Pick<KeyHolder, 'accountId'>): Promise<OwnedKey[]> {
      const of = await Promise.all(
        (await owners(accountId)).map(async (owner) =>
          (await lifecycle.allOf(owner.id)).map((key): OwnedKey => ({ key, owner })),
        ),
      );
      return of.flat().toSorted((a, b) => b.key.createdAt - a.key.createdAt);
    },

    /** Throws as `issue.ts` does, and `owner_unknown`; without `scopes` all that may be given. */
    async create(holder: KeyHolder, { ownerId = holder.accountId, ...key }: Partial<NewApiKey> & { name: string }) {
      await requireOwner(holder.accountId, ownerId);
      requireGrantable(key.scopes ?? [], await grantable(holder, ownerId));
      const by = ownerId === holder.accountId ? {} : { createdBy: holder.accountId };
      return holder.acts.create({ ...key, ownerId, ...by });
    },

    /** Throws as `issue.ts` does, `key_unknown`, and `second_factor_needed` (`forbidden`). */
    async rotate(holder: KeyHolder, clientId: string, rotation: Rotation): Promise<IssuedApiKey> {
      const { key } = await find(holder, clientId);
      // Its new secret would hand out what this sign-in is too weak for.
      const granted = (await findOwner(key.ownerId))?.scopes ?? [];
      const tooStrong = (scope: string): boolean => granted.includes(scope) && !holder.scopes.has(scope);
      if (key.ownerId === holder.accountId && key.scopes.some(tooStrong)) {
        throw new DomainError('forbidden', 'second_factor_needed', {
          detail: 'a scope of this key comes from a role that demands a second factor',
        });
      }
      return holder.acts.rotate(clientId, rotation);
    },

    /** Throws `key_unknown` (`not_found`). */
    async revoke(holder: KeyHolder, clientId: string): Promise<void> {
      await find(holder, clientId);
      await holder.acts.revoke(clientId);
    },
  };
}
