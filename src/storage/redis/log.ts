// Logs: entry ids in order, for the log and for each field value; bodies beside them; expired entries trimmed by id.
import { randomToken } from '../../lib/random.ts';
import { bounds, mergeIds, paddedAt, parseEntryId } from '../log-order.ts';
import type { AppendOptions, LogEntry, LogQuery, Page } from '../port.ts';
import { endOfPrefix } from '../prefix.ts';
import { runScript, type Client } from './client.ts';
import { logKeys } from './keys.ts';
import { APPEND, EXPIRED, TRIM } from './scripts.ts';

const TRIM_BATCH = 200;
const TRIM_EVERY_APPENDS = 100;

interface Body {
  value: unknown;
  fields: Record<string, string>;
  eventId: string;
}

export interface Log {
  append(log: string, value: unknown, options: AppendOptions): Promise<string>;
  read(log: string, query: LogQuery): Promise<Page<LogEntry>>;
  count(log: string, query: Pick<LogQuery, 'field' | 'since' | 'until'>): Promise<number>;
}

export function createLog(client: Client, onError: (error: unknown) => void): Log {
  let appends = 0;

  const fieldKeys = (log: string, fields: Record<string, string>): string[] =>
    Object.entries(fields).flatMap(([name, value]) => [logKeys(log).field(name, value), logKeys(log).values(name)]);

  async function trimEntry(log: string, id: string, text: string): Promise<void> {
    const { ids, bodies, expiry, events } = logKeys(log);
    const { fields, eventId } = JSON.parse(text) as Body;
    const keys = [ids, bodies, expiry, events, ...fieldKeys(log, fields)];
    await runScript(client, TRIM, keys, [id, eventId, ...Object.values(fields)]);
  }

  async function trim(log: string): Promise<void> {
    const { bodies, expiry } = logKeys(log);
    let expired: [id: string, body: string][];
    do {
      expired = (await runScript(client, EXPIRED, [bodies, expiry], [TRIM_BATCH])) as [string, string][];
      await Promise.all(expired.map(([id, body]) => trimEntry(log, id, body)));
    } while (expired.length === TRIM_BATCH);
  }

  const range = (key: string, { from, to }: { from: string; to: string }, order: LogQuery['order'], limit: number) =>
    order === 'asc'
      ? client.zrangebylex(key, `(${from}`, `(${to}`, 'LIMIT', 0, limit)
      : client.zrevrangebylex(key, `(${to}`, `(${from}`, 'LIMIT', 0, limit);

  /** At most `limit` ids, in the query's order. */
  async function findIds(log: string, query: LogQuery, limit: number): Promise<string[]> {
    const { field, fieldPrefix, order = 'desc' } = query;
    const keys = logKeys(log);
    const span = bounds({ ...query, order });
    if (field) return range(keys.field(field.name, field.value), span, order, limit);
    if (!fieldPrefix) return range(keys.ids, span, order, limit);

    const { name, prefix } = fieldPrefix;
    const values = await client.zrangebylex(keys.values(name), `[${prefix}`, `(${endOfPrefix(prefix)}`);
    const lists = await Promise.all(values.map((value) => range(keys.field(name, value), span, order, limit)));
    return mergeIds(lists, order, limit);
  }

  async function entries(log: string, ids: string[]): Promise<LogEntry[]> {
    if (ids.length === 0) return [];
    const bodies = await client.hmget(logKeys(log).bodies, ...ids);
    return ids.flatMap((id, n) => {
      const text = bodies[n];
      return text ? [{ id, at: parseEntryId(id).at, value: (JSON.parse(text) as Body).value }] : [];
    });
  }

  return {
    async append(log, value, { at, keepMs, fields = {}, eventId = randomToken(12) }) {
      const { ids, bodies, expiry, events, sequence } = logKeys(log);
      const body: Body = { value, fields, eventId };
      const keys = [ids, bodies, expiry, events, sequence, ...fieldKeys(log, fields)];
      const args = [eventId, paddedAt(at), Math.ceil(keepMs), JSON.stringify(body), ...Object.values(fields)];
      const id = await runScript(client, APPEND, keys, args);
      if (++appends % TRIM_EVERY_APPENDS === 0) trim(log).catch(onError);
      return String(id);
    },
    async read(log, query) {
      await trim(log);
      const ids = await findIds(log, query, query.limit + 1);
      const shown = ids.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: await entries(log, shown),
        ...(last !== undefined && ids.length > shown.length && { next: last }),
      };
    },
    async count(log, query) {
      await trim(log);
      const keys = logKeys(log);
      const { from, to } = bounds(query);
      const key = query.field ? keys.field(query.field.name, query.field.value) : keys.ids;
      return client.zlexcount(key, `(${from}`, `(${to}`);
    },
  };
}
