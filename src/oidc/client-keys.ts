// The keys by which clients authenticate (`private_key_jwt`, RFC 7523) where they publish them themselves: fetched when needed,
// kept for a while, fetched again for a key that is not known. oidc-provider would keep them for as long as they verify.
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { type Clock, epochSeconds, systemClock } from '../lib/clock.ts';
import { publicJwkProblem } from '../lib/public-jwk.ts';
import type { Outgoing } from './outgoing.ts';

/** A key that its client has withdrawn is believed for no longer. */
const KEEP_MS = 600_000;
/** Whoever sends assertions by unknown keys makes us ask no more often. */
const PAUSE_MS = 10_000;
/** RFC 7523 §3: an assertion that lives for long is a password. */
const LONGEST_ASSERTION_SECONDS = 600;

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/** As much of oidc-provider's own as is used: `fresh` says whether asking again is of no use. */
interface KeyStore {
  selectForVerify(wanted: unknown): unknown[];
  clear(): void;
  add(jwk: unknown): void;
  fresh(): boolean;
  refresh(): Promise<void>;
}

export interface ClientKeysDeps {
  fetch: Outgoing;
  clock: Clock;
}

export type ClientKeys = ReturnType<typeof createClientKeys>;

export function createClientKeys({ fetch, clock }: ClientKeysDeps) {
  async function fetchKeys(uri: string): Promise<unknown[]> {
    const response = await fetch(uri, { headers: { accept: 'application/json' } });
    if (response.status !== 200) throw new Error(`jwks_uri answered ${response.status}`);
    // RFC 7517 §5: keys that are not understood are as if not there.
    return keySet.parse(await response.json()).keys.filter((jwk) => publicJwkProblem(jwk) === undefined);
  }

  return {
    /** The client's keys are those of the address from now on. What cannot be fetched opens nothing: `invalid_client`. */
    follow(client: object, uri: string): void {
      const { asymmetricKeyStore: store } = client as { asymmetricKeyStore: KeyStore };
      const select = store.selectForVerify.bind(store);
      let [fetchedAt, failedAt, missedAt] = [-Infinity, -Infinity, -Infinity];
      let running: Promise<void> | undefined;

      const isKept = () => clock.now() - fetchedAt < KEEP_MS;

      async function fetchNow(): Promise<void> {
        failedAt = clock.now();
        if (isKept()) missedAt = failedAt;
        const keys = await fetchKeys(uri);
        store.clear();
        for (const key of keys) store.add(key);
        [fetchedAt, failedAt] = [clock.now(), -Infinity];
      }

      Object.assign(store, {
        selectForVerify: (wanted: unknown) => (isKept() ? select(wanted) : []),
        fresh: () => running === undefined && clock.now() - (isKept() ? missedAt : failedAt) < PAUSE_MS,
        refresh: () => (running ??= fetchNow().finally(() => (running = undefined))),
      } satisfies Partial<KeyStore>);
    },
  };
}

/** oidc-provider's `assertJwtClientAuthClaimsAndHeader`; that it is for us, its end and its `jti` were checked. */
export function refuseLooseAssertions(_ctx: KoaContextWithOIDC, { exp, aud }: Readonly<Record<string, unknown>>): void {
  if (Number(exp) > epochSeconds(systemClock) + LONGEST_ASSERTION_SECONDS) {
    throw new errors.InvalidClientAuth('the assertion lives for too long');
  }
  // Whoever else it is for could present it here first.
  if (Array.isArray(aud) && aud.length > 1) throw new errors.InvalidClientAuth('the assertion is for others too');
}
