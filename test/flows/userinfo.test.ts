// UserInfo and the claims of ID tokens (OpenID Connect Core §5): by scope, for tokens with OpenID scopes alone.
import test from 'ava';
import * as client from 'openid-client';
import { OPERATOR } from '../helpers/auth-server.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { ask } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const signIn = async (scope: string) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    return { person, config, ...(await signInTo(config, person, { scope })) };
  };
  const userInfo = (token: string) =>
    ask(server(), '/oauth/userinfo', { headers: { Authorization: `Bearer ${token}` } });

  test(on('with OpenID scopes alone the access token is opaque and opens UserInfo'), async (t) => {
    const { person, config, tokens } = await signIn('openid profile email');
    t.false(tokens.access_token.includes('.'));
    const claims = await client.fetchUserInfo(config, tokens.access_token, person.id);
    t.like(claims, { sub: person.id, email: person.email, email_verified: true });
  });

  test(on('claims follow the scopes'), async (t) => {
    const { person, config, tokens } = await signIn('openid');
    t.deepEqual(await client.fetchUserInfo(config, tokens.access_token, person.id), { sub: person.id });
    t.is(tokens.claims()?.['email'], undefined);
  });

  test(on("with an API scope the ID token carries the profile, for the access token is the API's"), async (t) => {
    const { person, tokens } = await signIn('openid email messages:read');
    t.is(tokens.claims()?.['email'], person.email);
    t.is((await userInfo(tokens.access_token)).status, 401);
  });

  test(on('an unknown token and none at all are refused'), async (t) => {
    t.is((await userInfo('never-issued')).status, 401);
    const without = await ask(server(), '/oauth/userinfo');
    t.is(without.status, 401);
    t.regex(without.headers.get('WWW-Authenticate') ?? '', /^Bearer /);
  });

  test(on('a disabled account gives nothing'), async (t) => {
    const { person, tokens } = await signIn('openid email');
    await server().administration.disableAccount(OPERATOR, person.id);
    t.is((await userInfo(tokens.access_token)).status, 401);
  });

  test(on('the ID token says when and how the person signed in'), async (t) => {
    const { tokens } = await signIn('openid');
    const claims = tokens.claims();
    t.is(typeof claims?.auth_time, 'number');
    t.deepEqual(claims?.amr, ['pwd']);
  });
});
