// The account record: a person, or a service account that owns API keys and cannot sign in. Identifiers are made in
// `identifier.ts`; `directory.ts` writes it, and `maintenance.ts` what maintainers change.
import { z } from 'zod';
import { defineCollection, type Stored } from '../storage/port.ts';

const accountRecord = z.object({
  kind: z.enum(['person', 'service']),
  /** `pending`: the e-mail address has not been confirmed. */
  status: z.enum(['pending', 'active', 'disabled']),
  /** As `parseEmail` answers it. People have one; service accounts do not. */
  email: z.string().exactOptional(),
  /** As `parseUsername` answers it. Service accounts have one; people may. */
  username: z.string().exactOptional(),
  name: z.string().exactOptional(),
  locale: z.enum(['zh-CN', 'zh-TW', 'en']).exactOptional(),
  /** Granted explicitly; default roles of the configuration come on top for people. */
  roles: z.array(z.string()),
  /** Account ids of the people who look after a service account. */
  maintainers: z.array(z.string()),
  /** Who was asked to look after a service account: as typed, and whose account that turned out to be. */
  invitations: z
    .array(
      z.object({
        login: z.string(),
        accountId: z.string().exactOptional(),
        /** The maintainer who asks. */
        by: z.string(),
        expiresAt: z.number(),
      }),
    )
    .exactOptional(),
  /** Of a disabled service account, when one of its maintainers did it. */
  disabledBy: z.literal('maintainer').exactOptional(),
  /** PHC string of argon2id. */
  passwordHash: z.string().exactOptional(),
  /** Milliseconds since the epoch, like all times in records. */
  createdAt: z.number(),
  updatedAt: z.number(),
  activatedAt: z.number().exactOptional(),
  passwordChangedAt: z.number().exactOptional(),
  /** When it will be erased, at its person's wish; until then it may be kept after all. */
  deletionAt: z.number().exactOptional(),
});

export type AccountRecord = z.infer<typeof accountRecord>;

/** An account without what proves who someone is, so that no page or record can show it by mistake. */
export interface Account extends Omit<AccountRecord, 'passwordHash'> {
  /** Random and immutable: the `sub` of its tokens (OpenID Connect Core §2). */
  id: string;
}

export const accountCollection = defineCollection<AccountRecord>({
  name: 'account',
  schema: accountRecord,
  durable: true,
  listable: true,
  unique: ({ email, username }) => ({
    ...(email !== undefined && { email }),
    ...(username !== undefined && { username }),
  }),
  indexes: ({ kind, status, roles, maintainers, invitations = [], deletionAt }) => ({
    ...(deletionAt !== undefined && { deletion: ['scheduled'] }),
    kind: [kind],
    status: [status],
    role: roles,
    maintainer: maintainers,
    invited: invitations.flatMap(({ accountId }) => (accountId === undefined ? [] : [accountId])),
  }),
  terms: ({ email, username, name }) =>
    [email, username, name, ...(name?.split(/\s+/u).slice(1) ?? [])].filter((term) => term !== undefined),
});

/** What a sign-in by password rests on: with a new password, one that was begun before is worth nothing. */
export const standingOf = ({ passwordChangedAt = 0 }: Pick<Account, 'passwordChangedAt'>): string =>
  String(passwordChangedAt);

/** How people call an account. */
export const nameOf = ({ email, username, id }: Pick<Account, 'email' | 'username' | 'id'>): string =>
  email ?? username ?? id;

/** Of an account, what decides its roles. */
export type AccountRoles = Pick<Account, 'id' | 'kind' | 'roles'>;

/** For counting: reading whole records of a big installation takes twice the time. Never writes. */
export const accountRoles = defineCollection({
  name: 'account',
  schema: accountRecord.pick({ kind: true, roles: true }),
  durable: true,
  listable: true,
});

/** The account of a stored record. */
export function accountOf({ id, value }: Stored<AccountRecord>): Account {
  const { passwordHash: _, ...shown } = value;
  return { id, ...shown };
}

export interface AccountChange {
  account: Account;
  /** False where it was so already. */
  hasChanged: boolean;
}
