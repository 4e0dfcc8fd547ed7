// Names of keys. The text in braces is what Redis Cluster hashes to a slot, so keys with the same braces live together.
import type { Kind } from '../port.ts';

const PREFIX = 'ti:';

export const SCHEMA_KEY = `${PREFIX}schema`;
export const SCHEMA_LOCK_KEY = `${PREFIX}schema:lock`;

export const documentKey = (kind: Kind, id: string): string => `${PREFIX}d:{${kind.name}:${id}}`;
export const tombstoneKey = (kind: Kind, id: string): string => `${documentKey(kind, id)}:gone`;

/** All documents of a listable kind. */
export const kindKey = (kind: Kind): string => `${PREFIX}k:{${kind.name}}`;
export const uniqueKey = (kind: Kind, name: string, value: string): string =>
  `${PREFIX}u:{${kind.name}.${name}:${value}}`;
export const indexKey = (kind: Kind, name: string, value: string): string =>
  `${PREFIX}i:{${kind.name}.${name}:${value}}`;
export const termsKey = (kind: Kind): string => `${PREFIX}t:{${kind.name}}`;

export const counterKey = (counter: string): string => `${PREFIX}n:{${counter}}`;
export const channelKey = (channel: string): string => `${PREFIX}e:{${channel}}`;

/** The keys of a log, all in one slot. */
export function logKeys(log: string) {
  const base = `${PREFIX}l:{${log}}`;
  return {
    ids: base,
    bodies: `${base}:bodies`,
    expiry: `${base}:expiry`,
    events: `${base}:events`,
    sequence: `${base}:sequence`,
    field: (name: string, value: string): string => `${base}:field:${name}:${value}`,
    values: (name: string): string => `${base}:values:${name}`,
  };
}
