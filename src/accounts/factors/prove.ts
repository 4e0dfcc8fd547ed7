// A second factor presented: limits, the check, and which RFC 8176 methods it proves. The answer to the visitor is the same
// for every refusal; the reason is for the record.
import type { Config } from '../../config/config.ts';
import { isDomainError } from '../../lib/errors.ts';
import type { AttemptLimiter } from '../login.ts';
import type { Factors } from './factors.ts';
import type { Passkeys, Purpose } from './passkeys.ts';
import type { PasskeyRecord } from './record.ts';

export type Presented =
  | { kind: 'totp'; code: string }
  | { kind: 'recovery_code'; code: string }
  | { kind: 'passkey'; response: string; ticket: string; purpose: Purpose };

export type Proof =
  | { kind: 'proved'; method: Presented['kind']; amr: readonly string[]; accountId: string }
  /** `accountId`: whose factor was claimed, as far as that is known. */
  | { kind: 'refused'; reason: string; accountId?: string };

export interface ProveDeps {
  factors: Pick<Factors, 'useTotp' | 'useRecoveryCode' | 'usePasskey' | 'passkeysOf'>;
  passkeys: Pick<Passkeys, 'readAssertion'>;
  limiter: AttemptLimiter;
  addressKey: (address: string) => string;
  limits: () => Config['limits']['second_factor'];
}

/**
 * Without an account the passkey says whose it is. Throws `second_factor_throttled` (`throttled`).
 */
export type Prove = (presented: Presented, from: { accountId?: string; address: string }) => Promise<Proof>;

const WINDOW_MS = 15 * 60 * 1000;

export function createProve({ factors, passkeys, limiter, addressKey, limits }: ProveDeps): Prove {
  // Who gets here knows the password, or holds a passkey: a stranger cannot use up the owner's attempts.
  async function countAttempt(accountId: string | undefined, address: string): Promise<void> {
    const { per_account, per_address } = limits();
    const account = accountId === undefined ? [] : [{ key: `account:${accountId}`, limit: per_account }];
    await limiter.check('second_factor', [...account, { key: addressKey(address), limit: per_address }], WINDOW_MS);
  }

  async function byPasskey(presented: Presented & { kind: 'passkey' }, expected: string | undefined): Promise<Proof> {
    const { purpose, ticket, response } = presented;
    const assertion = await passkeys.readAssertion(purpose, ticket, response);
    const accountId = expected ?? assertion.userHandle;
    if (accountId === undefined) return { kind: 'refused', reason: 'passkey_names_nobody' };
    // WebAuthn §7.2 step 6: the credential must be one of this account's, whatever the authenticator says.
    const passkey = (await factors.passkeysOf(accountId)).find(({ id }) => id === assertion.credentialId);
    if (!passkey || (assertion.userHandle ?? accountId) !== accountId) {
      return { kind: 'refused', reason: 'passkey_unknown', ...(expected !== undefined && { accountId: expected }) };
    }
    const use = await factors.usePasskey(accountId, passkey.id, await assertion.verify(passkey));
    if (use !== 'used') return { kind: 'refused', reason: `passkey_${use}`, accountId };
    return { kind: 'proved', method: 'passkey', amr: amrOfPasskey(passkey), accountId };
  }

  async function byCode(presented: Presented & { code: string }, accountId: string): Promise<Proof> {
    const { kind, code } = presented;
    const use = await (kind === 'totp' ? factors.useTotp(accountId, code) : factors.useRecoveryCode(accountId, code));
    if (use !== 'used') return { kind: 'refused', reason: `${kind}_${use}`, accountId };
    return { kind: 'proved', method: kind, amr: ['otp', 'mfa'], accountId };
  }

  return async (presented, { accountId, address }) => {
    await countAttempt(accountId, address);
    try {
      if (presented.kind === 'passkey') return await byPasskey(presented, accountId);
      return accountId === undefined
        ? { kind: 'refused', reason: 'account_missing' }
        : await byCode(presented, accountId);
    } catch (error) {
      if (!isDomainError(error, 'forbidden') && !isDomainError(error, 'expired')) throw error;
      return { kind: 'refused', reason: error.code, ...(accountId !== undefined && { accountId }) };
    }
  };
}

/**
 * RFC 8176 §2: possession of a key, in hardware where it cannot be copied to other devices, and a person verified by the
 * authenticator. Two factors in one.
 */
const amrOfPasskey = ({ isSynced }: PasskeyRecord): string[] => [isSynced ? 'swk' : 'hwk', 'user', 'mfa'];
