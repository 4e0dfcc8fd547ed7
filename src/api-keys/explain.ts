// Why a key is refused, as a sentence for the developer who holds it. Told only to who presented one of its secrets; pages have
// words of their own.
import { moment } from '../lib/moment.ts';
import type { ApiKeyRecord } from './api-key.ts';

export type RefusalReason =
  /** A secret that a rotation replaced, after its overlap. */
  'replaced' | 'expired' | 'disabled' | 'revoked' | 'owner_inactive' | 'address_not_allowed';

/** Who ended the key, without naming anybody. */
export type Revoker = 'owner' | 'leak_report' | 'other';

export function revokerOf({ ownerId, revokedBy, revokedFor }: RevokedKey): Revoker {
  if (revokedFor === 'leaked') return 'leak_report';
  return revokedBy === ownerId ? 'owner' : 'other';
}

type RevokedKey = Pick<ApiKeyRecord, 'ownerId' | 'revokedBy' | 'revokedFor' | 'revokedAt'>;

const BY: Record<Revoker, string> = {
  owner: ' by its owner',
  leak_report: ' because it was reported as leaked',
  other: ' by an administrator or maintainer',
};

/** In the characters that RFC 6749 §5.2 allows in `error_description`. */
export function describeRefusal(reason: RefusalReason, key: RevokedKey & Pick<ApiKeyRecord, 'expiresAt'>): string {
  switch (reason) {
    case 'replaced':
      return 'this secret of the API key was replaced by a rotation; use the new one';
    case 'expired':
      return `this API key expired on ${moment(key.expiresAt)}; make a new one`;
    case 'disabled':
      return 'this API key is disabled; ask an administrator';
    case 'revoked':
      return `this API key was revoked on ${moment(key.revokedAt ?? 0)}${BY[revokerOf(key)]}`;
    case 'owner_inactive':
      return 'the account that owns this API key is not active';
    case 'address_not_allowed':
      return 'this API key may not be used from this network address';
  }
}
