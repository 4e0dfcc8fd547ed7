// DPoP proofs at our own interface (RFC 9449 §4.3): signed by the key that the token is bound to, for this request and this
// token, lately, and used once. At the OAuth endpoints oidc-provider checks them.
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWTPayload } from 'jose';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { type Kind, type Store, VersionConflict } from '../storage/port.ts';
import type { PresentedToken } from '../web/bearer.ts';

export const DPOP_ALGORITHMS = ['ES256', 'EdDSA'] as const;

/** How far the clocks of phone and server may lie apart; oidc-provider allows the same. */
const WINDOW_SECONDS = 300;
const USED: Kind = { name: 'dpop-proof', durable: false, listable: false };

export type VerifyDpopProof = (presented: PresentedToken & { jkt: string }) => Promise<boolean>;

export function createDpopProofs({ store, clock }: { store: Store; clock: Clock }): VerifyDpopProof {
  return async ({ proof, token, method, url, jkt }) => {
    const payload = await verified(proof, jkt);
    if (!payload) return false;
    const { htm, htu, ath, iat, jti } = payload;
    if (typeof jti !== 'string' || jti === '' || typeof iat !== 'number') return false;
    const isRecent = Math.abs(epochSeconds(clock) - iat) <= WINDOW_SECONDS;
    const isForThis = htm === method && isAddress(htu, url) && ath === sha256(token);
    return isRecent && isForThis && takeOnce(`${jkt}\0${jti}`, iat);
  };

  async function verified(proof: string, jkt: string): Promise<JWTPayload | undefined> {
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        algorithms: [...DPOP_ALGORITHMS],
        currentDate: new Date(clock.now()),
      });
      if (!protectedHeader.jwk) return undefined;
      return (await calculateJwkThumbprint(protectedHeader.jwk, 'sha256')) === jkt ? payload : undefined;
    } catch {
      return undefined;
    }
  }

  /** Until the proof would be too old anyway. */
  async function takeOnce(name: string, iat: number): Promise<boolean> {
    const ttl = Math.max(1, (iat + WINDOW_SECONDS + 1) * 1000 - clock.now());
    try {
      await store.put(USED, sha256(name), {}, { ifVersion: 0, ttl });
      return true;
    } catch (error) {
      if (error instanceof VersionConflict) return false;
      throw error;
    }
  }
}

/** RFC 9449 §4.3 item 9: without query and fragment, after normalisation. */
function isAddress(htu: unknown, url: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const named = new URL(htu);
  named.search = '';
  named.hash = '';
  return named.href === new URL(url).href;
}
