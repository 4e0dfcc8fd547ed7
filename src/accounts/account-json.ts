// An account as the command line and `/api/v1/accounts` show it.
import { moment } from '../lib/moment.ts';
import type { Account } from './account.ts';

/** `roles` are those granted explicitly. */
export const accountJson = (account: Account) => {
  const { id, kind, email, username, name, status, roles, maintainers, createdAt, deletionAt } = account;
  return {
    account_id: id,
    kind,
    ...(email !== undefined && { email }),
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
    status,
    active: status === 'active',
    roles,
    maintainers,
    created_at: moment(createdAt),
    ...(deletionAt !== undefined && { deletion_at: moment(deletionAt) }),
  };
};

export type AccountJson = ReturnType<typeof accountJson>;
