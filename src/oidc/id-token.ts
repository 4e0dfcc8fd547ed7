// The ID token that `/qr` hands back to open the web session: ours, for this client, with the nonce of the browser that
// began, and taken once (OpenID Connect Core §3.1.3.7).
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import { sha256 } from '../lib/hash.ts';
import { type Store, VersionConflict } from '../storage/port.ts';

const TAKEN = { name: 'taken-nonce', durable: false, listable: false };

export interface IdTokenDeps {
  store: Store;
  /** The published keys, as they are now. */
  keys(): JWTVerifyGetKey;
  issuer(): string;
  now(): number;
}

export function createIdTokenTaker({ store, keys, issuer, now }: IdTokenDeps) {
  /** The person, the first time; `undefined` for every other token, nonce or time. */
  return async (idToken: string, nonce: string, clientId: string) => {
    const payload = await verify(idToken, clientId);
    if (payload?.sub === undefined || payload['nonce'] !== nonce) return undefined;
    const ttl = Math.max(1, (payload.exp ?? 0) * 1000 - now());
    try {
      await store.put(TAKEN, sha256(nonce), {}, { ifVersion: 0, ttl });
    } catch (error) {
      if (error instanceof VersionConflict) return undefined;
      throw error;
    }
    const { sub: accountId, amr, auth_time: authTime } = payload;
    return {
      accountId,
      amr: Array.isArray(amr) ? amr.map(String) : [],
      authTime: typeof authTime === 'number' ? authTime : 0,
    };
  };

  async function verify(idToken: string, audience: string) {
    try {
      const options = { issuer: issuer(), audience, algorithms: ['RS256', 'ES256'], currentDate: new Date(now()) };
      return (await jwtVerify(idToken, keys(), options)).payload;
    } catch {
      return undefined;
    }
  }
}
