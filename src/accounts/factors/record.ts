// What an account can prove itself with beside its password: one record for all kinds, so that a single compare-and-swap
// decides every race. `factors.ts` is the only writer.
import { z } from 'zod';
import { defineCollection } from '../../storage/port.ts';

const passkeyRecord = z.object({
  /** Credential id as base64url (WebAuthn §5.8.3). */
  id: z.string(),
  /** COSE key as base64url. */
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()),
  /** What its owner calls it. */
  name: z.string(),
  /** May be copied to other devices (backup eligible), so it is not bound to one piece of hardware. */
  isSynced: z.boolean(),
  isBackedUp: z.boolean(),
  /** Uid of the session that it was added in. */
  addedIn: z.string().exactOptional(),
  createdAt: z.number(),
  lastUsedAt: z.number().exactOptional(),
});

const factorsRecord = z.object({
  passkeys: z.array(passkeyRecord),
  totp: z
    .object({
      /** Sealed (contract §2). */
      secret: z.string(),
      createdAt: z.number(),
      /** The last time step whose code was taken: none counts twice (RFC 6238 §5.2). */
      lastStep: z.number(),
      lastUsedAt: z.number().exactOptional(),
      addedIn: z.string().exactOptional(),
    })
    .exactOptional(),
  /** A secret that was shown, and is no factor before a code of it was typed. */
  pendingTotp: z.object({ secret: z.string(), createdAt: z.number() }).exactOptional(),
  recoveryCodes: z.array(z.object({ hash: z.string(), usedAt: z.number().exactOptional() })),
  recoveryCodesMadeIn: z.string().exactOptional(),
});

export type PasskeyRecord = z.infer<typeof passkeyRecord>;
export type FactorsRecord = z.infer<typeof factorsRecord>;

export const NO_FACTORS: FactorsRecord = { passkeys: [], recoveryCodes: [] };

/** Recovery codes help who lost a factor; they are none by themselves. */
export const hasSecondFactor = ({ passkeys, totp }: Pick<FactorsRecord, 'passkeys' | 'totp'>): boolean =>
  passkeys.length > 0 || totp !== undefined;

/** Without what was added in these sessions, recovery codes included. */
export function withoutAddedIn(record: FactorsRecord, sessions: readonly string[]): FactorsRecord {
  const isTheirs = (uid: string | undefined): boolean => uid !== undefined && sessions.includes(uid);
  const { totp, recoveryCodesMadeIn, ...rest } = record;
  return {
    ...rest,
    passkeys: record.passkeys.filter(({ addedIn }) => !isTheirs(addedIn)),
    ...(totp && !isTheirs(totp.addedIn) && { totp }),
    ...(isTheirs(recoveryCodesMadeIn)
      ? { recoveryCodes: [] }
      : recoveryCodesMadeIn !== undefined && { recoveryCodesMadeIn }),
  };
}

/** The id is the account's. */
export const factorsCollection = defineCollection<FactorsRecord>({
  name: 'factors',
  schema: factorsRecord,
  durable: true,
  indexes: ({ passkeys }) => ({ passkey: passkeys.map(({ id }) => id) }),
});
