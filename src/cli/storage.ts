// `tokenim storage check`: whether the configured store takes a document, gives it back and forgets it.
import type { Command } from 'commander';
import { randomToken } from '../lib/random.ts';
import { describeStorage } from '../storage/open.ts';
import type { Kind, Store } from '../storage/port.ts';
import { type CommonOptions, leaf, type Shell, withDomain } from './command.ts';
import { answer } from './io.ts';
import { card } from './table.ts';

const PROBE: Kind = { name: 'probe', durable: true, listable: false };
const PROBE_MS = 60_000;
const COUNTED = { accounts: 'account', api_keys: 'api_key', grants: 'Grant' } as const;

export function addStorageCommands(program: Command, shell: Shell): void {
  const group = program.command('storage').description('the store');

  leaf(group, 'check', 'write, read and delete a document, and count what is kept').action((options: CommonOptions) =>
    withDomain(shell, options, async ({ config, store }) => {
      await probe(store);
      const counts = await countAll(store);
      const storage = describeStorage(config.storage);
      answer(shell.io, options.json, { ok: true, storage, ...counts }, () =>
        card({ storage: `${storage} works`, ...mapValues(counts, String) }),
      );
    }),
  );
}

/** Throws what the store throws, or an error when it does not keep what it was given. */
export async function probe(store: Store): Promise<void> {
  const id = randomToken(9);
  await store.ping();
  await store.put(PROBE, id, { id }, { ttl: PROBE_MS, ifVersion: 0 });
  const found = await store.get(PROBE, id);
  const deleted = await store.delete(PROBE, id);
  if (!found || !deleted) throw new Error('the store does not keep what it was given');
}

async function countAll(store: Store): Promise<Record<keyof typeof COUNTED, number>> {
  const count = (name: string) => store.count({ name, durable: true, listable: true });
  const [accounts, api_keys, grants] = await Promise.all([
    count(COUNTED.accounts),
    count(COUNTED.api_keys),
    count(COUNTED.grants),
  ]);
  return { accounts, api_keys, grants };
}

const mapValues = <T>(values: Record<string, T>, map: (value: T) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
