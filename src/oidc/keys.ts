// The server's signing keys (private JWKS, RFC 7517), encrypted at rest. Made once; `provider.ts` publishes and uses them.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Sealer } from '../lib/sealed.ts';
import { defineCollection, type Store, VersionConflict } from '../storage/port.ts';

/** ES256 signs access tokens and our own clients' ID tokens; RS256 is what OpenID clients expect by default. */
const ALGORITHMS = ['ES256', 'RS256'] as const;

const signingKeys = defineCollection({
  name: 'signing-key',
  schema: z.object({ alg: z.enum(ALGORITHMS), createdAt: z.number(), sealed: z.string() }),
  durable: true,
  listable: true,
});

export interface SigningKeysDeps {
  store: Store;
  clock: Clock;
  sealer: Sealer;
}

/**
 * The private keys, making the first ones in an empty store; of several processes that start at once one makes them.
 * Throws `signing_keys_sealed` when no configured key_encryption_key opens them.
 */
export async function loadSigningKeys({ store, clock, sealer }: SigningKeysDeps): Promise<JWK[]> {
  const collection = signingKeys(store, clock.now);

  const ensure = async (alg: (typeof ALGORITHMS)[number]): Promise<JWK> => {
    const id = `initial-${alg}`;
    if (!(await collection.get(id))) {
      const sealed = await sealer.seal(JSON.stringify(await makeKey(alg)));
      await collection.insert(id, { alg, createdAt: clock.now(), sealed }).catch((error: unknown) => {
        if (!(error instanceof VersionConflict)) throw error;
      });
    }
    const plaintext = await sealer.open((await collection.get(id))?.value.sealed ?? '');
    if (plaintext !== undefined) return JSON.parse(plaintext) as JWK;
    throw new DomainError('conflict', 'signing_keys_sealed', {
      detail:
        'The signing keys in the store were encrypted under another key_encryption_key. ' +
        'Put the former one second in the list `secrets.key_encryption_key`.',
    });
  };

  return Promise.all(ALGORITHMS.map(ensure));
}

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
