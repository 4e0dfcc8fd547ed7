// DPoP (RFC 9449): tokens bound to a key, proofs used once.
import test from 'ava';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { connect, refusalOf, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const GRANT = { grant_type: 'client_credentials', scope: 'messages:read' };

async function proofFor(htu: string, jti: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return new SignJWT({ htm: 'POST', htu, jti })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
    .setIssuedAt()
    .sign(privateKey);
}

onEachStorage(({ on, server }) => {
  const tokenEndpoint = () => `${server().issuer}/oauth/token`;
  const requestWith = (proof: string) =>
    post(server(), 'token', GRANT, { ...basic('reports', SECRETS.reports), DPoP: proof });

  const signIn = async () => {
    const config = await connect(server(), 'dpop-app');
    const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const DPoP = client.getDPoPHandle(config, keys);
    const parameters = { scope: 'openid offline_access messages:read', prompt: 'consent' };
    const { tokens } = await signInTo(config, await server().createPerson(), parameters, { DPoP });
    return { config, keys, DPoP, tokens };
  };

  test(on('the token names the thumbprint of the key, and introspection its type'), async (t) => {
    const { keys, tokens } = await signIn();
    const jkt = await calculateJwkThumbprint(await exportJWK(keys.publicKey));
    t.is(tokens.token_type, 'dpop');
    t.deepEqual(decodeJwt(tokens.access_token)['cnf'], { jkt });
    const seen = await client.tokenIntrospection(await connect(server(), 'im-api'), tokens.access_token);
    t.like(seen, { active: true, token_type: 'DPoP', cnf: { jkt } });
  });

  test(on('the refresh token of a public client is bound to the key'), async (t) => {
    const { config, DPoP, tokens } = await signIn();
    const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const stolen = client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: other });
    t.is(await refusalOf(stolen), 'invalid_grant');
    const own = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    t.is(own.token_type, 'dpop');
  });

  test(on('a client that must bind its tokens gets none without a proof'), async (t) => {
    const config = await connect(server(), 'dpop-app');
    t.is(await refusalOf(signInTo(config, await server().createPerson())), 'invalid_grant');
  });

  test(on('a proof is used once'), async (t) => {
    const proof = await proofFor(tokenEndpoint(), 'proof-used-twice');
    t.is((await requestWith(proof)).status, 200);
    const again = await requestWith(proof);
    t.is(again.status, 400);
    t.is(again.body['access_token'], undefined);
  });

  test(on('of many concurrent uses of one proof one succeeds'), async (t) => {
    const proof = await proofFor(tokenEndpoint(), 'proof-used-at-once');
    const replies = await Promise.all(Array.from({ length: 20 }, () => requestWith(proof)));
    t.is(replies.filter(({ status }) => status === 200).length, 1);
  });

  test(on('a proof for another address is refused'), async (t) => {
    const { body } = await requestWith(await proofFor(`${server().issuer}/oauth/introspect`, 'proof-for-elsewhere'));
    t.is(body['error'], 'invalid_dpop_proof');
  });
});
