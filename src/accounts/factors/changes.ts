// Changes of an account's factors, one compare-and-swap each. `factors.ts` puts together what may be done.
import { DomainError } from '../../lib/errors.ts';
import { type Store, VersionConflict } from '../../storage/port.ts';
import { factorsCollection, type FactorsRecord, hasSecondFactor, NO_FACTORS } from './record.ts';

export type FactorChanges = ReturnType<typeof createFactorChanges>;

export function createFactorChanges({ store, now }: { store: Store; now: () => number }) {
  const records = factorsCollection(store, now);

  async function ensure(accountId: string): Promise<void> {
    if (await records.get(accountId)) return;
    try {
      await records.insert(accountId, NO_FACTORS);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }

  return {
    read: async (accountId: string): Promise<FactorsRecord> => (await records.get(accountId))?.value ?? NO_FACTORS,
    exists: async (accountId: string): Promise<boolean> => (await records.get(accountId)) !== undefined,
    isPasskeyKnown: async (id: string): Promise<boolean> =>
      (await records.list({ index: { name: 'passkey', value: id }, limit: 1 })).items.length > 0,

    /** `decide` is pure and may run again; what it answers last is what happened. No record: nothing is changed. */
    async change<R>(accountId: string, decide: (old: FactorsRecord) => [FactorsRecord | undefined, R]): Promise<R> {
      await ensure(accountId);
      let result: { of: R } | undefined;
      await records.update(accountId, (old) => {
        const [next, answer] = decide(old);
        result = { of: answer };
        return next;
      });
      if (!result) throw new DomainError('conflict', 'version_conflict');
      return result.of;
    },

    delete: (accountId: string): Promise<boolean> => records.delete(accountId),
  };
}

/** Recovery codes go with the last factor. Throws `factor_required` (`conflict`) when one is. */
export function withoutLeftovers(record: FactorsRecord, isRequired: boolean): FactorsRecord {
  if (hasSecondFactor(record)) return record;
  if (isRequired) throw new DomainError('conflict', 'factor_required');
  return { ...record, recoveryCodes: [] };
}

/** The members that have a value. */
export const within = <T extends Record<string, string | undefined>>(members: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
