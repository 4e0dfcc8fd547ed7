// Introspection (RFC 7662) answers as of now, to the client that the token was issued to and to the clients of its resource.
import test from 'ava';
import * as client from 'openid-client';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const signIn = async (scope = 'openid messages:read', roles: readonly string[] = []) => {
    const person = await server().createPerson({ roles });
    const crm = await connect(server(), 'crm');
    return { person, crm, ...(await signInTo(crm, person, { scope })) };
  };
  const keyToken = async (roles: readonly string[] = [], scopes = ['messages:read']) => {
    const { owner, key } = await createKey(server(), scopes, roles);
    const config = await connect(server(), key.client_id, key.client_secret);
    const { access_token } = await client.clientCredentialsGrant(config);
    return { owner, key, token: access_token };
  };
  /** As the API that the token is for sees it. */
  const seenByApi = async (token: string) => client.tokenIntrospection(await connect(server(), 'im-api'), token);

  test(on('the resource and the issuing client learn what a signed token says'), async (t) => {
    const { crm, tokens, person } = await signIn();
    for (const answer of [
      await seenByApi(tokens.access_token),
      await client.tokenIntrospection(crm, tokens.access_token),
    ]) {
      t.like(answer, {
        active: true,
        sub: person.id,
        client_id: 'crm',
        scope: 'messages:read',
        token_type: 'Bearer',
        iss: server().issuer,
        aud: 'https://im.tokenim.example/',
      });
    }
  });

  test(on('an opaque token of a resource is introspected alike'), async (t) => {
    const reports = await connect(server(), 'reports');
    const { access_token } = await client.clientCredentialsGrant(reports, { scope: 'files:read' });
    for (const answer of [await seenByApi(access_token), await client.tokenIntrospection(reports, access_token)]) {
      t.like(answer, { active: true, client_id: 'reports', scope: 'files:read' });
    }
  });

  test(on('another client hears that it is not active, and nothing else'), async (t) => {
    const { tokens } = await signIn('openid offline_access messages:read');
    const opaque = await client.clientCredentialsGrant(await connect(server(), 'reports'), { scope: 'files:read' });
    const foreign = await connect(server(), 'support-desk');
    for (const token of [tokens.access_token, tokens.refresh_token ?? '', opaque.access_token]) {
      t.deepEqual(await client.tokenIntrospection(foreign, token), { active: false });
    }
  });

  test(on('what is no token of ours is not active'), async (t) => {
    const { tokens } = await signIn();
    const [header, payload] = tokens.access_token.split('.');
    const forged = [`${header}.${payload}.AAAA`, tokens.id_token ?? '', 'never-issued', 'a.b.c'];
    for (const token of forged) t.deepEqual(await seenByApi(token), { active: false });
  });

  test(on('a client must authenticate'), async (t) => {
    const { tokens } = await signIn();
    const answer = await post(server(), 'introspect', { token: tokens.access_token });
    t.true(answer.status === 400 || answer.status === 401);
    t.is(answer.body['active'], undefined);
  });

  test(on('after its key was revoked a token is not active'), async (t) => {
    const { key, token } = await keyToken();
    t.true((await seenByApi(token)).active);
    await server().administration.revokeKey(OPERATOR, key.client_id);
    t.false((await seenByApi(token)).active);
  });

  test(on('after its account was disabled no token is active, nor when it is enabled again'), async (t) => {
    const { tokens, person } = await signIn();
    const { token, owner } = await keyToken();
    for (const { id } of [person, owner]) await server().administration.disableAccount(OPERATOR, id);
    for (const each of [tokens.access_token, token]) t.false((await seenByApi(each)).active);
    for (const { id } of [person, owner]) await server().administration.enableAccount(OPERATOR, id);
    for (const each of [tokens.access_token, token]) t.false((await seenByApi(each)).active);
  });

  test(on('after its grant was revoked a token is not active'), async (t) => {
    const { tokens } = await signIn();
    const { gid } = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString()) as {
      gid: string;
    };
    await server().administration.revokeGrant(OPERATOR, gid);
    t.false((await seenByApi(tokens.access_token)).active);
  });

  test(on('a role that was taken away takes its scope from tokens already issued'), async (t) => {
    const { tokens, person } = await signIn('openid messages:read calls:read', ['support']);
    const { token, owner } = await keyToken(['support'], ['messages:read', 'calls:read']);
    for (const each of [tokens.access_token, token]) t.is((await seenByApi(each)).scope, 'messages:read calls:read');
    for (const { id } of [person, owner]) await server().administration.revokeRole(OPERATOR, id, 'support');
    for (const each of [tokens.access_token, token]) t.is((await seenByApi(each)).scope, 'messages:read');
  });

  test(on('an opaque token of a key is not active after the key was revoked or its account disabled'), async (t) => {
    const [one, two] = [await keyToken([], ['files:read']), await keyToken([], ['files:read'])];
    for (const { token } of [one, two]) t.true((await seenByApi(token)).active);
    await server().administration.revokeKey(OPERATOR, one.key.client_id);
    await server().administration.disableAccount(OPERATOR, two.owner.id);
    for (const { token } of [one, two]) t.false((await seenByApi(token)).active);
  });

  test(on('the tokens for UserInfo keep their OpenID scopes, and end with the account'), async (t) => {
    const { crm, tokens, person } = await signIn('openid email');
    t.is((await client.tokenIntrospection(crm, tokens.access_token)).scope, 'openid email');
    await server().administration.disableAccount(OPERATOR, person.id);
    t.false((await client.tokenIntrospection(crm, tokens.access_token)).active);
  });
});
