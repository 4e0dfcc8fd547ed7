// `/account/apps`: people see what applications may do in their name and take it back, scope by scope or whole; nobody takes
// back what is another's.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import {
  callbackOf,
  connect,
  refusalOf,
  authorizationRequest,
  exchange,
  signInTo,
  walk,
} from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { approve, poll, startDevice } from '../helpers/device.ts';
import { onEachStorage } from '../helpers/storages.ts';

const WIDE = { scope: 'openid profile offline_access messages:read messages:send', prompt: 'consent' };

onEachStorage(({ on, server }) => {
  const letIn = async () => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { tokens, phone } = await signInTo(config, person, WIDE);
    return { person, config, tokens, phone };
  };
  const takeBack = async (phone: Phone, scope: string) => {
    const page = await phone.open('/account/apps');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return phone.post('/account/apps/withdraw', { csrf, client_id: 'crm', scope });
  };

  test(on('each application is listed with what it may do'), async (t) => {
    const { phone } = await letIn();
    const text = textOf((await phone.open('/account/apps')).text);
    for (const words of ['Harbour CRM', 'Read your messages', 'Send messages as you'])
      t.true(text.includes(words), words);
  });

  test(on('what was agreed to stays listed after signing out, and is taken back there'), async (t) => {
    const { person, phone } = await letIn();
    await phone.signOut();
    await phone.signIn(person);
    t.true(textOf((await phone.open('/account/apps')).text).includes('Send messages as you'));
    t.is((await takeBack(phone, 'messages:send')).status, 303);
    const page = await phone.open('/account/apps');
    t.false(textOf(page.text).includes('Send messages as you'));
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    t.is((await phone.post('/account/apps/end', { csrf, client_id: 'crm' })).status, 303);
    t.false(textOf((await phone.open('/account/apps')).text).includes('Harbour CRM'));
    const { url } = await authorizationRequest(await connect(server(), 'crm'), { scope: 'openid messages:read' });
    t.regex((await phone.open(url)).text, /name="decision"/, 'the next sign-in asks again');
  });

  test(on('who is not signed in is asked to sign in first'), async (t) => {
    const page = await createPhone(server().issuer).open('/account/apps');
    t.is(page.url.pathname, '/account/sign-in');
  });

  test(on('a scope taken back is gone from tokens at once and from the next ones; the rest stays'), async (t) => {
    const { config, tokens, phone } = await letIn();
    t.is((await takeBack(phone, 'messages:send')).status, 303);
    t.false(textOf((await phone.open('/account/apps')).text).includes('Send messages'));
    const now = await client.tokenIntrospection(config, tokens.access_token);
    t.true(now.active);
    t.is(now.scope, 'messages:read');
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    t.is(decodeJwt(next.access_token)['scope'], 'messages:read');
  });

  test(on('access without the person present, taken back, ends the refresh tokens'), async (t) => {
    const { config, tokens, phone } = await letIn();
    t.is((await takeBack(phone, 'offline_access')).status, 303);
    t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
    t.true((await client.tokenIntrospection(config, tokens.access_token)).active);
  });

  test(on('asking again for what was taken back asks the person, who may give it again'), async (t) => {
    const { person, config, phone } = await letIn();
    await takeBack(phone, 'messages:send');
    const request = await authorizationRequest(config, { scope: 'openid messages:read messages:send' });
    const asked = await phone.open(request.url);
    t.true(asked.text.includes('name="decision"'));
    const tokens = await exchange(config, callbackOf(await walk(phone, asked.url, person)), request);
    t.is(decodeJwt(tokens.access_token)['scope'], 'messages:read messages:send');
  });

  test(on('removing all access ends every token of the application and nothing else'), async (t) => {
    const { person, config, tokens, phone } = await letIn();
    const device = await startDevice(server());
    await approve(server(), device, person);
    const tv = await poll(server(), device);
    const page = await phone.open('/account/apps');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    await phone.post('/account/apps/end', { csrf, client_id: 'crm' });
    t.false((await client.tokenIntrospection(config, tokens.access_token)).active);
    t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
    t.is(tv.status, 200);
    t.true(textOf((await phone.open('/account/apps')).text).includes('Living Room TV'));
  });

  test(on("another person's access is out of reach"), async (t) => {
    const { config, tokens } = await letIn();
    const stranger = createPhone(server().issuer);
    await stranger.signIn(await server().createPerson());
    t.is((await takeBack(stranger, 'messages:send')).status, 403);
    const csrf = /name="csrf" value="([^"]+)"/.exec((await stranger.open('/account')).text)?.[1] ?? '';
    for (const path of ['withdraw', 'end']) {
      const refused = await stranger.post(`/account/apps/${path}`, { csrf, client_id: 'crm', scope: 'messages:send' });
      t.is(refused.status, 404, path);
    }
    t.is((await client.tokenIntrospection(config, tokens.access_token)).scope, 'messages:read messages:send');
  });

  test(on('a form of another site takes nothing back'), async (t) => {
    const { config, tokens, phone } = await letIn();
    const refused = await phone.post('/account/apps/end', { csrf: 'forged', client_id: 'crm' });
    t.is(refused.status, 403);
    t.true((await client.tokenIntrospection(config, tokens.access_token)).active);
  });

  test(on('taking back and ending are recorded'), async (t) => {
    const { person, phone } = await letIn();
    await takeBack(phone, 'profile');
    const { items } = await server().server.domain.audit.list({ account: person.id, limit: 50 });
    const withdrawn = items.find(({ type }) => type === 'consent.withdrawn');
    t.is(withdrawn?.client, 'crm');
    t.deepEqual(withdrawn?.scopes, ['profile']);
    t.is(withdrawn?.actor, person.id);
  });
});
