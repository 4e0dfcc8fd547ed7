// The composition of clients that no file manages, without HTTP: kept in the store, judged by the files in force, put into the
// configuration that everything reads.
import { createClientsInForce } from '../clients/in-force.ts';
import { createInitialTokens } from '../clients/registration/initial-tokens.ts';
import type { ClientUse } from '../clients/faces.ts';
import { createRegistrar } from '../clients/registration/registrar.ts';
import { createRoster } from '../clients/roster.ts';
import { isInUse, isStoredClientId, type StoredClient, storedClientCollection } from '../clients/stored-client.ts';
import { createStoredClients, hashesOf, type Settings } from '../clients/stored-clients.ts';
import type { AuditLog } from '../audit/log.ts';
import { WEB_CLIENT } from '../config/built-in.ts';
import { judgeClient, outsideClientInForce } from '../config/outside-client.ts';
import type { LayeredConfig } from '../config/source.ts';
import type { Clock } from '../lib/clock.ts';
import type { GrantRecords } from '../oidc/grant-records.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Store } from '../storage/port.ts';

export interface ClientsDeps {
  config: LayeredConfig;
  store: Store;
  clock: Clock;
  audit: Pick<AuditLog, 'list' | 'record'>;
  grants: Pick<GrantRecords, 'countTo' | 'peopleWith'>;
  /** Ends what people gave to a client. */
  endGrants(id: string): Promise<void>;
  onError(error: unknown): void;
}

export type StoredClientsDomain = ReturnType<typeof composeClients>;

export function composeClients({ config, store, clock, audit, grants, endGrants, onError }: ClientsDeps) {
  const files = () => config.files();
  const collection = storedClientCollection(store, clock.now);
  const inForce = createClientsInForce({
    store,
    collection,
    clock,
    layer: config.layer,
    onError,
    resolve(id, { settings, secrets, origin, createdAt, expiresAt }, under) {
      const { client } = outsideClientInForce(id, settings, hashesOf(secrets), under);
      return client && { ...client, stored: { origin, createdAt, ...(expiresAt !== undefined && { expiresAt }) } };
    },
  });

  const judge = (id: string, settings: Settings, hashes: readonly string[]) =>
    judgeClient(id, settings, hashes, files());
  const stored = createStoredClients({
    collection,
    clock,
    judge,
    managedBy: (id) => (Object.hasOwn(files().clients, id) ? placeOf(id) : undefined),
    changed: inForce.changed,
    endGrants,
  });
  const initialTokens = createInitialTokens({ store, clock });

  const placeOf = (id: string): string =>
    id === WEB_CLIENT ? 'the program: it is built in' : (files().origins[`clients.${id}`] ?? 'a configuration file');

  return {
    stored,
    inForce,
    initialTokens,
    roster: createRoster({
      files,
      stored,
      judgeInForce: (id, settings, hashes) => outsideClientInForce(id, settings, hashes, files()),
      clock,
    }),
    registrar: createRegistrar({
      initialTokens,
      find: stored.find,
      judge,
      allowed: () => config.current().client_registration,
      issuer: () => config.current().issuer,
      clock,
    }),

    /** Those in use, whatever files say of them. */
    async inUse(): Promise<StoredClient[]> {
      const all = await gather(everyItem(stored.list));
      return all.filter((client) => isInUse(client, clock.now()));
    },

    /** What came of a client. */
    async useOf(client: string): Promise<ClientUse> {
      const [given, people, { items }] = await Promise.all([
        grants.countTo(client),
        grants.peopleWith(client),
        audit.list({ client, types: ['token.issued'], limit: 1 }),
      ]);
      return { grants: given, people, ...(items[0] && { lastUsedAt: items[0].at }) };
    },

    /** A client that a file has taken over stays disabled when it leaves the file; its grants live on. */
    async supersede(): Promise<void> {
      for (const id of Object.keys(files().clients).filter(isStoredClientId)) {
        if (!(await stored.find(id)) || !(await stored.supersede(id))) continue;
        const details = { place: placeOf(id) };
        await audit.record({ type: 'client.superseded', outcome: 'success', actor: 'server', client: id, details });
      }
    },
  };
}
