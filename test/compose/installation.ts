// An installation without a server for one test: a store of its own, the configuration that was applied, and people in it.
import type { ExecutionContext } from 'ava';
import { createAdministration } from '../../src/compose/administration.ts';
import { createChanges, type Plan } from '../../src/compose/changes.ts';
import { composeDomain, type Domain } from '../../src/compose/domain.ts';
import { type ConfigSnapshot, digestOf, snapshotOf } from '../../src/config/snapshot.ts';
import { createConfigSource } from '../../src/config/source.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';
import { development } from '../config/config-files.ts';
import { OPERATOR } from '../helpers/auth-server.ts';

export interface Installation {
  store: Store;
  domain: Domain;
  /** Ids of new people who hold these roles and can sign in. */
  people(count: number, ...roles: string[]): Promise<string[]>;
  key(ownerId: string, scopes: readonly string[], resource?: string): Promise<void>;
  /** They agreed to give the scopes of the API to the client. */
  consent(ids: readonly string[], client: string, ...scopes: string[]): Promise<void>;
  /** Of taking the applied lines, changed, into force. */
  plan(edit: (text: string) => string): Promise<Plan & { next: ConfigSnapshot }>;
}

/** `lines` follow `version` and `mode`, and are what was applied last. */
export async function installation(t: ExecutionContext, storage: string, lines: string): Promise<Installation> {
  const config = await (await development(t, lines)).load();
  const clock = systemClock;
  const onError = (error: unknown): void => t.log(error);
  const store = await openStorage(storage, { dataFolder: '.', clock, onError });
  const domain = composeDomain({ config: createConfigSource(config), store, clock, onError });
  t.teardown(async () => {
    await domain.close();
    await store.close();
  });
  const snapshot = snapshotOf(config);
  await domain.applied.replace(undefined, { digest: digestOf(snapshot), by: 'operator', snapshot });
  const administration = createAdministration(domain);
  let known = 0;

  return {
    store,
    domain,
    async people(count, ...roles) {
      const made = Array.from({ length: count }, () => ({ email: `p${++known}@example.com`, roles, active: true }));
      const accounts = await Promise.all(made.map((person) => administration.createPerson(OPERATOR, person)));
      return accounts.map(({ id }) => id);
    },
    async key(ownerId, scopes, resource) {
      const wanted = { ownerId, name: 'k', scopes, ...(resource !== undefined && { resource }) };
      await administration.createKey(OPERATOR, wanted);
    },
    async consent(ids, client, ...scopes) {
      const resources = { 'https://im.example/': scopes };
      for (const id of ids) await domain.consents.remember(id, client, { openid: ['openid'], resources });
    },
    async plan(edit) {
      const next = snapshotOf(await (await development(t, edit(lines))).load());
      return { ...(await createChanges(domain).plan(next)), next };
    },
  };
}
