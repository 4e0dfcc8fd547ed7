// The hash chain of the records: each entry of a writer carries the HMAC of itself and of the entry before. Writers do not
// wait for one another, so there is no lock on the way of a token. `verify.ts` follows the chains.
import type { SecretList } from '../config/config.ts';
import { derive, safeEqual } from '../lib/hash.ts';

/** The store's log that carries the chains. */
export const AUDIT_LOG = 'audit';

export interface Link {
  /** One per process and start. */
  writer: string;
  /** 1 for a writer's first entry. */
  seq: number;
  /** The writer's entry before, so that its absence is noticed; `at` tells whether it may have been trimmed by age. */
  previous: { hash: string; at: number } | null;
  /** HMAC-SHA-256, base64url, over canonical JSON of the event and the other fields of the link. */
  hash: string;
}

/** JSON with sorted keys and without `undefined`: equal values are equal texts (after RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const members = entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${members.sort().join(',')}}`;
}

function hashLink(secret: string, event: unknown, { writer, seq, previous }: Omit<Link, 'hash'>): string {
  return derive(secret, 'audit chain', canonicalJson({ event, writer, seq, previous })).toString('base64url');
}

/** The next link after `last` of the same writer. The first secret seals it. */
export function nextLink(secrets: SecretList, writer: string, event: { at: number }, last: LastLink | undefined): Link {
  const previous = last ? { hash: last.hash, at: last.at } : null;
  const link = { writer, seq: (last?.seq ?? 0) + 1, previous };
  return { ...link, hash: hashLink(secrets[0], event, link) };
}

export interface LastLink {
  seq: number;
  hash: string;
  at: number;
}

/** Whether event and link are as they were written, under any of the secrets. */
export const isIntact = (secrets: SecretList, event: unknown, link: Link): boolean =>
  secrets.some((secret) => safeEqual(hashLink(secret, event, link), link.hash));
