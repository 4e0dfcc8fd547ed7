// Names and addresses that another account has.
import { DomainError } from '../lib/errors.ts';
import { UniqueConflict } from '../storage/port.ts';

export const accountExists = (index: string, cause: unknown): DomainError =>
  new DomainError('conflict', 'account_exists', { cause, detail: `an account with this ${index} exists` });

/** Throws `account_exists` (`conflict`) where the store finds a name or address taken. */
export async function orTaken<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    throw error instanceof UniqueConflict ? accountExists(error.index, error) : error;
  }
}
