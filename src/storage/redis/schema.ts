// The version of the layout of the keys, kept in the store. An older store is brought up to date by one program at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import { randomToken } from '../../lib/random.ts';
import { refuseNewer } from '../schema-version.ts';
import { runScript, type Client } from './client.ts';
import { SCHEMA_KEY, SCHEMA_LOCK_KEY } from './keys.ts';
import { UNLOCK } from './scripts.ts';

/** Entry n brings version n to n + 1, may run twice, and is never edited once released. An empty store needs nothing. */
const MIGRATIONS: readonly ((client: Client) => Promise<void>)[] = [async () => {}];

const LOCK_MS = 30_000;
const LOCK_RETRY_MS = 100;

/** Throws `storage_newer` before touching a newer store. */
export async function migrate(client: Client): Promise<void> {
  const known = MIGRATIONS.length;
  const nonce = randomToken(9);
  for (;;) {
    const found = Number((await client.get(SCHEMA_KEY)) ?? 0);
    refuseNewer(found, known);
    if (found === known) return;
    if (await client.set(SCHEMA_LOCK_KEY, nonce, 'PX', LOCK_MS, 'NX')) break;
    await sleep(LOCK_RETRY_MS);
  }
  try {
    const found = Number((await client.get(SCHEMA_KEY)) ?? 0);
    for (const step of MIGRATIONS.slice(found)) await step(client);
    if (found < known) await client.set(SCHEMA_KEY, known);
  } finally {
    await runScript(client, UNLOCK, [SCHEMA_LOCK_KEY], [nonce]);
  }
}
