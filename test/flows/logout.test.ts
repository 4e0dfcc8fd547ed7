// Signing out: at an application's request, which asks first (OpenID Connect RP-Initiated Logout 1.0), and on our own page.
import test from 'ava';
import * as client from 'openid-client';
import { callbackOf, connect, refusalOf, signInTo } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { locationOf } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const GOODBYE = 'http://127.0.0.1:9/goodbye';

onEachStorage(({ on, server }) => {
  const signIn = async () => {
    const config = await connect(server(), 'crm');
    const signedIn = await signInTo(config, await server().createPerson(), { scope: 'openid messages:read' });
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: signedIn.tokens.id_token ?? '',
      post_logout_redirect_uri: GOODBYE,
      state: 'state-of-logout',
    });
    return { config, url, ...signedIn };
  };

  test(on('the page names the application and signs out only when the person says so'), async (t) => {
    const { url, phone } = await signIn();
    const page = await phone.open(url);
    t.regex(textOf(page.text), /Harbour CRM/);
    t.is((await phone.open('/account')).url.pathname, '/account');
    const left = callbackOf(await phone.submit(page, { logout: 'yes' }));
    t.is(left.href, `${GOODBYE}?state=state-of-logout`);
    t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
  });

  test(on('tokens that were bound to the session end with it'), async (t) => {
    const { config, url, phone, tokens } = await signIn();
    await phone.submit(await phone.open(url), { logout: 'yes' });
    t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
    t.false((await client.tokenIntrospection(config, tokens.access_token)).active);
  });

  test(on('who stays keeps the session; the application, which signed them out, loses its tokens'), async (t) => {
    const { config, url, phone, tokens } = await signIn();
    const page = await phone.open(url);
    await phone.submit(page, { xsrf: /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '' });
    t.is((await phone.open('/account')).url.pathname, '/account');
    t.false((await client.tokenIntrospection(config, tokens.access_token)).active);
  });

  test(on('an address that is not registered is not gone to'), async (t) => {
    const { url, phone } = await signIn();
    url.searchParams.set('post_logout_redirect_uri', 'https://evil.example/');
    const page = await phone.open(url);
    t.is(page.status, 400);
    t.is(locationOf(page), undefined);
  });

  test(on('the confirmation cannot be sent by another site'), async (t) => {
    const { url, phone } = await signIn();
    await phone.open(url);
    const forged = await phone.post('/oauth/logout/confirm', { logout: 'yes', xsrf: 'guessed' });
    t.is(forged.status, 400);
    t.is((await phone.open('/account')).url.pathname, '/account');
  });

  test(on('signing out on our own page ends the session and what was bound to it'), async (t) => {
    const { config, phone, tokens } = await signIn();
    const former = phone.cookie('tim_session') ?? '';
    const signature = phone.cookie('tim_session.sig') ?? '';
    const account = await phone.open('/account');
    const csrf = /name="csrf" value="([^"]+)"/.exec(account.text)?.[1] ?? '';
    t.is((await phone.post('/account/sign-out', { csrf })).status, 200);
    t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
    phone.setCookie('tim_session', former);
    phone.setCookie('tim_session.sig', signature);
    t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
  });
});
