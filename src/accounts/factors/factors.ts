// The second factors of accounts: added, used, taken away. Every change is one compare-and-swap of the account's record
// (`changes.ts`), so a code or counter that is used twice at once counts once. Who may try is in `prove.ts`.
import type { Clock } from '../../lib/clock.ts';
import type { Sealer } from '../../lib/sealed.ts';
import type { Store } from '../../storage/port.ts';
import { createFactorChanges, withoutLeftovers } from './changes.ts';
import { keptPasskeys } from './kept-passkeys.ts';
import { keptRecoveryCodes } from './kept-recovery-codes.ts';
import { keptTotp } from './kept-totp.ts';
import { type FactorsRecord, hasSecondFactor, type PasskeyRecord, withoutAddedIn } from './record.ts';

export interface FactorsDeps {
  store: Store;
  clock: Clock;
  /** Of the TOTP secrets. */
  sealer: Sealer;
  peppers: () => readonly [string, ...string[]];
}

/** Without secrets: for pages and commands. */
export interface FactorsFace {
  passkeys: readonly Omit<PasskeyRecord, 'publicKey' | 'counter' | 'addedIn'>[];
  totp?: { createdAt: number; lastUsedAt?: number };
  recoveryCodesLeft: number;
}

export type Factors = ReturnType<typeof createFactors>;

export function createFactors({ store, clock, sealer, peppers }: FactorsDeps) {
  const changes = createFactorChanges({ store, now: () => clock.now() });

  return {
    ...keptPasskeys({ changes, clock }),
    ...keptTotp({ changes, clock, sealer }),
    ...keptRecoveryCodes({ changes, clock, peppers }),

    async find(accountId: string): Promise<FactorsFace> {
      return faceOf(await changes.read(accountId));
    },
    has: async (accountId: string): Promise<boolean> => hasSecondFactor(await changes.read(accountId)),

    /** Takes away what was added in sessions that were not the person's. Answers whether there was anything. */
    removeAddedIn: async (accountId: string, sessions: readonly string[]): Promise<boolean> => {
      if (!(await changes.exists(accountId))) return false;
      return changes.change(accountId, (old) => {
        const rest = withoutAddedIn(old, sessions);
        const isLess = JSON.stringify(rest) !== JSON.stringify(old);
        return [isLess ? withoutLeftovers(rest, false) : undefined, isLess];
      });
    },

    /** For support, when all is lost: the password alone signs in again. Answers whether there was anything. */
    reset: (accountId: string): Promise<boolean> => changes.delete(accountId),
  };
}

function faceOf({ passkeys, totp, recoveryCodes }: FactorsRecord): FactorsFace {
  return {
    passkeys: passkeys.map(({ publicKey: _key, counter: _counter, addedIn: _in, ...shown }) => shown),
    ...(totp && {
      totp: { createdAt: totp.createdAt, ...(totp.lastUsedAt !== undefined && { lastUsedAt: totp.lastUsedAt }) },
    }),
    recoveryCodesLeft: recoveryCodes.filter(({ usedAt }) => usedAt === undefined).length,
  };
}
