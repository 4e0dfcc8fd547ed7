// Cross-origin calls (Fetch, CORS): pages of a registered origin may redeem and refresh, pages of others may not.
import test from 'ava';
import { startAuthServer, type AuthServer } from '../helpers/auth-server.ts';
import { authorizationRequest, callbackOf, connect, redirectUriOf, walk } from '../helpers/foreign-client.ts';
import { ask, post } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';

let server: AuthServer;
test.before(async () => {
  const clients = {
    widget: { name: 'Widget', grants: ['device_code'], origins: ['https://widget.example'], scopes: ['openid'] },
  };
  server = await startAuthServer(undefined, { config: { clients } });
});
test.after.always(() => server.stop());

async function codeOfSpa() {
  const { url, verifier } = await authorizationRequest(await connect(server, 'spa'));
  const callback = callbackOf(await walk(createPhone(server.issuer), url, await server.createPerson()));
  return {
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: callback.searchParams.get('code') ?? '',
    redirect_uri: redirectUriOf('spa'),
    code_verifier: verifier,
  };
}

test('a page of a registered origin redeems its code', async (t) => {
  const answer = await post(server, 'token', await codeOfSpa(), { Origin: 'https://spa.example' });
  t.is(answer.status, 200);
  t.is(answer.headers.get('Access-Control-Allow-Origin'), 'https://spa.example');
});

test('a page of another origin cannot read an answer', async (t) => {
  for (const origin of ['https://evil.example', 'http://spa.example', 'https://spa.example.evil.example', 'null']) {
    const answer = await post(server, 'token', await codeOfSpa(), { Origin: origin });
    t.not(answer.headers.get('Access-Control-Allow-Origin'), origin);
    t.is(answer.body['access_token'], undefined, origin);
  }
});

test('the preflight of the token endpoint is answered', async (t) => {
  const headers = { Origin: 'https://spa.example', 'Access-Control-Request-Method': 'POST' };
  const answer = await ask(server, '/oauth/token', { method: 'OPTIONS', headers });
  t.true(answer.status < 300);
  t.is(answer.headers.get('Access-Control-Allow-Origin'), 'https://spa.example');
});

test('cookies are never allowed across origins', async (t) => {
  const headers = { Origin: 'https://spa.example', 'Access-Control-Request-Method': 'POST' };
  for (const path of ['/oauth/token', '/account', '/account/sign-in']) {
    const answer = await ask(server, path, { method: 'OPTIONS', headers });
    t.is(answer.headers.get('Access-Control-Allow-Credentials'), null, path);
  }
});

test('our own pages are closed to other origins', async (t) => {
  const answer = await ask(server, '/account/sign-in', { headers: { Origin: 'https://spa.example' } });
  t.is(answer.headers.get('Access-Control-Allow-Origin'), null);
});
