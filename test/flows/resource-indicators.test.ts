// Resource indicators (RFC 8707): scopes select the resource; one may also be named; a token is for one API.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { createKey } from '../helpers/api-key.ts';
import { authorizationRequest, callbackOf, connect, refusalOf, signInTo, walk } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const IM = 'https://im.tokenim.example/';

onEachStorage(({ on, server }) => {
  test(on('a named resource narrows client credentials to its scopes'), async (t) => {
    const config = await connect(server(), 'reports');
    const { access_token, scope } = await client.clientCredentialsGrant(config, { resource: IM });
    t.is(decodeJwt(access_token).aud, IM);
    t.deepEqual(scope?.split(' ').toSorted(), ['calls:read', 'messages:read']);
  });

  test(on('an unknown resource is invalid_target'), async (t) => {
    const config = await connect(server(), 'reports');
    const request = client.clientCredentialsGrant(config, {
      resource: 'https://evil.example/',
      scope: 'messages:read',
    });
    t.is(await refusalOf(request), 'invalid_target');
  });

  test(on('a resource with the scopes of another one gives no token for these'), async (t) => {
    const config = await connect(server(), 'reports');
    const request = client.clientCredentialsGrant(config, { resource: IM, scope: 'files:read' });
    t.is(await refusalOf(request), 'invalid_scope');
  });

  test(on('a key that names a resource and the scope of another one hears where the scope belongs'), async (t) => {
    const { key } = await createKey(server(), ['messages:send']);
    const form = { grant_type: 'client_credentials', scope: 'messages:send', resource: `${server().issuer}/api/v1` };
    const { status, body } = await post(server(), 'token', form, basic(key.client_id, key.client_secret));
    t.is(status, 400);
    t.deepEqual(body, {
      error: 'invalid_scope',
      error_description: `messages:send belongs to ${IM}, not to the resource asked for`,
      scope: 'messages:send',
    });
  });

  test(on('an authorization request with scopes of two resources is invalid_target'), async (t) => {
    const config = await connect(server(), 'crm');
    const { url } = await authorizationRequest(config, { scope: 'openid messages:read files:read' });
    const answer = callbackOf(
      await walk(createPhone(server().issuer), url, await server().createPerson()),
    ).searchParams;
    t.is(answer.get('error'), 'invalid_target');
    t.regex(answer.get('error_description') ?? '', /messages:read.*files:read/);
  });

  test(on('a person may name the resource in the request as well'), async (t) => {
    const config = await connect(server(), 'crm');
    const parameters = { scope: 'openid messages:read', resource: IM };
    const { tokens } = await signInTo(config, await server().createPerson(), parameters);
    t.is(decodeJwt(tokens.access_token).aud, IM);
  });

  test(on('a refresh cannot move to another resource'), async (t) => {
    const config = await connect(server(), 'crm');
    const { tokens } = await signInTo(config, await server().createPerson(), { scope: 'openid messages:read' });
    const request = client.refreshTokenGrant(config, tokens.refresh_token ?? '', {
      resource: 'https://files.tokenim.example/',
    });
    t.is(await refusalOf(request), 'invalid_target');
  });

  test(on('a scope that the client may not ask for is invalid_scope'), async (t) => {
    const config = await connect(server(), 'spa');
    const { url } = await authorizationRequest(config, { scope: 'openid messages:send' });
    const answer = callbackOf(await createPhone(server().issuer).open(url)).searchParams;
    t.is(answer.get('error'), 'invalid_scope');
  });
});
