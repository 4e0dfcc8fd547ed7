// What a client's entry says about it: several secrets while one replaces another, the algorithm of its ID tokens, its lifetimes,
// and the most that the device grant may give it.
import test from 'ava';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { secretHash } from '../../src/lib/hash.ts';
import { approve, poll, startDevice } from '../helpers/device.ts';
import {
  authorizationRequest,
  callbackOf,
  connect,
  redirectUriOf,
  SECRETS,
  signInTo,
} from '../helpers/foreign-client.ts';
import { basic, post, type Reply } from '../helpers/http.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const [FORMER, NEW] = ['former-secret-0123456789abcdefghijklmnop', 'new-secret-0123456789abcdefghijklmnopqrs'];
const CLIENT_CREDENTIALS = { grant_type: 'client_credentials' };

const CONFIG = {
  clients: {
    quick: {
      name: 'Quick',
      grants: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUriOf('crm')],
      secrets: [{ hash: secretHash(SECRETS.crm) }],
      scopes: ['openid', 'messages:read'],
      id_token_signed_response_alg: 'ES256',
      lifetimes: { access_token: '90s', id_token: '2m' },
    },
    frame: {
      name: 'Picture Frame',
      grants: ['device_code', 'authorization_code', 'refresh_token'],
      redirect_uris: [redirectUriOf('crm')],
      scopes: ['openid', 'profile', 'messages:read', 'messages:send'],
      device_scopes: ['openid', 'messages:read'],
    },
    reader: {
      name: 'Reader of Messages',
      grants: ['device_code', 'authorization_code'],
      redirect_uris: [redirectUriOf('crm')],
      scopes: ['messages:read'],
    },
  },
};

onEachStorage(
  ({ on, server }) => {
    test.serial(on('two secrets are taken, and the one that a reload removes is refused at once'), async (t) => {
      const entry = (...secrets: string[]) =>
        `  turning:\n    name: Turning\n    grants: [client_credentials]\n    scopes: [messages:read]\n    secrets: ${JSON.stringify(
          secrets.map((secret) => ({ hash: secretHash(secret) })),
        )}\n`;
      const opens = async (secret: string) =>
        (await post(server(), 'token', CLIENT_CREDENTIALS, basic('turning', secret))).body['error'];
      const { reload } = server().server.reload;
      await server().edit((text) => `${text}${entry(FORMER, NEW)}`);
      t.is(await reload('start'), undefined);
      t.deepEqual([await opens(FORMER), await opens(NEW)], [undefined, undefined]);
      await server().edit((text) => text.replace(entry(FORMER, NEW), entry(NEW)));
      t.is(await reload('start'), undefined);
      t.deepEqual([await opens(FORMER), await opens(NEW)], ['invalid_client', undefined]);
    });

    test(on('a client without openid among its scopes learns from nobody who they are'), async (t) => {
      const { url } = await authorizationRequest(await connect(server(), 'reader', undefined), {
        redirect_uri: redirectUriOf('crm'),
        scope: 'openid messages:read',
      });
      const refused = callbackOf(await createPhone(server().issuer).open(url));
      t.is(refused.searchParams.get('error'), 'invalid_scope');
      const asked = { client_id: 'reader', scope: 'openid' };
      t.is((await post(server(), 'device_authorization', asked)).body['error'], 'invalid_scope');
    });

    test(on('its ID tokens are signed as it asks, and live as long; others are as ever'), async (t) => {
      const person = await server().createPerson();
      const quick = await client.discovery(
        new URL(server().issuer),
        'quick',
        { id_token_signed_response_alg: 'ES256' },
        client.ClientSecretBasic(SECRETS.crm),
        { execute: [client.allowInsecureRequests] },
      );
      const redirect_uri = redirectUriOf('crm');
      const { tokens } = await signInTo(quick, person, { scope: 'openid messages:read', redirect_uri });
      t.is(decodeProtectedHeader(tokens.id_token ?? '').alg, 'ES256');
      const { exp = 0, iat = 0 } = decodeJwt(tokens.id_token ?? '');
      t.is(exp - iat, 120);
      t.is(tokens.expires_in, 90);
      const other = await signInTo(await connect(server(), 'crm'), person, { scope: 'openid messages:read' });
      t.is(decodeProtectedHeader(other.tokens.id_token ?? '').alg, 'RS256');
      t.is(other.tokens.expires_in, 600);
    });

    test(on('the device grant gives no more than its ceiling, and names what it refuses'), async (t) => {
      const ask = (scope: string) => post(server(), 'device_authorization', { client_id: 'frame', scope });
      for (const scope of ['messages:send', 'profile']) {
        const { status, body } = await ask(`openid ${scope}`);
        t.is(status, 400);
        t.like(body, { error: 'invalid_scope', scope });
      }
      t.is((await ask('qr:approve')).body['error'], 'invalid_scope');
      const device = await startDevice(server(), { clientId: 'frame', scope: 'openid messages:read' });
      await approve(server(), device);
      const { body } = await poll(server(), device, 'frame');
      t.is(body['scope'], 'messages:read');
      t.truthy(body['id_token']);
    });

    test(on('the ceiling does not bind its other grants'), async (t) => {
      const redirect_uri = redirectUriOf('crm');
      const parameters = { scope: 'openid profile messages:send', redirect_uri };
      const { tokens } = await signInTo(await connect(server(), 'frame'), await server().createPerson(), parameters);
      t.is(tokens.scope, 'messages:send');
    });

    test.serial(on('a ceiling that has sunk before the approval counts'), async (t) => {
      const device = await startDevice(server(), { clientId: 'tv', scope: 'openid messages:read' });
      await server().edit((text) =>
        text.replace('name: Living Room TV', 'name: Living Room TV\n    device_scopes: [openid]'),
      );
      t.is(await server().server.reload.reload('start'), undefined);
      await approve(server(), device);
      const { body } = await poll(server(), device);
      t.is(body['scope'], 'openid');
      await server().edit((text) => text.replace('\n    device_scopes: [openid]', ''));
      t.is(await server().server.reload.reload('start'), undefined);
    });

    test.serial(on('a ceiling that sinks binds devices that were approved before'), async (t) => {
      const refresh = async (refresh_token: unknown): Promise<Reply> =>
        post(server(), 'token', {
          grant_type: 'refresh_token',
          client_id: 'tv',
          refresh_token: String(refresh_token),
        });
      const scopeNow = async (token: unknown): Promise<unknown> =>
        (await post(server(), 'introspect', { token: String(token) }, basic('im-api', SECRETS['im-api']))).body[
          'scope'
        ];
      const device = await startDevice(server(), { clientId: 'tv', scope: 'openid messages:read calls:read' });
      await approve(server(), device, await server().createPerson({ roles: ['support'] }));
      const { body } = await poll(server(), device);
      t.is(body['scope'], 'messages:read calls:read');
      const { body: second } = await refresh(body['refresh_token']);
      const name = 'name: Living Room TV';
      const narrowed = `${name}\n    device_scopes: [openid, messages:read]`;
      await server().edit((text) => text.replace(name, narrowed));
      t.is(await server().server.reload.reload('start'), undefined);
      t.is(await scopeNow(body['access_token']), 'messages:read');
      const { body: third } = await refresh(second['refresh_token']);
      t.is(third['scope'], 'messages:read');
      t.is(decodeJwt(String(third['access_token']))['scope'], 'messages:read');
      await server().edit((text) => text.replace(narrowed, name));
      t.is(await server().server.reload.reload('start'), undefined);
    });
  },
  { config: CONFIG },
);
