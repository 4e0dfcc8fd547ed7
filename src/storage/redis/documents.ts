// Documents: one hash each, changed by one script each. What leads to them is in `references.ts`, lists in `lists.ts`.
// Hash fields: v value, n version, x expiresAt, c consumedAt, w nonce of the writer, q nonce of the consumer, r references.
import type { Clock } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import { UniqueConflict, VersionConflict, type Consumption, type Doc, type Kind, type PutOptions } from '../port.ts';
import { runScript, type Client } from './client.ts';
import { documentKey, tombstoneKey, uniqueKey } from './keys.ts';
import { createReferences, referencesOf, type Entered, type Reference, type Refs } from './references.ts';
import { CONSUME, DELETE, PUT } from './scripts.ts';

/** How long a resent deletion still gets the first one's answer. */
const TOMBSTONE_MS = 15_000;

export interface Found {
  doc: Doc;
  refs: Refs;
}

export interface Documents {
  read(kind: Kind, id: string): Promise<Found | undefined>;
  find(kind: Kind, index: string, value: string): Promise<Doc | undefined>;
  put(kind: Kind, id: string, value: unknown, options?: PutOptions): Promise<Doc>;
  consume(kind: Kind, id: string): Promise<Consumption>;
  /** `ifVersion` absent = at any version. */
  remove(kind: Kind, id: string, ifVersion?: number): Promise<boolean>;
}

type Field = string | null | undefined;

function toDoc(id: string, [value, version, consumedAt, expiresAt]: readonly Field[]): Doc {
  return {
    id,
    value: JSON.parse(value ?? 'null') as unknown,
    version: Number(version),
    ...(expiresAt && { expiresAt: Number(expiresAt) }),
    ...(consumedAt && { consumedAt: Number(consumedAt) }),
  };
}

const parseRefs = (text: Field): Refs => (text ? (JSON.parse(text) as Refs) : {});

export function createDocuments(client: Client, clock: Clock): Documents {
  const references = createReferences(client);

  async function read(kind: Kind, id: string): Promise<Found | undefined> {
    const fields = await client.hmget(documentKey(kind, id), 'v', 'n', 'c', 'x', 'r');
    return fields[1] ? { doc: toDoc(id, fields), refs: parseRefs(fields[4]) } : undefined;
  }

  /** A taken value counts only while its owner lives and claims it; otherwise, after the grace, it is taken over. */
  async function enter(kind: Kind, reference: Reference, nonce: string, ttl?: number): Promise<Entered> {
    for (let attempt = 1; ; attempt++) {
      const result = await references.enter(reference, nonce, ttl);
      if ('reference' in result) return result;
      const owner = await read(kind, result.takenBy);
      const claims = owner && referencesOf(kind, owner.doc.id, owner.refs).some(({ key }) => key === reference.key);
      const freed = !claims && (await references.clean({ ...reference, member: result.takenBy }));
      if (!freed || attempt === 3) throw new UniqueConflict(kind.name, reference.unique ?? '');
    }
  }

  /** All of them, or none: what was entered is undone when one is refused. */
  async function enterAll(kind: Kind, wanted: Reference[], nonce: string, ttl?: number): Promise<Entered[]> {
    const results = await Promise.allSettled(wanted.map((reference) => enter(kind, reference, nonce, ttl)));
    const entered = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refused = results.find((result) => result.status === 'rejected');
    if (!refused) return entered;
    await undoAll(entered, nonce);
    throw refused.reason;
  }

  async function undoAll(entered: Entered[], nonce: string): Promise<void> {
    await Promise.all(entered.map((one) => references.undo(one, nonce)));
  }

  async function leaveAll(stale: Reference[], nonce: string): Promise<void> {
    await Promise.all(stale.map((reference) => references.leave(reference, nonce)));
  }

  return {
    read,
    async find(kind, index, value) {
      const [id] = await client.hkeys(uniqueKey(kind, index, value));
      const found = id === undefined ? undefined : await read(kind, id);
      return found?.refs.unique?.[index] === value ? found.doc : undefined;
    },
    async put(kind, id, value, options = {}) {
      const nonce = randomToken(9);
      const ttl = options.ttl === undefined ? undefined : Math.ceil(options.ttl);
      const expiresAt = ttl === undefined ? undefined : clock.now() + ttl;
      const text = JSON.stringify(value);
      const refs = keptRefs(options);

      // 1. References first, so that no document is ever without them.
      const wanted = referencesOf(kind, id, options);
      const entered = await enterAll(kind, wanted, nonce, ttl);

      // 2. The document.
      const args = [nonce, text, ttl ?? '', expiresAt ?? '', options.ifVersion ?? '', refs];
      const reply = await runScript(client, PUT, [documentKey(kind, id)], args);
      const [written, version, consumedAt, oldNonce, oldRefs] = reply as [0 | 1, number, Field, Field, Field];
      if (!written) {
        await undoAll(entered, nonce);
        throw new VersionConflict(kind.name);
      }

      // 3. Former references that the document no longer has.
      if (oldNonce && oldRefs) await leaveAll(without(referencesOf(kind, id, parseRefs(oldRefs)), wanted), oldNonce);
      return toDoc(id, [text, String(version), consumedAt, expiresAt === undefined ? null : String(expiresAt)]);
    },
    async consume(kind, id) {
      const args = [randomToken(9), clock.now()];
      const reply = await runScript(client, CONSUME, [documentKey(kind, id)], args);
      const [outcome, ...fields] = reply as [Consumption['outcome'], ...Field[]];
      return outcome === 'missing' ? { outcome } : { outcome, doc: toDoc(id, fields) };
    },
    async remove(kind, id, ifVersion) {
      const keys = [documentKey(kind, id), tombstoneKey(kind, id)];
      const reply = await runScript(client, DELETE, keys, [randomToken(9), ifVersion ?? '', TOMBSTONE_MS]);
      const [removed, nonce, refs] = reply as [0 | 1, Field, Field];
      if (nonce) await leaveAll(referencesOf(kind, id, parseRefs(refs)), nonce);
      return removed === 1;
    },
  };
}

function keptRefs({ unique, indexes, terms }: PutOptions): string {
  const refs: Refs = { ...(unique && { unique }), ...(indexes && { indexes }), ...(terms && { terms }) };
  return Object.keys(refs).length > 0 ? JSON.stringify(refs) : '';
}

function without(references: Reference[], others: Reference[]): Reference[] {
  const names = new Set(others.map(({ key, member }) => `${key} ${member}`));
  return references.filter(({ key, member }) => !names.has(`${key} ${member}`));
}
