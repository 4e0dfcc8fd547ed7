// One account with what it may do now and what is open in its name, as `account show` and `/api/v1/accounts/<id>` tell it.
import type { Account } from '../accounts/account.ts';
import { accountJson } from '../accounts/account-json.ts';
import type { Domain } from './domain.ts';

export type AccountDetailsDeps = Pick<Domain, 'scopesOfAccount' | 'factors' | 'sessionRecords' | 'roles'>;

/** Roles and scopes as after a sign-in with a second factor. */
export async function accountDetails(domain: AccountDetailsDeps, account: Account) {
  const scopes = [...(await domain.scopesOfAccount(account.id, ['mfa']))];
  const { passkeys, totp } = await domain.factors.find(account.id);
  const sessions = await domain.sessionRecords.list(account.id);
  return {
    ...accountJson(account),
    roles_in_force: domain.roles(account),
    scopes,
    second_factors: [...passkeys.map(() => 'passkey'), ...(totp ? ['totp'] : [])],
    sessions: sessions.length,
  };
}
