// The phone application of a person: holds an access token with `qr:approve`, bound to a key or not, and calls `/api/v1/qr`.
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import * as client from 'openid-client';
import { sha256 } from '../../src/lib/hash.ts';
import type { AuthServer, TestPerson } from './auth-server.ts';
import { connect, signInTo } from './foreign-client.ts';
import { ask, type Reply } from './http.ts';

export interface PhoneApp {
  person: TestPerson;
  token: string;
  scan(code: unknown, headers?: OutgoingHttpHeaders): Promise<Reply>;
  approve(transaction: unknown, userCode?: string, headers?: OutgoingHttpHeaders): Promise<Reply>;
  deny(transaction: unknown, headers?: OutgoingHttpHeaders): Promise<Reply>;
}

export async function createPhoneApp(server: AuthServer, person?: TestPerson): Promise<PhoneApp> {
  const owner = person ?? (await server.createPerson());
  const config = await connect(server, 'tokenim-mobile');
  const { tokens } = await signInTo(config, owner, { scope: 'openid qr:approve' });
  const token = tokens.access_token;
  const call = (act: string, body: object, headers: OutgoingHttpHeaders = {}) =>
    callApi(server, `/api/v1/qr/${act}`, body, { Authorization: `Bearer ${token}`, ...headers });
  return {
    person: owner,
    token,
    scan: (code, headers) => call('scan', { code }, headers),
    approve: (transaction, userCode, headers) =>
      call('approve', { transaction, ...(userCode !== undefined && { user_code: userCode }) }, headers),
    deny: (transaction, headers) => call('deny', { transaction }, headers),
  };
}

export const callApi = (
  server: AuthServer,
  path: string,
  body: unknown,
  headers: OutgoingHttpHeaders,
): Promise<Reply> =>
  ask(server, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** A token bound to a key, and proofs of that key as RFC 9449 §4.2 has them; `changes` spoil one. */
export async function boundToken(server: AuthServer, person?: TestPerson) {
  const config = await connect(server, 'tokenim-mobile');
  const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
  const DPoP = client.getDPoPHandle(config, keys);
  const owner = person ?? (await server.createPerson());
  const { tokens } = await signInTo(config, owner, { scope: 'openid qr:approve' }, { DPoP });
  const token = tokens.access_token;
  const prove = async (
    path: string,
    changes: JWTPayload = {},
    { signer = keys, typ = 'dpop+jwt' }: { signer?: typeof keys; typ?: string } = {},
  ): Promise<string> =>
    new SignJWT({
      htm: 'POST',
      htu: `${server.issuer}${path}`,
      ath: sha256(token),
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', typ, jwk: await exportJWK(signer.publicKey) })
      .sign(signer.privateKey);
  return { token, prove, keys };
}
