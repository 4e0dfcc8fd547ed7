// The refresh token grant (RFC 6749 §6): rotated at each use (RFC 9700 §4.14), narrowed to what roles grant now, ended by
// replay, revocation and sign-out. Racing redemptions are in redemption.test.ts.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { connect, refusalOf, signInTo } from '../helpers/foreign-client.ts';
import { onEachStorage } from '../helpers/storages.ts';

const OFFLINE = { scope: 'openid offline_access messages:read', prompt: 'consent' };

onEachStorage(({ on, server, storage }) => {
  const signIn = async (roles: readonly string[] = [], parameters: Readonly<Record<string, string>> = OFFLINE) => {
    const person = await server().createPerson({ roles });
    const config = await connect(server(), 'crm');
    const { tokens, phone } = await signInTo(config, person, parameters);
    return { person, config, tokens, phone, refreshToken: tokens.refresh_token ?? '' };
  };

  if (storage === 'sqlite') {
    test.serial(on('a replay after the race window revokes all that came of the grant'), async (t) => {
      const time = stopTime(t);
      const { config, refreshToken } = await signIn();
      const next = await client.refreshTokenGrant(config, refreshToken);
      time.advance(11);
      t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
      t.is(await refusalOf(client.refreshTokenGrant(config, next.refresh_token ?? '')), 'invalid_grant');
      t.false((await client.tokenIntrospection(config, next.access_token)).active);
    });

    test.serial(on('a replay within the race window is refused and nothing else happens'), async (t) => {
      const time = stopTime(t);
      const { config, refreshToken } = await signIn();
      const next = await client.refreshTokenGrant(config, refreshToken);
      time.advance(9);
      t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
      t.true((await client.tokenIntrospection(config, next.access_token)).active);
      t.truthy((await client.refreshTokenGrant(config, next.refresh_token ?? '')).access_token);
    });

    test.serial(on('thirty days without use end the token, each use begins them anew'), async (t) => {
      const time = stopTime(t);
      const { config, refreshToken } = await signIn();
      time.advance(29 * 86_400);
      const next = await client.refreshTokenGrant(config, refreshToken);
      time.advance(30 * 86_400);
      t.is(await refusalOf(client.refreshTokenGrant(config, next.refresh_token ?? '')), 'invalid_grant');
    });
  }

  test(on('each use gives a new refresh token and a new access token'), async (t) => {
    const { config, tokens, refreshToken } = await signIn();
    const next = await client.refreshTokenGrant(config, refreshToken);
    t.not(next.refresh_token, refreshToken);
    t.not(next.access_token, tokens.access_token);
    t.is(decodeJwt(next.access_token).aud, 'https://im.tokenim.example/');
  });

  test(on('fewer scopes may be asked for, more may not'), async (t) => {
    const parameters = { ...OFFLINE, scope: 'openid offline_access messages:read messages:send' };
    const { config, refreshToken } = await signIn([], parameters);
    const less = await client.refreshTokenGrant(config, refreshToken, { scope: 'openid messages:read' });
    t.is(decodeJwt(less.access_token)['scope'], 'messages:read');
    const more = client.refreshTokenGrant(config, less.refresh_token ?? '', { scope: 'openid calls:read' });
    t.is(await refusalOf(more), 'invalid_scope');
  });

  test(on('a role that was taken away takes its scopes from the next access token'), async (t) => {
    const parameters = { ...OFFLINE, scope: 'openid offline_access messages:read calls:read' };
    const { config, person, tokens, refreshToken } = await signIn(['support'], parameters);
    t.is(decodeJwt(tokens.access_token)['scope'], 'messages:read calls:read');
    await server().administration.revokeRole(OPERATOR, person.id, 'support');
    const next = await client.refreshTokenGrant(config, refreshToken);
    t.is(decodeJwt(next.access_token)['scope'], 'messages:read');
  });

  test(on('another client cannot use it, and it stays with its own'), async (t) => {
    const { config, refreshToken } = await signIn();
    const other = await connect(server(), 'spa');
    t.is(await refusalOf(client.refreshTokenGrant(other, refreshToken)), 'invalid_grant');
    t.truthy((await client.refreshTokenGrant(config, refreshToken)).access_token);
  });

  test(on('a disabled account cannot refresh, nor with a former token when it is enabled again'), async (t) => {
    const { config, person, refreshToken } = await signIn();
    await server().administration.disableAccount(OPERATOR, person.id);
    t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
    await server().administration.enableAccount(OPERATOR, person.id);
    t.is(await refusalOf(client.refreshTokenGrant(config, refreshToken)), 'invalid_grant');
  });

  test(on('signing out ends it, unless offline access was consented to'), async (t) => {
    const bound = await signIn([], { scope: 'openid messages:read' });
    const offline = await signIn();
    for (const { phone } of [bound, offline]) {
      const account = await phone.open('/account');
      const csrf = /name="csrf" value="([^"]+)"/.exec(account.text)?.[1] ?? '';
      t.is((await phone.post('/account/sign-out', { csrf })).status, 200);
    }
    t.is(await refusalOf(client.refreshTokenGrant(bound.config, bound.refreshToken)), 'invalid_grant');
    t.truthy((await client.refreshTokenGrant(offline.config, offline.refreshToken)).access_token);
  });
});
