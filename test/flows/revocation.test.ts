// Revocation (RFC 7009): of signed, opaque and refresh tokens, by their own client alone.
import test from 'ava';
import * as client from 'openid-client';
import { connect, refusalOf, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const signIn = async () => {
    const config = await connect(server(), 'crm');
    const parameters = { scope: 'openid offline_access messages:read', prompt: 'consent' };
    const { tokens } = await signInTo(config, await server().createPerson(), parameters);
    return { config, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? '' };
  };
  const isActive = async (token: string) =>
    (await client.tokenIntrospection(await connect(server(), 'im-api'), token)).active;

  test(on('revoking a signed access token ends it and the grant behind it'), async (t) => {
    const { config, accessToken, refreshToken } = await signIn();
    t.true(await isActive(accessToken));
    await client.tokenRevocation(config, accessToken);
    t.false(await isActive(accessToken));
    t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
  });

  test(on('revoking a refresh token ends the access tokens of its grant'), async (t) => {
    const { config, accessToken, refreshToken } = await signIn();
    await client.tokenRevocation(config, refreshToken);
    t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
    t.false(await isActive(accessToken));
  });

  test(on('revoking one signed token of client credentials leaves the others'), async (t) => {
    const config = await connect(server(), 'reports');
    const issue = async () => (await client.clientCredentialsGrant(config, { scope: 'messages:read' })).access_token;
    const [first, second] = [await issue(), await issue()];
    await client.tokenRevocation(config, first);
    t.false(await isActive(first));
    t.true(await isActive(second));
  });

  test(on('an opaque token is revoked'), async (t) => {
    const config = await connect(server(), 'reports');
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'files:read' });
    t.true(await isActive(access_token));
    await client.tokenRevocation(config, access_token);
    t.false(await isActive(access_token));
  });

  test(on("a foreign client's request is answered 200 and changes nothing"), async (t) => {
    const { config, accessToken, refreshToken } = await signIn();
    for (const token of [accessToken, refreshToken]) {
      const answer = await post(server(), 'revoke', { token }, basic('reports', SECRETS.reports));
      t.is(answer.status, 200);
    }
    t.true(await isActive(accessToken));
    t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), undefined);
  });

  test(on('an unknown token is answered like a known one'), async (t) => {
    for (const token of ['never-issued', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.']) {
      const answer = await post(server(), 'revoke', { token }, basic('crm', SECRETS.crm));
      t.is(answer.status, 200);
      t.is(answer.text, '');
    }
  });

  test(on('a client must authenticate'), async (t) => {
    const { accessToken } = await signIn();
    t.is((await post(server(), 'revoke', { token: accessToken }, basic('crm', 'wrong'))).status, 401);
    t.true(await isActive(accessToken));
  });
});
