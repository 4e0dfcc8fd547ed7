// The server's signing keys (private JWKS, RFC 7517), encrypted at rest: made, rotated, and forgotten. `key-stages.ts` says
// what each is good for now, `live-keys.ts` gives them to a running process.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Sealer } from '../lib/sealed.ts';
import { defineCollection, type Store, type Stored, VersionConflict } from '../storage/port.ts';
import { type KeyTimes, stageOf } from './key-stages.ts';

/** ES256 signs access tokens and our own clients' ID tokens; RS256 is what OpenID clients expect by default. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

const keyRecord = z.object({
  alg: z.enum(SIGNING_ALGORITHMS),
  createdAt: z.number(),
  // The first key of an algorithm signs from the beginning.
  generation: z.number().default(0),
  signsFrom: z.number().default(0),
  formerUntil: z.number().default(0),
  /** The private key; gone once the key has retired. */
  sealed: z.string().exactOptional(),
  /** What is left of a retired key. */
  publicKey: z.record(z.string(), z.unknown()).exactOptional(),
});
type KeyRecord = z.output<typeof keyRecord>;

const signingKeys = defineCollection({ name: 'signing-key', schema: keyRecord, durable: true, listable: true });

export interface SigningKey extends KeyTimes {
  id: string;
  kid: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  publicKey: JWK;
  privateKey?: JWK;
}

/** All in seconds. */
export interface RotationTimes {
  /** From publishing a key until it signs: longer than anybody keeps the key set. */
  publishBefore: number;
  /** From the last signature of a key until nothing that it signed is alive. */
  outlive: number;
  /** How long a retired key still tells whether an `id_token_hint` was ours. */
  keepHints: number;
}

export interface SigningKeysDeps {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  times(): RotationTimes;
}

const CHANNEL = 'signing-keys';
/** A rotation makes two; nobody has this many. */
const PAGE = 1000;

export type SigningKeys = ReturnType<typeof createSigningKeys>;

export function createSigningKeys({ store, clock, sealer, times }: SigningKeysDeps) {
  const collection = signingKeys(store, clock.now);
  const list = async () => (await collection.list({ limit: PAGE })).items;

  async function insertNew(id: string, alg: SigningAlgorithm, moments: Omit<KeyTimes, 'alg'>): Promise<SigningKey> {
    const sealed = await sealer.seal(JSON.stringify(await makeKey(alg)));
    return open(await collection.insert(id, { alg, createdAt: clock.now(), ...moments, sealed }));
  }

  /** Of several processes that start at once one makes the first keys. */
  async function makeFirst(alg: SigningAlgorithm): Promise<void> {
    const first = { generation: 0, signsFrom: 0, formerUntil: 0 };
    await insertNew(`initial-${alg}`, alg, first).catch((error: unknown) => {
      if (!(error instanceof VersionConflict)) throw error;
    });
  }

  async function open({ id, value: { sealed, publicKey, ...same } }: Stored<KeyRecord>): Promise<SigningKey> {
    if (sealed === undefined) return { ...same, id, kid: String(publicKey?.['kid']), publicKey: publicKey as JWK };
    const plaintext = await sealer.open(sealed);
    if (plaintext !== undefined) {
      const privateKey = JSON.parse(plaintext) as JWK;
      return { ...same, id, kid: String(privateKey.kid), publicKey: publicPart(privateKey), privateKey };
    }
    throw new DomainError('conflict', 'signing_keys_sealed', {
      detail:
        'The signing keys in the store were encrypted under another key_encryption_key. ' +
        'Put the former one second in the list `secrets.key_encryption_key`.',
    });
  }

  /**
   * Every key, making the first ones in an empty store. Throws `signing_keys_sealed` (`conflict`) when no configured
   * key_encryption_key opens them.
   */
  async function load(): Promise<SigningKey[]> {
    const found = await list();
    const missing = SIGNING_ALGORITHMS.filter((alg) => !found.some(({ value }) => value.alg === alg));
    await Promise.all(missing.map(makeFirst));
    return Promise.all((missing.length > 0 ? await list() : found).map(open));
  }

  /** A retired key loses its private part at once; the public one goes when nobody can hold a hint by it, or it leaked. */
  async function tidy(keys: readonly SigningKey[]): Promise<void> {
    for (const key of keys) {
      const { stage, publishedUntil = Infinity, isLeaked } = stageOf(key, keys, clock.now());
      if (stage !== 'retired') continue;
      if (isLeaked || publishedUntil + times().keepHints * 1000 <= clock.now()) await collection.delete(key.id);
      else if (key.privateKey) {
        await collection.update(key.id, ({ sealed: _gone, ...rest }) => ({ ...rest, publicKey: { ...key.publicKey } }));
      }
    }
  }

  function refuseWhileUnderWay(keys: readonly SigningKey[], algorithms: readonly SigningAlgorithm[]): void {
    const busy = keys.find(
      (key) =>
        algorithms.some((alg) => alg === key.alg) &&
        ['next', 'retiring'].includes(stageOf(key, keys, clock.now()).stage),
    );
    if (busy) throw underWay(`the ${busy.alg} key ${busy.kid} is still to change its stage; see \`tokenim jwks list\``);
  }

  return {
    load,
    tidy,

    /**
     * Makes the next key of each algorithm. It is published at once and signs when every cache has it; the former one is
     * published until all that it signed has ended. `atOnce`, for a key that leaked: the new one signs and all former
     * ones are forgotten now, so that tokens signed by them verify no more. Throws `rotation_under_way` (`conflict`).
     */
    async rotate(algorithms: readonly SigningAlgorithm[], { atOnce = false } = {}) {
      const before = await load();
      if (!atOnce) refuseWhileUnderWay(before, algorithms);
      const { publishBefore, outlive } = times();
      const signsFrom = clock.now() + (atOnce ? 0 : publishBefore * 1000);
      const formerUntil = signsFrom + (atOnce ? 0 : outlive * 1000);
      const made: SigningKey[] = [];
      for (const alg of algorithms) {
        const former = before.filter((key) => key.alg === alg).map(({ generation }) => generation);
        const generation = Math.max(...former) + 1;
        made.push(
          await insertNew(`${alg}-${generation}`, alg, { generation, signsFrom, formerUntil }).catch(asUnderWay),
        );
      }
      await tidy(await load());
      await store.publish(CHANNEL, '');
      const replaced = before.filter(
        (key) => algorithms.some((alg) => alg === key.alg) && stageOf(key, before, clock.now()).stage !== 'retired',
      );
      return { made, replaced, signsFrom, formerUntil };
    },

    /** Calls the listener when some process has made keys; a message may be lost. */
    watch: (listener: () => void) => store.subscribe(CHANNEL, listener),
  };
}

/** Two rotations at once name their keys alike, and the store takes one. */
function asUnderWay(error: unknown): never {
  throw error instanceof VersionConflict ? underWay('somebody else has just begun one') : error;
}

const underWay = (detail: string): DomainError =>
  new DomainError('conflict', 'rotation_under_way', { detail: `a rotation is under way: ${detail}` });

async function makeKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

/** RFC 7517 §4 members that may be published. */
export function publicPart({ kty, crv, x, y, n, e, alg, use, kid }: JWK): JWK {
  const members = { kty, crv, x, y, n, e, alg, use, kid };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
