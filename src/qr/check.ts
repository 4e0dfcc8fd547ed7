// The check of a QR sign-in (RFC 10027, request-initiation verification): when policy demands that a person carries
// something from one screen to the other, and the two digits that the phone shows. `state.ts` counts wrong answers.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Config } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { derive } from '../lib/hash.ts';
import { randomToken } from '../lib/random.ts';
import type { Check } from './state.ts';

export interface Circumstances {
  policy: Config['qr']['check'];
  /** The browser side said that it can take digits. */
  takesDigits: boolean;
  /** The approver has typed the user code, read from the screen, instead of scanning. */
  userCodeTyped: boolean;
  /** Of the browser that asks. */
  requester: string | undefined;
  /** Of the phone that approves. */
  approver: string;
}

/** Digits go from the phone to the screen, so they prove more than a user code that anybody may have sent along. */
export function checkFor(circumstances: Circumstances): Check['kind'] | undefined {
  const { policy, takesDigits, userCodeTyped, requester, approver } = circumstances;
  if (policy === 'never') return undefined;
  if (policy === 'risk' && requester !== undefined && isSameNetwork(requester, approver)) return undefined;
  if (takesDigits) return 'digits';
  return userCodeTyped ? undefined : 'user_code';
}

/** `10` to `99`, drawn anew with each salt; `id` keeps the digits of one transaction from another. */
export const digitsOf = (pepper: string, id: string, salt: string): string =>
  String(10 + (derive(pepper, 'device-code digits', `${id}\0${salt}`).readUInt32BE() % 90));

/** Within one IPv4 /24 or IPv6 /48: a household, an office. This machine is one network. */
export function isSameNetwork(one: string, other: string): boolean {
  if (LOOPBACK.check(one, familyOf(one)) && LOOPBACK.check(other, familyOf(other))) return true;
  const isOneFamily = (isIPv4(one) && isIPv4(other)) || (isIPv6(one) && isIPv6(other));
  if (!isOneFamily) return false;
  const network = new BlockList();
  network.addSubnet(one, isIPv4(one) ? 24 : 48, familyOf(one));
  return network.check(other, familyOf(other));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export interface WrongAnswer {
  reason: 'wrong_digits' | 'wrong_user_code';
  accountId: string | undefined;
  clientId: string;
  /** It was one too many. */
  isOver: boolean;
}

/** A wrong answer to the check, with what the record of it says. */
export class CheckFailure extends DomainError {
  readonly wrong: WrongAnswer;

  constructor(wrong: WrongAnswer) {
    const detail = wrong.isOver ? 'That was wrong too often; the code has ended' : 'That is not right';
    super('unprocessable', 'check_failed', { detail });
    this.wrong = wrong;
  }
}

/** Nothing missed yet; the digits are those of the salt. */
export function newCheck(kind: Check['kind']): Check {
  return kind === 'digits' ? { kind, salt: randomToken(9), misses: 0 } : { kind, misses: 0 };
}
