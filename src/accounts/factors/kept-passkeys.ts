// Passkeys as an account keeps them. Their ceremonies are in `passkeys.ts`.
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import { type FactorChanges, within, withoutLeftovers } from './changes.ts';
import type { FactorsRecord, PasskeyRecord } from './record.ts';

const MAX_PASSKEYS = 20;
const MAX_NAME = 60;

export type NewPasskey = Omit<PasskeyRecord, 'createdAt' | 'lastUsedAt' | 'addedIn'>;

export interface Use {
  /** As the authenticator counts. */
  counter: number;
  isBackedUp: boolean;
}

export function keptPasskeys({ changes, clock }: { changes: FactorChanges; clock: Clock }) {
  const { change } = changes;

  return {
    /** With the keys: for the ceremonies. */
    passkeysOf: async (accountId: string): Promise<readonly PasskeyRecord[]> =>
      (await changes.read(accountId)).passkeys,

    /** A credential belongs to one account. Throws `passkey_known` (`conflict`), `passkeys_too_many` (`conflict`). */
    async addPasskey(accountId: string, passkey: NewPasskey, addedIn?: string): Promise<void> {
      if (await changes.isPasskeyKnown(passkey.id)) throw new DomainError('conflict', 'passkey_known');
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
  };
}

function requirePasskey({ passkeys }: FactorsRecord, id: string): PasskeyRecord {
  const found = passkeys.find((one) => one.id === id);
  if (!found) throw new DomainError('not_found', 'passkey_unknown');
  return found;
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
