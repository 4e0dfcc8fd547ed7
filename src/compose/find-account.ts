// The account that somebody means by an id, an e-mail address, a user name or a service name.
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';

export const findAccount = async (
  directory: Pick<Directory, 'find' | 'findByLogin'>,
  reference: string,
): Promise<Account | undefined> => (await directory.find(reference)) ?? directory.findByLogin(reference);
