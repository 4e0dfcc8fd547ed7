// The second factors of accounts: added, used, taken away. Every change is one compare-and-swap of the account's record, so
// a code or counter that is used twice at once counts once. Ceremonies are in `passkeys.ts`; who may try, in `prove.ts`.
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { type Store, VersionConflict } from '../../storage/port.ts';
import {
  factorsCollection,
  type FactorsRecord,
  hasSecondFactor,
  NO_FACTORS,
  type PasskeyRecord,
  withoutAddedIn,
} from './record.ts';
import { hashRecoveryCode, indexOfRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import { newTotpSecret, stepOfCode } from './totp.ts';

/** A secret shown longer ago is no longer taken. */
const ENROLMENT_MS = 15 * 60 * 1000;
const MAX_PASSKEYS = 20;
const MAX_NAME = 60;

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

export type NewPasskey = Omit<PasskeyRecord, 'createdAt' | 'lastUsedAt' | 'addedIn'>;

export interface Use {
  /** As the authenticator counts. */
  counter: number;
  isBackedUp: boolean;
}

export type Factors = ReturnType<typeof createFactors>;

export function createFactors({ store, clock, sealer, peppers }: FactorsDeps) {
  const records = factorsCollection(store, () => clock.now());

  const read = async (accountId: string): Promise<FactorsRecord> => (await records.get(accountId))?.value ?? NO_FACTORS;

  /** `change` is pure and may run again; what it answers last is what happened. */
  async function change<R>(
    accountId: string,
    decide: (old: FactorsRecord) => [FactorsRecord | undefined, R],
  ): Promise<R> {
    await ensure(accountId);
    let result: { of: R } | undefined;
    await records.update(accountId, (old) => {
      const [next, answer] = decide(old);
      result = { of: answer };
      return next;
    });
    if (!result) throw new DomainError('conflict', 'version_conflict');
    return result.of;
  }

  async function ensure(accountId: string): Promise<void> {
    if (await records.get(accountId)) return;
    try {
      await records.insert(accountId, NO_FACTORS);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }

  const open = async (sealed: string): Promise<string> => {
    const secret = await sealer.open(sealed);
    if (secret !== undefined) return secret;
    throw new DomainError('unavailable', 'key_encryption_key_missing', { detail: 'a TOTP secret cannot be opened' });
  };

  return {
    async find(accountId: string): Promise<FactorsFace> {
      return faceOf(await read(accountId));
    },
    /** With the keys: for the ceremonies. */
    passkeysOf: async (accountId: string): Promise<readonly PasskeyRecord[]> => (await read(accountId)).passkeys,
    has: async (accountId: string): Promise<boolean> => hasSecondFactor(await read(accountId)),

    /** A credential belongs to one account. Throws `passkey_known` (`conflict`), `passkeys_too_many` (`conflict`). */
    async addPasskey(accountId: string, passkey: NewPasskey, addedIn?: string): Promise<void> {
      const { items } = await records.list({ index: { name: 'passkey', value: passkey.id }, limit: 1 });
      if (items.length > 0) throw new DomainError('conflict', 'passkey_known');
      await change(accountId, (old) => {
        if (old.passkeys.some(({ id }) => id === passkey.id)) throw new DomainError('conflict', 'passkey_known');
        if (old.passkeys.length >= MAX_PASSKEYS) throw new DomainError('conflict', 'passkeys_too_many');
        const added = { ...passkey, name: parseName(passkey.name), createdAt: clock.now(), ...within({ addedIn }) };
        return [{ ...old, passkeys: [...old.passkeys, added] }, undefined];
      });
    },
    /** Throws `passkey_unknown` (`not_found`). */
    renamePasskey: (accountId: string, id: string, name: string): Promise<void> =>
      change(accountId, (old) => {
        requirePasskey(old, id);
        const renamed = old.passkeys.map((one) => (one.id === id ? { ...one, name: parseName(name) } : one));
        return [{ ...old, passkeys: renamed }, undefined];
      }),
    /**
     * Throws `passkey_unknown` (`not_found`), and `factor_required` (`conflict`) for the last factor when `isRequired`. With
     * the last factor the recovery codes go too.
     */
    removePasskey: (accountId: string, id: string, { isRequired }: { isRequired: boolean }): Promise<PasskeyRecord> =>
      change(accountId, (old) => {
        const passkey = requirePasskey(old, id);
        const rest = { ...old, passkeys: old.passkeys.filter((one) => one.id !== id) };
        return [withoutLeftovers(rest, isRequired), passkey];
      }),
    /** Whether the use counts: a counter that does not rise belongs to a copy of the key (WebAuthn §6.1.1). */
    usePasskey: (
      accountId: string,
      id: string,
      { counter, isBackedUp }: Use,
    ): Promise<'used' | 'regressed' | 'unknown'> =>
      change(accountId, (old) => {
        const passkey = old.passkeys.find((one) => one.id === id);
        if (!passkey) return [undefined, 'unknown'];
        if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) return [undefined, 'regressed'];
        const used = { ...passkey, counter, isBackedUp, lastUsedAt: clock.now() };
        return [{ ...old, passkeys: old.passkeys.map((one) => (one.id === id ? used : one)) }, 'used'];
      }),

    /** A new secret; no factor before `confirmTotp`. Throws `totp_exists` (`conflict`). */
    async beginTotp(accountId: string): Promise<void> {
      const pendingTotp = { secret: await sealer.seal(newTotpSecret()), createdAt: clock.now() };
      await change(accountId, (old) => {
        if (old.totp) throw new DomainError('conflict', 'totp_exists');
        return [{ ...old, pendingTotp }, undefined];
      });
    },
    /** The secret to show, while it can be confirmed. */
    async pendingTotp(accountId: string): Promise<string | undefined> {
      const { pendingTotp } = await read(accountId);
      return pendingTotp && clock.now() - pendingTotp.createdAt < ENROLMENT_MS ? open(pendingTotp.secret) : undefined;
    },
    /** Whether the code proves that the application holds the secret. Throws `totp_enrolment_expired` (`expired`). */
    async confirmTotp(accountId: string, code: string, addedIn?: string): Promise<boolean> {
      const { pendingTotp } = await read(accountId);
      if (!pendingTotp || clock.now() - pendingTotp.createdAt >= ENROLMENT_MS) {
        throw new DomainError('expired', 'totp_enrolment_expired');
      }
      const step = stepOfCode(await open(pendingTotp.secret), code, clock.now());
      if (step === undefined) return false;
      return change(accountId, (old) => {
        if (old.pendingTotp?.secret !== pendingTotp.secret || old.totp) return [undefined, false];
        const { pendingTotp: _, ...rest } = old;
        const { secret } = pendingTotp;
        const totp = { secret, createdAt: clock.now(), lastStep: step, ...within({ addedIn }) };
        return [{ ...rest, totp }, true];
      });
    },
    /** As `removePasskey`; answers whether there was one. */
    removeTotp: (accountId: string, { isRequired }: { isRequired: boolean }): Promise<boolean> =>
      change(accountId, (old) => {
        const { totp, ...rest } = old;
        return totp ? [withoutLeftovers(rest, isRequired), true] : [undefined, false];
      }),
    /** `replayed`: right, but its time step was taken before. */
    async useTotp(accountId: string, code: string): Promise<'used' | 'replayed' | 'wrong'> {
      const { totp } = await read(accountId);
      const step = totp && stepOfCode(await open(totp.secret), code, clock.now());
      if (!totp || step === undefined) return 'wrong';
      return change(accountId, (old) => {
        if (old.totp?.secret !== totp.secret) return [undefined, 'wrong'];
        if (step <= old.totp.lastStep) return [undefined, 'replayed'];
        return [{ ...old, totp: { ...old.totp, lastStep: step, lastUsedAt: clock.now() } }, 'used'];
      });
    },

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

    /** Takes away what was added in sessions that were not the person's. Answers whether there was anything. */
    removeAddedIn: async (accountId: string, sessions: readonly string[]): Promise<boolean> => {
      if (!(await records.get(accountId))) return false;
      return change(accountId, (old) => {
        const rest = withoutAddedIn(old, sessions);
        const isLess = JSON.stringify(rest) !== JSON.stringify(old);
        return [isLess ? withoutLeftovers(rest, false) : undefined, isLess];
      });
    },

    /** For support, when all is lost: the password alone signs in again. Answers whether there was anything. */
    reset: (accountId: string): Promise<boolean> => records.delete(accountId),
  };
}

/** The members that have a value. */
const within = <T extends Record<string, string | undefined>>(members: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

function requirePasskey({ passkeys }: FactorsRecord, id: string): PasskeyRecord {
  const found = passkeys.find((one) => one.id === id);
  if (!found) throw new DomainError('not_found', 'passkey_unknown');
  return found;
}

function withoutLeftovers(record: FactorsRecord, isRequired: boolean): FactorsRecord {
  if (hasSecondFactor(record)) return record;
  if (isRequired) throw new DomainError('conflict', 'factor_required');
  return { ...record, recoveryCodes: [] };
}

const parseName = (text: string): string =>
  Array.from(
    text
      .normalize('NFKC')
      .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
      .trim(),
  )
    .slice(0, MAX_NAME)
    .join('') || 'Passkey';

function faceOf({ passkeys, totp, recoveryCodes }: FactorsRecord): FactorsFace {
  return {
    passkeys: passkeys.map(({ publicKey: _key, counter: _counter, addedIn: _in, ...shown }) => shown),
    ...(totp && {
      totp: { createdAt: totp.createdAt, ...(totp.lastUsedAt !== undefined && { lastUsedAt: totp.lastUsedAt }) },
    }),
    recoveryCodesLeft: recoveryCodes.filter(({ usedAt }) => usedAt === undefined).length,
  };
}
