// A process that writes documents and log entries, printing each id once it was acknowledged, until somebody kills it.
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/lib/clock.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Kind } from '../../src/storage/port.ts';

export const CRASH_KIND: Kind = { name: 'crash', durable: false, listable: true };
export const CRASH_LOG = 'crash';

const folder = process.argv[2];
if (folder !== undefined && import.meta.filename === process.argv[1]) {
  const store = await openStorage('sqlite:test.db', { dataFolder: folder, clock: systemClock });
  for (let n = 0; ; n++) {
    const id = `id${n}`;
    await store.put(CRASH_KIND, id, id, { unique: { id }, indexes: { all: ['x'] } });
    await store.append(CRASH_LOG, id, { at: Date.now(), keepMs: 60_000, fields: { id } });
    writeSync(1, `${id}\n`);
  }
}
