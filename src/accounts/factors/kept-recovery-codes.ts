// The recovery codes of an account, as hashes. How they are made and found is in `recovery-codes.ts`.
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import { type FactorChanges, within } from './changes.ts';
import { hasSecondFactor } from './record.ts';
import { hashRecoveryCode, indexOfRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';

export interface KeptRecoveryCodesDeps {
  changes: FactorChanges;
  clock: Clock;
  peppers: () => readonly [string, ...string[]];
}

export function keptRecoveryCodes({ changes, clock, peppers }: KeptRecoveryCodesDeps) {
  const { change } = changes;

  return {
    /** Ten new codes, shown this once; those before end. Throws `factor_missing` (`conflict`) without a factor. */
    async makeRecoveryCodes(accountId: string, madeIn?: string): Promise<string[]> {
      const codes = newRecoveryCodes();
      const recoveryCodes = codes.map((code) => ({ hash: hashRecoveryCode(code, peppers()[0]) }));
      await change(accountId, (old) => {
        if (!hasSecondFactor(old)) throw new DomainError('conflict', 'factor_missing');
        const { recoveryCodesMadeIn: _, ...rest } = old;
        return [{ ...rest, recoveryCodes, ...within({ recoveryCodesMadeIn: madeIn }) }, undefined];
      });
      return codes;
    },
    useRecoveryCode: (accountId: string, code: string): Promise<'used' | 'replayed' | 'wrong'> =>
      change(accountId, (old) => {
        const hashes = old.recoveryCodes.map(({ hash }) => hash);
        const index = indexOfRecoveryCode(code, hashes, peppers());
        const found = old.recoveryCodes[index];
        if (!found) return [undefined, 'wrong'];
        if (found.usedAt !== undefined) return [undefined, 'replayed'];
        const recoveryCodes = old.recoveryCodes.with(index, { ...found, usedAt: clock.now() });
        return [{ ...old, recoveryCodes }, 'used'];
      }),
  };
}
