// The life of one device authorization as the approving side sees it: a union and pure transitions (RFC 8628 §3.3).
// pending → scanned → (confirming →) approved | denied; expired from any of the first three; approved → redeemed at the
// token endpoint. Only the account that scanned may answer. Stored by compare-and-set in `oidc/device-codes.ts`.
import { DomainError } from '../lib/errors.ts';

/** What a person must still carry from one screen to the other; `check.ts` says when and what. */
export type Check = DigitsCheck | { kind: 'user_code'; misses: number };

export interface DigitsCheck {
  kind: 'digits';
  /** Of it and the server's secret the digits are made: the store alone tells nobody what they are. */
  salt: string;
  misses: number;
}

export type Transaction =
  | { state: 'pending' }
  | ({ state: 'scanned' } & Claim)
  | ({ state: 'confirming'; check: DigitsCheck } & Approved & Omit<Claim, 'check'>)
  | { state: 'approved'; accountId: string }
  | { state: 'denied'; accountId: string; reason: 'person' | 'check' };

/** Whose the code is from the scan on. */
export interface Claim {
  accountId: string;
  /** Digest of what the person was shown to give; approval of anything else is refused. */
  offer: string;
  check?: Check;
}

/** The person's yes, kept until the digits have arrived. */
export interface Approved {
  accountId: string;
  /** Seconds since the epoch. */
  authTime: number;
  amr: readonly string[];
  /** See `Approver` of `device-authorization.ts`. */
  refused?: readonly string[];
  via?: string;
}

/** What a browser is told; `expired` follows from the clock alone. */
export type PublicState = Transaction['state'] | 'expired';

export interface Now {
  /** Seconds since the epoch. */
  now: number;
  expiresAt: number;
}

type Open = Extract<Transaction, { state: 'pending' | 'scanned' | 'confirming' }>;

/** Wrong so many times, the code ends: two digits would be guessed otherwise. */
const MISSES = 3;

export const publicState = (transaction: Transaction, { now, expiresAt }: Now): PublicState =>
  expiresAt <= now && isOpen(transaction) ? 'expired' : transaction.state;

/** What is still owed before an approval counts. */
export const checkOf = (transaction: Transaction): Check | undefined =>
  'check' in transaction ? transaction.check : undefined;

/** Throws `already_decided`, `code_expired`, `not_yours` where this account can no longer answer. */
export function requireAnswerable(transaction: Transaction, accountId: string, clock: Now): void {
  requireOwn(requireOpen(transaction, clock), accountId);
}

/** Binds the code to the account that scanned it. Again by the same account changes nothing, its check neither. */
export function scan(transaction: Transaction, claim: Claim, clock: Now): Transaction {
  const open = requireOpen(transaction, clock);
  requireOwn(open, claim.accountId);
  return open.state === 'pending' ? { state: 'scanned', ...claim } : open;
}

/** The person's yes while the other screen owes the digits. Where it owes none any more, nothing changes. */
export function hold(transaction: Transaction, approved: Approved, clock: Now): Transaction {
  const open = requireScanned(transaction, clock);
  requireOwn(open, approved.accountId);
  if (open.state === 'confirming' || open.check?.kind !== 'digits') return open;
  const { accountId, authTime, amr, refused, via } = approved;
  const by = { accountId, authTime, amr, ...(refused && { refused }), ...(via !== undefined && { via }) };
  return { state: 'confirming', ...by, offer: open.offer, check: open.check };
}

/** `userCodeTyped`: the person has just typed the right user code. Throws `check_failed` while anything is owed. */
export function approve(
  transaction: Transaction,
  { accountId, userCodeTyped }: { accountId: string; userCodeTyped: boolean },
  clock: Now,
): Transaction {
  const open = requireScanned(transaction, clock);
  requireOwn(open, accountId);
  const isMet = open.check === undefined || (open.check.kind === 'user_code' && userCodeTyped);
  if (!isMet) throw new DomainError('unprocessable', 'check_failed');
  return { state: 'approved', accountId };
}

export function deny(transaction: Transaction, accountId: string, clock: Now): Transaction {
  requireAnswerable(transaction, accountId, clock);
  return { state: 'denied', accountId, reason: 'person' };
}

/** A wrong answer to the check; the third ends the code. Throws `check_not_due` where none is asked. */
export function miss(transaction: Transaction, clock: Now): Transaction {
  const { open, check } = requireCheck(transaction, clock);
  const misses = check.misses + 1;
  if (misses >= MISSES) return { state: 'denied', accountId: open.accountId, reason: 'check' };
  return { ...open, check: { ...check, misses } } as Transaction;
}

/** The right digits before the person's yes, which then needs nothing more. After it, `complete` takes them. */
export function pass(transaction: Transaction, clock: Now): Transaction {
  const { open } = requireDigits(transaction, clock);
  if (open.state === 'confirming') return open;
  const { check: _met, ...claim } = open;
  return claim;
}

/** The right digits after the person's yes. */
export function complete(transaction: Transaction, clock: Now): Transaction {
  const { open } = requireDigits(transaction, clock);
  if (open.state !== 'confirming') throw notDue();
  return { state: 'approved', accountId: open.accountId };
}

/** The digits that are owed, by whom the code belongs to. Throws `check_not_due` where none are. */
export function requireDigits(transaction: Transaction, clock: Now) {
  const { open, check } = requireCheck(transaction, clock);
  if (check.kind !== 'digits') throw notDue();
  return { open, check };
}

function requireCheck(transaction: Transaction, clock: Now) {
  const open = requireOpen(transaction, clock);
  if (open.state === 'pending' || open.check === undefined) throw notDue();
  return { open, check: open.check };
}

function requireScanned(transaction: Transaction, clock: Now): Exclude<Open, { state: 'pending' }> {
  const open = requireOpen(transaction, clock);
  if (open.state === 'pending') throw new DomainError('conflict', 'not_scanned');
  return open;
}

function requireOpen(transaction: Transaction, { now, expiresAt }: Now): Open {
  if (!isOpen(transaction)) throw new DomainError('conflict', 'already_decided');
  if (expiresAt <= now) throw new DomainError('expired', 'code_expired');
  return transaction;
}

function requireOwn(transaction: Open, accountId: string): void {
  if (transaction.state !== 'pending' && transaction.accountId !== accountId) {
    throw new DomainError('forbidden', 'not_yours');
  }
}

const isOpen = (transaction: Transaction): transaction is Open =>
  transaction.state !== 'approved' && transaction.state !== 'denied';

const notDue = (): DomainError =>
  new DomainError('conflict', 'check_not_due', { detail: 'Nothing is to be checked at this moment' });
