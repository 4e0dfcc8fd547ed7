// Which stored clients are in force in this process, in memory: no request reads the store for one that is known. A message of
// the store names what changed, a look at all of them now and then catches lost messages, and an id that nobody knows is looked
// up once, so that a client made at one process works at the next request to another.
import type { ClientConfig, Config } from '../config/config.ts';
import type { StoredLayer } from '../config/source.ts';
import type { Clock } from '../lib/clock.ts';
import { everyItem, gather } from '../storage/pages.ts';
import type { Collection, Store, Stored } from '../storage/port.ts';
import { isInUse, isStoredClientId, type StoredClientRecord } from './stored-client.ts';

const CHANNEL = 'clients.changed';
const LOOK_MS = 30_000;

type Record = Stored<StoredClientRecord>;

export interface ClientsInForceDeps {
  store: Pick<Store, 'publish' | 'subscribe'>;
  collection: Collection<StoredClientRecord>;
  clock: Clock;
  /** Puts them into the configuration in force. */
  layer(stored: StoredLayer): void;
  /** The client under these files, or nothing. */
  resolve(id: string, record: StoredClientRecord, files: Config): ClientConfig | undefined;
  /** A failure that no caller waits for. */
  onError(error: unknown): void;
}

export type ClientsInForce = ReturnType<typeof createClientsInForce>;

export function createClientsInForce(deps: ClientsInForceDeps) {
  const { store, collection, clock, layer, resolve, onError } = deps;
  const known = new Map<string, Record>();
  /** Newest version that was read of each, in use or not. */
  const seen = new Map<string, { version: number; edition: number }>();
  const resolved = new Map<string, { version: number; files: Config; client: ClientConfig | undefined }>();
  let unsubscribe: (() => Promise<void>) | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** The same object while record and files are the same: what is built from it elsewhere is kept. */
  function resolvedOnce(files: Config, { id, version, value }: Record): ClientConfig | undefined {
    const before = resolved.get(id);
    if (before?.version === version && before.files === files) return before.client;
    const client = resolve(id, value, files);
    resolved.set(id, { version, files, client });
    return client;
  }

  const show = (): void =>
    layer((files) => {
      const entries = [...known.values()].map((record) => [record.id, resolvedOnce(files, record)] as const);
      return Object.fromEntries(entries.filter((entry): entry is [string, ClientConfig] => entry[1] !== undefined));
    });

  /** Whether something changed. A read that was overtaken by another changes nothing, and revives nobody. */
  function accept(record: Record | undefined): boolean {
    if (!record || record.version < (seen.get(record.id)?.version ?? 0)) return false;
    const { id, version, value } = record;
    seen.set(id, { version, edition: value.edition ?? 0 });
    if (isInUse(value, clock.now())) {
      if (known.get(id)?.version === version) return false;
      known.set(id, record);
      return true;
    }
    resolved.delete(id);
    return known.delete(id);
  }

  async function read(id: string): Promise<void> {
    if (accept(await collection.get(id))) show();
  }

  /** All at the same moment, so that no request sees the edition of one and the name of another. */
  async function readAll(): Promise<void> {
    const all = await gather(everyItem(collection.list));
    if (all.map(accept).includes(true)) show();
  }

  return {
    readAll,

    /** Of the client as it is in force here; also of one that a file has taken over. 0 for those that were never stored. */
    editionOf: (id: string): number => seen.get(id)?.edition ?? 0,

    /** Follows changes from now on; resolves once all are known. */
    async start(): Promise<void> {
      unsubscribe = await store.subscribe(CHANNEL, (id) => void read(id).catch(onError));
      await readAll();
      timer = setInterval(() => void readAll().catch(onError), LOOK_MS).unref();
    },

    /** After a change: this process knows it when this resolves, the others soon after. */
    async changed(id: string): Promise<void> {
      await read(id);
      await store.publish(CHANNEL, id);
    },

    /** Of an id that is not known here: looks whether it became one elsewhere. */
    async lookFor(id: string): Promise<void> {
      if (isStoredClientId(id) && !known.has(id)) await read(id);
    },

    async close(): Promise<void> {
      clearInterval(timer);
      await unsubscribe?.();
    },
  };
}
