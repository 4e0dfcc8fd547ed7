// The life of one device authorization as the approving side sees it: a union and pure transitions (RFC 8628 §3.3).
// pending → scanned → approved | denied; expired from any of the first two; approved → redeemed at the token endpoint.
// Only the account that scanned may answer. Changes are stored by compare-and-set in `oidc/device-codes.ts`.
import { DomainError } from '../lib/errors.ts';

export type Transaction =
  | { state: 'pending' }
  | { state: 'scanned'; accountId: string }
  | { state: 'approved'; accountId: string }
  | { state: 'denied'; accountId: string };

/** What a browser is told; `expired` follows from the clock alone. */
export type PublicState = Transaction['state'] | 'expired';

interface Now {
  /** Seconds since the epoch. */
  now: number;
  expiresAt: number;
}

export const publicState = (transaction: Transaction, { now, expiresAt }: Now): PublicState =>
  expiresAt <= now && (transaction.state === 'pending' || transaction.state === 'scanned')
    ? 'expired'
    : transaction.state;

/** Binds the code to the account that scanned it. Again by the same account changes nothing. */
export function scan(transaction: Transaction, accountId: string, clock: Now): Transaction {
  refuseUnlessOpen(transaction, clock);
  if (transaction.state === 'pending') return { state: 'scanned', accountId };
  refuseStranger(transaction, accountId);
  return transaction;
}

/** Scans first where nobody did. Throws `already_decided`, `not_yours`, `code_expired`. */
export const approve = (transaction: Transaction, accountId: string, clock: Now): Transaction =>
  decide(transaction, accountId, clock, 'approved');

export const deny = (transaction: Transaction, accountId: string, clock: Now): Transaction =>
  decide(transaction, accountId, clock, 'denied');

function decide(transaction: Transaction, accountId: string, clock: Now, state: 'approved' | 'denied'): Transaction {
  scan(transaction, accountId, clock);
  return { state, accountId };
}

function refuseUnlessOpen(transaction: Transaction, { now, expiresAt }: Now): void {
  if (transaction.state === 'approved' || transaction.state === 'denied') {
    throw new DomainError('conflict', 'already_decided');
  }
  if (expiresAt <= now) throw new DomainError('expired', 'code_expired');
}

function refuseStranger(transaction: Transaction & { accountId: string }, accountId: string): void {
  if (transaction.accountId !== accountId) throw new DomainError('forbidden', 'not_yours');
}
