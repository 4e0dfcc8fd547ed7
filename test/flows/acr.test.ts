// How a person signed in, as applications ask for it and are told: acr_values, the claim acr, max_age, prompt=login; and roles
// that have effect only after a second factor (`require_mfa`).
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { answerOn, approve, poll, startDevice } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  refusalOf,
  signInTo,
  walk,
} from '../helpers/foreign-client.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { codeOf, giveTotp, recoveryCodesOn, secretOn, signInWithCode } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PWD = 'urn:tokenim:acr:pwd';
const MFA = 'urn:tokenim:acr:mfa';
const API = { scope: 'openid messages:read calls:read' };
const essential = (value: string) => JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } });

/** Signs in, with the code where the page asks for one, and allows. */
async function walkWith(phone: Phone, start: URL, person: TestPerson, secret: string): Promise<Page> {
  let page = await phone.open(start);
  if (page.text.includes('name="password"')) {
    page = await phone.submit(page, { login: person.email, password: person.password });
  }
  if (page.text.includes('name="code"')) page = await phone.submit(page, { code: await codeOf(secret) });
  return page.text.includes('name="decision"') ? phone.submit(page, { decision: 'approve' }) : page;
}

onEachStorage(
  ({ on, server }) => {
    const signInWith = async (
      parameters: Record<string, string>,
      { phone = createPhone(server().issuer), person }: { phone?: Phone; person: TestPerson },
      secret: string,
    ) => {
      const config = await connect(server(), 'crm');
      const request = await authorizationRequest(config, parameters);
      const tokens = await exchange(config, callbackOf(await walkWith(phone, request.url, person, secret)), request);
      return { tokens, claims: tokens.claims(), phone, config };
    };

    test(on('discovery names the acr values and the claims parameter'), async (t) => {
      const metadata = (await connect(server(), 'crm')).serverMetadata();
      t.deepEqual(metadata.acr_values_supported, [PWD, MFA]);
      t.true(metadata.claims_parameter_supported);
    });

    test(on('a password alone is told as such, in ID and access token'), async (t) => {
      const { tokens } = await signInTo(await connect(server(), 'crm'), await server().createPerson(), API);
      const claims = tokens.claims();
      t.is(claims?.['acr'], PWD);
      t.deepEqual(claims?.['amr'], ['pwd']);
      const access = decodeJwt(tokens.access_token);
      t.is(access['acr'], PWD);
      t.deepEqual(access['amr'], ['pwd']);
      t.is(access['auth_time'], claims?.auth_time);
    });

    test(on('password and code are told as two factors, also after a refresh'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const { tokens, claims, config } = await signInWith(
        { scope: 'openid offline_access messages:read', prompt: 'consent' },
        { person },
        secret,
      );
      t.is(claims?.['acr'], MFA);
      t.deepEqual(claims?.['amr'], ['pwd', 'otp', 'mfa']);
      t.is(decodeJwt(tokens.access_token)['acr'], MFA);
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      t.is(refreshed.claims()?.['acr'], MFA);
      t.deepEqual(decodeJwt(refreshed.access_token)['amr'], ['pwd', 'otp', 'mfa']);
    });

    test(
      on('a session by password alone is asked for the second factor only, when an application wishes for it'),
      async (t) => {
        const person = await server().createPerson();
        const { phone } = await signInTo(await connect(server(), 'crm'), person);
        const secret = await giveTotp(server(), person);
        const request = await authorizationRequest(await connect(server(), 'crm'), { acr_values: MFA });
        const page = await phone.open(request.url);
        t.false(page.text.includes('name="password"'));
        t.true(page.text.includes('name="code"'));
        const { claims } = await signInWith({ acr_values: MFA }, { phone, person }, secret);
        t.is(claims?.['acr'], MFA);
        t.deepEqual(claims?.['amr'], ['pwd', 'otp', 'mfa']);
      },
    );

    test(on('a wish that cannot be granted is no reason to refuse'), async (t) => {
      const person = await server().createPerson();
      const config = await connect(server(), 'crm');
      const { phone, tokens } = await signInTo(config, person, { acr_values: MFA });
      t.is(tokens.claims()?.['acr'], PWD);
      t.is(
        (await signInTo(config, person, { acr_values: `${MFA} phr`, prompt: 'none' }, { phone })).tokens.claims()?.[
          'acr'
        ],
        PWD,
      );
    });

    test(on('more than was asked for is called what was asked for'), async (t) => {
      const person = await server().createPerson();
      const secret = await giveTotp(server(), person);
      const { claims, phone } = await signInWith({ claims: essential(PWD) }, { person }, secret);
      t.is(claims?.['acr'], PWD);
      t.deepEqual(claims?.['amr'], ['pwd', 'otp', 'mfa']);
      t.is(
        (await signInWith({ acr_values: `${MFA} ${PWD}`, prompt: 'none' }, { phone, person }, secret)).claims?.['acr'],
        MFA,
      );
    });

    test(on('who has no second factor sets one up, when an application takes nothing less'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      const config = await connect(server(), 'crm');
      const request = await authorizationRequest(config, { claims: essential(MFA) });
      const security = await walk(phone, request.url, person);
      t.is(security.url.pathname, '/account/security');
      const shown = await phone.press(security, '/account/security/totp');
      const secret = secretOn(shown);
      const codes = await phone.submit(shown, { code: await codeOf(secret, -1) });
      t.is(recoveryCodesOn(codes).length, 10);
      const kept = await phone.open(/href="(\/account\/security[^"]+)"/.exec(codes.text)?.[1] ?? '');
      const onward = /href="(\/interaction\/[^"]+)"/.exec(kept.text)?.[1] ?? '';
      const callback = callbackOf(await walkWith(phone, new URL(onward, server().issuer), person, secret));
      const claims = (await exchange(config, callback, request)).claims();
      t.is(claims?.['acr'], MFA);
    });

    test(on('without a page to ask on, what is missing is said'), async (t) => {
      const person = await server().createPerson();
      const config = await connect(server(), 'crm');
      const { phone } = await signInTo(config, person);
      const refused = signInTo(config, person, { claims: essential(MFA), prompt: 'none' }, { phone });
      t.is(await refusalOf(refused), 'login_required');
      const unknown = signInTo(config, person, { claims: essential('urn:other:gold') }, { phone });
      t.is(await refusalOf(unknown), 'unmet_authentication_requirements');
    });

    test(on('profile claims come by scopes: asked for by claims they are left out, and nothing else is'), async (t) => {
      const claims = JSON.stringify({ id_token: { email: null, acr: { essential: true, value: PWD } }, userinfo: {} });
      const { tokens } = await signInTo(await connect(server(), 'crm'), await server().createPerson(), { claims });
      t.is(tokens.claims()?.['email'], undefined);
      t.is(tokens.claims()?.['acr'], PWD);
    });

    test(on('prompt=login and max_age=0 want the password again, and auth_time tells'), async (t) => {
      const person = await server().createPerson();
      const config = await connect(server(), 'crm');
      const { phone, tokens } = await signInTo(config, person);
      for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
        await new Promise((done) => setTimeout(done, 1100));
        const request = await authorizationRequest(config, parameters);
        const page = await phone.open(request.url);
        t.true(page.text.includes('name="password"'), JSON.stringify(parameters));
        const again = await signInTo(config, person, parameters, { phone });
        t.true(Number(again.tokens.claims()?.auth_time) > Number(tokens.claims()?.auth_time));
      }
      t.is(await refusalOf(signInTo(config, person, { prompt: 'none', max_age: '0' }, { phone })), 'login_required');
      const recent = await signInTo(config, person, { prompt: 'none', max_age: '600' }, { phone });
      t.is(typeof recent.tokens.claims()?.auth_time, 'number');
    });

    test(on('who has a role that demands it gets to no application without a second factor'), async (t) => {
      const person = await server().createPerson({ roles: ['guard'] });
      const config = await connect(server(), 'crm');
      const request = await authorizationRequest(config, API);
      const phone = createPhone(server().issuer);
      t.is((await walk(phone, request.url, person)).url.pathname, '/account/security');
      t.is(await refusalOf(signInTo(config, person, { ...API, prompt: 'none' }, { phone })), 'login_required');
      const secret = await giveTotp(server(), person);
      const { tokens } = await signInWith(API, { phone, person }, secret);
      t.is(tokens.scope, 'messages:read calls:read');
    });

    test(on('a role that comes to demand it has no effect for those who signed in without'), async (t) => {
      const person = await server().createPerson({ roles: ['support'] });
      const config = await connect(server(), 'crm');
      const scope = 'openid offline_access messages:read calls:read';
      const { tokens } = await signInTo(config, person, { scope, prompt: 'consent' });
      t.is(decodeJwt(tokens.access_token)['scope'], 'messages:read calls:read');
      await server().administration.grantRole(OPERATOR, person.id, 'guard');
      await server().administration.revokeRole(OPERATOR, person.id, 'support');

      const api = await connect(server(), 'im-api');
      t.is((await client.tokenIntrospection(api, tokens.access_token)).scope, 'messages:read');
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      t.is(decodeJwt(refreshed.access_token)['scope'], 'messages:read');
    });

    test(on('a phone that signed in by password alone gives a device nothing of such a role'), async (t) => {
      const scope = 'openid messages:read calls:read';
      const person = await server().createPerson({ roles: ['guard'] });
      const weak = await startDevice(server(), { scope });
      await approve(server(), weak, person);
      t.is(decodeJwt(String((await poll(server(), weak)).body['access_token']))['scope'], 'messages:read');

      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      await signInWithCode(phone, person, await codeOf(secret));
      const strong = await startDevice(server(), { scope });
      await answerOn(phone, strong, 'approve');
      const { body } = await poll(server(), strong);
      const claims = decodeJwt(String(body['access_token']));
      t.is(claims['scope'], 'messages:read calls:read');
      t.is(claims['acr'], MFA);
    });

    test(on('a token obtained with two factors keeps such a role; introspection says so'), async (t) => {
      const person = await server().createPerson({ roles: ['guard'] });
      const secret = await giveTotp(server(), person);
      const { tokens } = await signInWith(API, { person }, secret);
      const api = await connect(server(), 'im-api');
      t.is((await client.tokenIntrospection(api, tokens.access_token)).scope, 'messages:read calls:read');
    });

    test(on('the last factor stays while a role demands it'), async (t) => {
      const person = await server().createPerson({ roles: ['guard'] });
      const secret = await giveTotp(server(), person);
      const phone = createPhone(server().issuer);
      await phone.submit(await phone.signIn(person), { code: await codeOf(secret) });
      const answer = await phone.press(await phone.open('/account/security'), '/account/security/totp/remove');
      t.is(answer.status, 409);
      t.true(answer.text.includes('this is the last one'));
      t.true(await server().server.domain.factors.has(person.id));
    });

    test(on('on our own pages, too, such a person is asked to set one up'), async (t) => {
      const person = await server().createPerson({ roles: ['guard'] });
      const phone = createPhone(server().issuer);
      const page = await phone.signIn(person);
      t.is(page.url.pathname, '/account/security');
      t.true(page.text.includes('Please set up a second factor'));
      t.false((await phone.open('/account')).text.includes('>guard<'));

      const secret = await giveTotp(server(), person);
      const href = /href="(\/account\/confirm[^"]+)"/.exec((await phone.open('/account/security')).text)?.[1] ?? '';
      await phone.submit(await phone.open(href), { code: await codeOf(secret) });
      t.true((await phone.open('/account')).text.includes('>guard<'));
    });
  },
  { config: { roles: { guard: { scopes: ['calls:read'], require_mfa: true } } } },
);
