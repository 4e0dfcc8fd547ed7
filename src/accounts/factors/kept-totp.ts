// The authenticator application of an account: its sealed secret, and the time step that was used last. Codes are in `totp.ts`.
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { type FactorChanges, within, withoutLeftovers } from './changes.ts';
import { newTotpSecret, stepOfCode } from './totp.ts';

/** A secret shown longer ago is no longer taken. */
const ENROLMENT_MS = 15 * 60 * 1000;

export function keptTotp({ changes, clock, sealer }: { changes: FactorChanges; clock: Clock; sealer: Sealer }) {
  const { change, read } = changes;

  const open = async (sealed: string): Promise<string> => {
    const secret = await sealer.open(sealed);
    if (secret !== undefined) return secret;
    throw new DomainError('unavailable', 'key_encryption_key_missing', { detail: 'a TOTP secret cannot be opened' });
  };

  return {
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
  };
}
