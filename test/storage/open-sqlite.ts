// Opens SQLite stores for tests: in memory or in a file of their own, under a clock that the test moves.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Clock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';
import type { Opened } from './conformance/harness.ts';

const START = Date.UTC(2030, 0, 1);

function movableClock(): { clock: Clock; advance(ms: number): Promise<void> } {
  let now = START;
  return {
    clock: { now: () => now },
    async advance(ms) {
      now += ms;
    },
  };
}

/** A folder that goes with the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-sqlite-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openSqlite(t: ExecutionContext, url: string, dataFolder: string): Promise<Opened> {
  const { clock, advance } = movableClock();
  const another = async (): Promise<Store> => {
    const store = await openStorage(url, { dataFolder, clock });
    t.teardown(() => store.close());
    return store;
  };
  return { store: await another(), clock, advance, another };
}

export const openFile = async (t: ExecutionContext): Promise<Opened> =>
  openSqlite(t, 'sqlite:store/test.db', await temporaryFolder(t));

export const openMemory = (t: ExecutionContext): Promise<Opened> => openSqlite(t, 'sqlite::memory:', tmpdir());
