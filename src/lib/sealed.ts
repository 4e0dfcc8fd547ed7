// Encryption of secrets that must be readable again (private keys, browser flows): JWE with `dir` and A256GCM, RFC 7516.
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { derive } from './hash.ts';

export interface Sealer {
  /** A compact JWE that only this purpose and these secrets open. */
  seal(plaintext: string): Promise<string>;
  /** The plaintext, or `undefined` when it was not sealed by one of the accepted secrets for this purpose. */
  open(jwe: string): Promise<string | undefined>;
}

/** `purpose` separates uses of one secret; the first secret seals, each of them opens. */
export function createSealer(secrets: readonly [string, ...string[]], purpose: string): Sealer {
  const keys = new Map(
    secrets.map((secret) => {
      const kid = derive(secret, `${purpose} kid`).subarray(0, 6).toString('base64url');
      return [kid, new Uint8Array(derive(secret, purpose))] as const;
    }),
  );
  const [first] = keys;
  if (!first) throw new TypeError('a sealer needs a secret');
  const [kid, key] = first;

  return {
    seal: (plaintext) =>
      new CompactEncrypt(new TextEncoder().encode(plaintext))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
        .encrypt(key),
    async open(jwe) {
      try {
        const candidate = keys.get(String(decodeProtectedHeader(jwe).kid));
        if (!candidate) return undefined;
        const { plaintext } = await compactDecrypt(jwe, candidate, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return new TextDecoder().decode(plaintext);
      } catch {
        return undefined;
      }
    },
  };
}
