// Pushed authorization requests (RFC 9126): authenticated, bound to their client, used once.
import test from 'ava';
import * as client from 'openid-client';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  redirectUriOf,
  SECRETS,
  walk,
} from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  const push = async () => {
    const config = await connect(server(), 'crm');
    const request = await authorizationRequest(config);
    const url = await client.buildAuthorizationUrlWithPAR(config, Object.fromEntries(request.url.searchParams));
    return { config, request: { ...request, url } };
  };

  test(on('a pushed request is authorized as one in the address'), async (t) => {
    const { config, request } = await push();
    const callback = callbackOf(await walk(createPhone(server().issuer), request.url, await server().createPerson()));
    t.truthy((await exchange(config, callback, request)).id_token);
  });

  test(on('it is used once'), async (t) => {
    const { request } = await push();
    const phone = createPhone(server().issuer);
    await walk(phone, request.url, await server().createPerson());
    const again = callbackOf(await phone.open(request.url)).searchParams;
    t.is(again.get('error'), 'invalid_request_uri');
    t.false(again.has('code'));
  });

  test(on('of two browsers that use it at once one is authorized'), async (t) => {
    const { request } = await push();
    const phones = [createPhone(server().issuer), createPhone(server().issuer)];
    await Promise.all(phones.map(async (phone) => phone.signIn(await server().createPerson())));
    const pages = await Promise.all(phones.map((phone) => phone.open(request.url)));
    const consents = pages.filter(({ text }) => text.includes('name="decision"'));
    const answers = await Promise.all(
      phones.map(async (phone, index) => {
        const page = pages[index];
        return page && consents.includes(page) ? phone.submit(page, { decision: 'approve' }) : page;
      }),
    );
    const codes = answers.filter((page) => page?.headers.get('Location')?.includes('code='));
    t.is(codes.length, 1);
  });

  test(on('another client cannot use it'), async (t) => {
    const { request } = await push();
    request.url.searchParams.set('client_id', 'spa');
    const answer = callbackOf(await createPhone(server().issuer).open(request.url));
    t.is(answer.origin, 'https://spa.example');
    t.is(answer.searchParams.get('error'), 'invalid_request_object');
  });

  test(on('a client must authenticate'), async (t) => {
    const fields = { client_id: 'crm', response_type: 'code', redirect_uri: redirectUriOf('crm') };
    t.is((await post(server(), 'par', fields, basic('crm', 'wrong'))).status, 401);
  });

  test(on('what could not be authorized is refused when it is pushed'), async (t) => {
    const fields = { response_type: 'code', redirect_uri: 'https://evil.example/', scope: 'openid' };
    const { status, body } = await post(server(), 'par', fields, basic('crm', SECRETS.crm));
    t.is(status, 400);
    t.is(body['error'], 'invalid_request');
  });
});
