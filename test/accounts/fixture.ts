// Real accounts on an in-memory SQLite store, with cheap argon2 parameters and a clock that tests move.
import type { ExecutionContext } from 'ava';
import { createDirectory, type Directory } from '../../src/accounts/directory.ts';
import { createPasswords, type Passwords } from '../../src/accounts/password.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { randomBase62 } from '../../src/lib/random.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/port.ts';

export const CHEAP = { memory_kib: 64, iterations: 1, parallelism: 1 };
export const PASSWORD = 'correct horse battery';
export const ROLES = ['member', 'support', 'admin'];

export interface TestClock extends Clock {
  /** Seconds. */
  advance(seconds: number): void;
}

export function testClock(): TestClock {
  let now = Date.UTC(2026, 10, 21);
  return {
    now: () => now,
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}

export async function memoryStore(t: ExecutionContext, clock: Clock): Promise<Store> {
  const store = await openStorage('sqlite::memory:', { dataFolder: '.', clock });
  t.teardown(() => store.close());
  return store;
}

export interface Accounts {
  clock: TestClock;
  store: Store;
  passwords: Passwords;
  directory: Directory;
}

export async function accounts(t: ExecutionContext): Promise<Accounts> {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  const passwords = createPasswords({ parameters: () => CHEAP });
  const newId = () => randomBase62(22);
  const directory = createDirectory({ store, clock, passwords, newId, roleNames: () => ROLES });
  return { clock, store, passwords, directory };
}
