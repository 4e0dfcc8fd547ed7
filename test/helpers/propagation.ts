// What an administrator does at one process of an installation, and what another process refuses from then on.
import { setTimeout as pause } from 'node:timers/promises';
import { createKey } from './api-key.ts';
import { type AuthServer, OPERATOR } from './auth-server.ts';
import { SECRETS } from './foreign-client.ts';
import { basic, post, type Reply, type Target } from './http.ts';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 2;

/** Something begun and not yet done. */
interface Prepared {
  act(): Promise<unknown>;
  /** Ways to see it at a process, by name. */
  seen: Readonly<Record<'token endpoint' | 'introspection', (at: Target) => Promise<boolean>>>;
}

export type Prepare = (server: AuthServer) => Promise<Prepared>;

const tokens = (at: Target, id: string, secret: string, scope: string): Promise<Reply> =>
  post(at, 'token', { grant_type: 'client_credentials', scope }, basic(id, secret));
const introspected = async (at: Target, token: unknown): Promise<Reply['body']> =>
  (await post(at, 'introspect', { token: String(token) }, basic('im-api', SECRETS['im-api']))).body;

async function keyOfSupport(server: AuthServer) {
  const { key, owner } = await createKey(server, ['calls:read', 'messages:read'], ['support']);
  const { client_id: id, client_secret: secret } = key;
  const { body } = await tokens(server, id, secret, 'calls:read messages:read');
  return { id, secret, owner, token: body['access_token'] };
}

export const ACTS: Readonly<Record<string, Prepare>> = {
  'a revoked key': async (server) => {
    const { id, secret, token } = await keyOfSupport(server);
    return {
      act: () => server.administration.revokeKey(OPERATOR, id),
      seen: {
        'token endpoint': async (at) => (await tokens(at, id, secret, 'calls:read')).body['error'] === 'invalid_client',
        introspection: async (at) => (await introspected(at, token))['active'] === false,
      },
    };
  },

  'a role taken away': async (server) => {
    const { id, secret, owner, token } = await keyOfSupport(server);
    return {
      act: () => server.administration.revokeRole(OPERATOR, owner.id, 'support'),
      seen: {
        'token endpoint': async (at) => (await tokens(at, id, secret, 'calls:read')).body['error'] === 'invalid_scope',
        introspection: async (at) => (await introspected(at, token))['scope'] === 'messages:read',
      },
    };
  },

  'a reload without the client': async (server) => {
    const { body } = await tokens(server, 'reports', SECRETS.reports, 'calls:read');
    await server.edit((text) => text.replace('  reports:\n', '  weekly:\n'));
    return {
      act: () => server.server.reload.reload('signal'),
      seen: {
        'token endpoint': async (at) =>
          (await tokens(at, 'reports', SECRETS.reports, 'calls:read')).body['error'] === 'invalid_client',
        introspection: async (at) => (await introspected(at, body['access_token']))['active'] === false,
      },
    };
  },
};

/** Brings back what `ACTS` took out of the files. */
export async function restoreFiles(server: AuthServer): Promise<void> {
  await server.edit((text) => text.replace('  weekly:\n', '  reports:\n'));
  await server.server.reload.reload('signal');
}

/** Milliseconds from the beginning of the act until `at` refuses, in each way. Throws when one does not come. */
export async function timesUntilSeen(prepare: Prepare, server: AuthServer, at: Target) {
  const { act, seen } = await prepare(server);
  const begun = performance.now();
  const until = async ([way, isSeen]: [string, (at: Target) => Promise<boolean>]): Promise<[string, number]> => {
    while (!(await isSeen(at))) {
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`${way} did not follow in ${PATIENCE_MS} ms`);
      await pause(PAUSE_MS);
    }
    return [way, performance.now() - begun];
  };
  const [, ...times] = await Promise.all([act(), ...Object.entries(seen).map(until)]);
  return Object.fromEntries(times) as Record<keyof Prepared['seen'], number>;
}
