// The signing keys of a running process: which sign and which are published now. It hears of new ones by message, and looks
// now and then, because a message may be lost.
import { createLocalJWKSet, type JWK } from 'jose';
import type { Clock } from '../lib/clock.ts';
import { nextChange, stageOf } from './key-stages.ts';
import type { SigningKey, SigningKeys } from './keys.ts';

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/** What is right until some key changes its stage; the same object for as long. */
export interface KeySet {
  /** Everything published, by each algorithm what signs now first. */
  privateKeys: JWK[];
  /** Verifies what is alive. */
  verifying: LocalKeys;
  /** Verifies also what retired keys have signed: old ID tokens as hints. */
  hints: LocalKeys;
}

export interface LiveKeysDeps {
  signingKeys: Pick<SigningKeys, 'load' | 'tidy' | 'watch'>;
  clock: Clock;
  /** Seconds between two looks. */
  lookEvery(): number;
  /** A look that failed; what is known stays in use. */
  onError(error: unknown): void;
}

const SIGNING_FIRST = ['signing', 'next', 'retiring'];

export type LiveKeys = Awaited<ReturnType<typeof followSigningKeys>>;

/** Throws what `SigningKeys.load` throws. */
export async function followSigningKeys({ signingKeys, clock, lookEvery, onError }: LiveKeysDeps) {
  let keys = await signingKeys.load();
  let inForce = toKeySet(keys, clock.now());
  let timer: NodeJS.Timeout | undefined;

  let looking: Promise<void> = Promise.resolve();

  /** What is found counts before the store is tidied, which may fail: a leaked key must not sign on for that. */
  async function take(): Promise<void> {
    const found = await signingKeys.load();
    if (nameOf(found) !== nameOf(keys)) {
      keys = found;
      inForce = toKeySet(keys, clock.now());
    }
    await signingKeys.tidy(found).catch(onError);
  }

  /** One after the other: an earlier look that ends later would bring former keys back. */
  function look(): Promise<void> {
    looking = looking.catch(() => undefined).then(take);
    return looking;
  }

  const lookLater = (): void => {
    timer = setTimeout(() => void look().catch(onError).finally(lookLater), lookEvery() * 1000).unref();
  };
  const unwatch = await signingKeys.watch(() => void look().catch(onError));
  lookLater();

  return {
    look,

    current(): KeySet {
      if (clock.now() >= inForce.until) inForce = toKeySet(keys, clock.now());
      return inForce;
    },

    async close(): Promise<void> {
      clearTimeout(timer);
      await unwatch();
    },
  };
}

const nameOf = (keys: readonly SigningKey[]): string =>
  keys
    .map(({ id, kid }) => `${id} ${kid}`)
    .toSorted((a, b) => a.localeCompare(b))
    .join();

function toKeySet(keys: readonly SigningKey[], now: number): KeySet & { until: number } {
  const staged = keys.map((key) => ({ ...key, ...stageOf(key, keys, now) }));
  const published = SIGNING_FIRST.flatMap((name) => staged.filter(({ stage }) => stage === name));
  const trusted = staged.filter(({ stage, isLeaked }) => stage !== 'retired' || !isLeaked);
  return {
    privateKeys: published.flatMap(({ privateKey }) => privateKey ?? []),
    verifying: localKeys(published),
    hints: localKeys(trusted),
    until: nextChange(keys, now),
  };
}

const localKeys = (keys: readonly SigningKey[]): LocalKeys =>
  createLocalJWKSet({ keys: keys.map(({ publicKey }) => publicKey) });
