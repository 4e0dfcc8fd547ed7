// Signing keys are replaced while everything goes on: published, promoted, retired, in each process of an installation at the
// same moment; nobody's session, code or token ends by it, unless a key has leaked.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { SIGNING_ALGORITHMS } from '../../src/oidc/keys.ts';
import { type AuthServer, OPERATOR, startAuthServer } from '../helpers/auth-server.ts';
import { approve, poll, startDevice } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  exchange,
  SECRETS,
  signInTo,
  walk,
} from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { ask, basic, post, type Target } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

/** Published for 3 s, then retiring for 9 s: tokens live for 7 s, processes may lag for 2 s. */
const SHORT = {
  signing_keys: { cache: '1s', publish_before: '3s' },
  lifetimes: { access_token: '7s', id_token: '7s' },
};

/** Until a little after a moment. */
const reached = (at: number) => sleep(Math.max(0, at - Date.now()) + 100);

const kidsAt = async (target: Target): Promise<string[]> => {
  const { body } = await ask(target, '/.well-known/jwks.json');
  return (body['keys'] as { kid: string }[]).map(({ kid }) => kid).toSorted((a, b) => a.localeCompare(b));
};
const kidOf = (token: string | undefined): string => String(decodeProtectedHeader(token ?? '').kid);

async function keyToken(target: Target): Promise<string> {
  const fields = { grant_type: 'client_credentials', scope: 'messages:read' };
  return String((await post(target, 'token', fields, basic('reports', SECRETS.reports))).body['access_token']);
}

const isActive = async (target: Target, token: string) =>
  (await post(target, 'introspect', { token }, basic('im-api', SECRETS['im-api']))).body['active'];

const rotate = (server: AuthServer, atOnce = false) =>
  server.administration.rotateSigningKeys(OPERATOR, SIGNING_ALGORITHMS, { atOnce });

onEachStorage(
  ({ on, server }) => {
    const another = (t: ExecutionContext) => startAuthServer(t, { beside: server() });

    test.serial(on('a rotation goes through its stages in both processes, and nothing that lives ends'), async (t) => {
      const both: readonly Target[] = [server(), await another(t)];
      const config = await connect(server(), 'crm');
      const person = await server().createPerson();
      const scope = 'openid offline_access messages:read';
      const { tokens, phone } = await signInTo(config, person, { scope, prompt: 'consent' });
      const request = await authorizationRequest(config, { scope });
      const callback = callbackOf(await walk(phone, request.url, person));
      const device = await startDevice(server(), { scope: 'openid messages:read' });

      const { made, replaced, signsFrom, formerUntil } = await rotate(server());
      const [next, former] = [made, replaced].map((keys) => keys.map(({ kid }) => kid));
      const published = [...(next ?? []), ...(former ?? [])].toSorted((a, b) => a.localeCompare(b));
      await sleep(300);
      for (const target of both) {
        t.deepEqual(await kidsAt(target), published, 'the next keys are published');
        t.true(former?.includes(kidOf(await keyToken(target))), 'the former ones sign');
      }
      const early = await keyToken(server());

      await reached(signsFrom);
      for (const target of both) {
        t.deepEqual(await kidsAt(target), published);
        t.true(next?.includes(kidOf(await keyToken(target))), 'the next ones sign');
        t.true(await isActive(target, early), 'what the former ones signed is alive');
      }
      const redeemed = await exchange(config, callback, request);
      t.true(next?.includes(kidOf(redeemed.id_token)), 'a code of before is redeemed under the new key');
      t.is((await phone.open('/account')).url.pathname, '/account', 'the session goes on');
      await approve(server(), device);

      await reached(formerUntil);
      for (const target of both)
        t.deepEqual(
          await kidsAt(target),
          next?.toSorted((a, b) => a.localeCompare(b)),
        );
      t.is((await phone.open('/account')).url.pathname, '/account');
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      t.true(next?.includes(kidOf(refreshed.access_token)));
      const polled = await poll(server(), device);
      t.true(next?.includes(kidOf(String(polled.body['id_token']))), 'the device gets its tokens');
      const url = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' });
      t.regex(textOf((await phone.open(url)).text), /Harbour CRM/, 'an ID token of a retired key is still a hint');

      const { signingKeys } = server().server.domain;
      const isStripped = async () => (await signingKeys.load()).filter(({ privateKey }) => privateKey).length === 2;
      while (!(await isStripped())) await sleep(200);
      for (const { kid } of replaced) {
        const left = (await signingKeys.load()).find((key) => key.kid === kid);
        t.like(left, { privateKey: undefined, publicKey: { kid, d: undefined } }, 'it no longer can sign');
      }
    });

    test.serial(on('one rotation at a time, also of two that begin at once; the record names the keys'), async (t) => {
      const both = await Promise.allSettled([rotate(server()), rotate(server())]);
      const [refused] = both.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      t.like(refused, { code: 'rotation_under_way' });
      t.is(both.filter(({ status }) => status === 'fulfilled').length, 1);
      await t.throwsAsync(rotate(server()), { code: 'rotation_under_way' });
      const { items } = await server().server.domain.audit.list({ type: 'signing_key.rotated', limit: 1 });
      t.is(String(items[0]?.details?.['kids']).split(' ').length, 2);
    });

    test.serial(
      on('a leaked key is out of use at once: its tokens are worth nothing, people stay signed in'),
      async (t) => {
        const config = await connect(server(), 'crm');
        const person = await server().createPerson();
        const scope = 'openid offline_access messages:read';
        const { tokens, phone } = await signInTo(config, person, { scope, prompt: 'consent' });
        const other = await another(t);
        const { made, replaced } = await rotate(server(), true);
        await sleep(300);
        for (const target of [server(), other]) {
          t.deepEqual(
            await kidsAt(target),
            made.map(({ kid }) => kid).toSorted((a, b) => a.localeCompare(b)),
          );
          t.false(await isActive(target, tokens.access_token));
          t.true(await isActive(target, await keyToken(target)));
        }
        t.is((await phone.open('/account')).url.pathname, '/account');
        t.true(
          await isActive(other, (await client.refreshTokenGrant(config, tokens.refresh_token ?? '')).access_token),
        );

        const hint = { id_token_hint: tokens.id_token ?? '' };
        const signOut = await phone.open(client.buildEndSessionUrl(config, hint));
        t.regex(textOf(signOut.text), /Harbour CRM/, 'signing out asks the person all the same');
        const silent = await authorizationRequest(config, { scope: 'openid', prompt: 'none', ...hint });
        t.is(callbackOf(await phone.open(silent.url)).searchParams.get('error'), 'invalid_request');
        const held = await server().server.domain.signingKeys.load();
        t.false(
          replaced.some(({ kid }) => held.some((key) => key.kid === kid)),
          'nothing is left of them',
        );
      },
    );
  },
  { config: SHORT },
);

test('what others may keep the keys for is what the configuration says', async (t) => {
  const server = await startAuthServer(t, { config: { signing_keys: { cache: '2m', publish_before: '5m' } } });
  const { headers } = await ask(server, '/.well-known/jwks.json');
  t.is(headers.get('cache-control'), 'public, max-age=120');
});
