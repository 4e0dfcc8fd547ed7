// The authorization code grant (RFC 6749 §4.1) with PKCE (RFC 7636) and issuer identification (RFC 9207), as people and
// applications meet it. Refresh tokens: refresh-token.test.ts; racing redemptions: redemption.test.ts.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  redirectUriOf,
  refusalOf,
  signInTo,
  walk,
} from '../helpers/foreign-client.ts';
import { createPhone } from '../helpers/phone.ts';
import { textOf } from '../helpers/html.ts';
import { onEachStorage } from '../helpers/storages.ts';

const RESOURCE = 'https://im.tokenim.example/';

onEachStorage(({ on, server }) => {
  test(
    on('a person signs in, consents, and the application gets an ID token and an access token of the resource'),
    async (t) => {
      const person = await server().createPerson();
      const config = await connect(server(), 'crm');
      const { tokens } = await signInTo(config, person, { scope: 'openid profile email messages:read' });
      const claims = tokens.claims();
      t.is(claims?.sub, person.id);
      t.is(claims?.['email'], person.email);
      const access = decodeJwt(tokens.access_token);
      t.is(access.aud, RESOURCE);
      t.is(access.sub, person.id);
      t.is(access['scope'], 'messages:read');
      t.is(tokens.refresh_token !== undefined, true);
    },
  );

  test(on('the consent page names the application and what it asks for'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { url } = await authorizationRequest(config, { scope: 'openid messages:read' });
    const phone = createPhone(server().issuer);
    const signIn = await phone.open(url);
    const consent = await phone.submit(signIn, { login: person.email, password: person.password });
    t.regex(textOf(consent.text), /Harbour CRM/);
    t.regex(textOf(consent.text), /Read your messages/);
  });

  test(on('what was consented to is not asked again, and something new is'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { phone } = await signInTo(config, person, { scope: 'openid messages:read' });
    const again = await authorizationRequest(config, { scope: 'openid messages:read' });
    t.true(callbackOf(await phone.open(again.url)).searchParams.has('code'));
    const more = await phone.open((await authorizationRequest(config, { scope: 'openid messages:send' })).url);
    t.regex(textOf(more.text), /Send messages as you/);
    t.true(more.text.includes('name="decision"'));
  });

  test(on('a person who denies consent sends access_denied to the application'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const request = await authorizationRequest(config);
    const callback = callbackOf(await walk(createPhone(server().issuer), request.url, person, 'deny'));
    t.is(await refusalOf(exchange(config, callback, request)), 'access_denied');
  });

  test(on('every answer names the issuer, also a refusal (RFC 9207)'), async (t) => {
    const config = await connect(server(), 'crm');
    const person = await server().createPerson();
    const { callback } = await signInTo(config, person);
    t.is(callback.searchParams.get('iss'), server().issuer);
    const refused = await authorizationRequest(config, { prompt: 'none' });
    const answer = callbackOf(await createPhone(server().issuer).open(refused.url)).searchParams;
    t.is(answer.get('error'), 'login_required');
    t.is(answer.get('iss'), server().issuer);
    t.is(answer.get('state'), refused.state);
  });

  test(on('a code without its verifier, or with a wrong one, is refused'), async (t) => {
    const config = await connect(server(), 'crm');
    const person = await server().createPerson();
    for (const verifier of [client.randomPKCECodeVerifier(), '']) {
      const request = await authorizationRequest(config);
      const callback = callbackOf(await walk(createPhone(server().issuer), request.url, person));
      const grant = exchange(config, callback, { ...request, verifier });
      t.is(await refusalOf(grant), 'invalid_grant');
    }
  });

  test(on('a code of another client is refused'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const request = await authorizationRequest(config);
    const callback = callbackOf(await walk(createPhone(server().issuer), request.url, person));
    const other = await connect(server(), 'spa');
    t.is(await refusalOf(exchange(other, callback, request)), 'invalid_grant');
  });

  test(on('a request without PKCE is refused, except for a client that cannot'), async (t) => {
    const refused = new URL((await authorizationRequest(await connect(server(), 'crm'))).url);
    refused.searchParams.delete('code_challenge');
    refused.searchParams.delete('code_challenge_method');
    const phone = createPhone(server().issuer);
    t.is(callbackOf(await phone.open(refused)).searchParams.get('error'), 'invalid_request');

    const legacy = await connect(server(), 'legacy');
    const url = client.buildAuthorizationUrl(legacy, {
      redirect_uri: redirectUriOf('legacy'),
      scope: 'openid',
      state: 'state-of-legacy',
    });
    const callback = callbackOf(await walk(phone, url, await server().createPerson()));
    const tokens = await client.authorizationCodeGrant(legacy, callback, { expectedState: 'state-of-legacy' });
    t.truthy(tokens.id_token);
  });

  test(on('PKCE by the plain method is refused'), async (t) => {
    const { url } = await authorizationRequest(await connect(server(), 'crm'), { code_challenge_method: 'plain' });
    const answer = callbackOf(await createPhone(server().issuer).open(url)).searchParams;
    t.is(answer.get('error'), 'invalid_request');
  });

  test(on('an address that is not registered gets an error page and no redirect'), async (t) => {
    const config = await connect(server(), 'crm');
    for (const redirect_uri of [
      'https://evil.example/',
      'http://127.0.0.1:9/crm/../evil',
      'http://127.0.0.1:9/crm?x=1',
    ]) {
      const { url } = await authorizationRequest(config, { redirect_uri });
      const page = await createPhone(server().issuer).open(url);
      t.is(page.status, 400);
      t.is(page.headers.get('Location'), null);
      t.false(textOf(page.text).includes('evil'));
    }
  });

  test(on('a native client may redirect to any port of the loopback address (RFC 8252 §7.3)'), async (t) => {
    const person = await server().createPerson();
    const { callback } = await signInTo(await connect(server(), 'tokenim-mobile'), person, { scope: 'openid' });
    t.is(callback.port, '50123');
  });

  test(on('a first-party application is not put before a consent page'), async (t) => {
    const person = await server().createPerson();
    const { url } = await authorizationRequest(await connect(server(), 'claimed-app'), {
      scope: 'openid messages:read',
    });
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    t.true(callbackOf(await phone.open(url)).searchParams.has('code'));
  });

  test(on('a native application is, because another one may pose as it (RFC 8252 §8.6)'), async (t) => {
    const { url } = await authorizationRequest(await connect(server(), 'tokenim-mobile'));
    const phone = createPhone(server().issuer);
    await phone.signIn(await server().createPerson());
    t.true((await phone.open(url)).text.includes('name="decision"'));
  });

  test(on('the scope qr:approve is asked for even of a first-party application, each time'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'claimed-app');
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    for (let time = 0; time < 2; time++) {
      const { url } = await authorizationRequest(config, { scope: 'openid qr:approve' });
      const page = await phone.open(url);
      t.regex(textOf(page.text), /Approve sign-ins on other devices/);
      t.true(callbackOf(await phone.submit(page, { decision: 'approve' })).searchParams.has('code'));
    }
  });

  test(on('a scope that no role of the person grants is left out of the token'), async (t) => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { tokens } = await signInTo(config, person, { scope: 'openid messages:read calls:read' });
    t.is(decodeJwt(tokens.access_token)['scope'], 'messages:read');
  });

  test(on('who lacks the role that a client demands is refused with access_denied'), async (t) => {
    const config = await connect(server(), 'support-desk');
    const request = await authorizationRequest(config);
    const answer = callbackOf(await walk(createPhone(server().issuer), request.url, await server().createPerson()));
    t.is(answer.searchParams.get('error'), 'access_denied');
    const member = await server().createPerson({ roles: ['support'] });
    t.truthy((await signInTo(config, member)).tokens.id_token);
  });

  test(on('prompt=login asks for the password again'), async (t) => {
    const config = await connect(server(), 'crm');
    const { phone } = await signInTo(config, await server().createPerson());
    const page = await phone.open((await authorizationRequest(config, { prompt: 'login' })).url);
    t.true(page.text.includes('name="password"'));
  });
});
