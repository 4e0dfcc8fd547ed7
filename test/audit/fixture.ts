// A real audit log on an in-memory SQLite store.
import type { ExecutionContext } from 'ava';
import { createAuditLog, type AuditLog } from '../../src/audit/log.ts';
import { randomBase62 } from '../../src/lib/random.ts';
import type { Store } from '../../src/storage/port.ts';
import { memoryStore, testClock, type TestClock } from '../accounts/fixture.ts';

export const KEEP_SECONDS = 3600;

export interface World {
  clock: TestClock;
  store: Store;
  errors: unknown[];
  log: AuditLog;
  /** Another process on the same store, or one whose store misbehaves. */
  open: (store?: Store) => AuditLog;
}

export async function auditLog(t: ExecutionContext): Promise<World> {
  const clock = testClock();
  const memory = await memoryStore(t, clock);
  const errors: unknown[] = [];
  const open = (store = memory): AuditLog =>
    createAuditLog({
      store,
      clock,
      keepSeconds: () => KEEP_SECONDS,
      secrets: () => ['seal'],
      writer: randomBase62(12),
      onError: (error) => errors.push(error),
    });
  return { clock, store: memory, errors, log: open(), open };
}

export const signedIn = { type: 'sign_in.succeeded', outcome: 'success', account: 'ada' } as const;
