// Lists, counts and deletion by index. A member of a reference set counts only if its document says the same.
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { requireListable, type Doc, type Kind, type ListQuery, type Page } from '../port.ts';
import { endOfPrefix } from '../prefix.ts';
import { runScript, type Client } from './client.ts';
import type { Documents, Found } from './documents.ts';
import { indexKey, kindKey, termsKey } from './keys.ts';
import { createReferences, orderKey, setKeys, termMember, type Refs } from './references.ts';
import { COUNT } from './scripts.ts';

const DELETE_BATCH = 100;
/** A page stays short rather than walk on for longer than this over entries that lead nowhere. */
const MAX_ROUNDS = 10;

type Index = { name: string; value: string };

/** A walk through a reference set, in the order of its members. */
interface Walk {
  key: string;
  /** Bounds as ZRANGEBYLEX takes them. */
  from: string;
  to: string;
  idOf(member: string): string;
  /** Whether the document, read through this member, belongs into the list. */
  accepts(refs: Refs, member: string): boolean;
  /** Whether the document still says that this member leads to it. */
  claims(refs: Refs, member: string): boolean;
  cursor(member: string): string;
}

export interface Lists {
  list(kind: Kind, query: ListQuery): Promise<Page<Doc>>;
  count(kind: Kind, index?: Index): Promise<number>;
  deleteBy(kind: Kind, index: Index): Promise<number>;
}

export function createLists(client: Client, documents: Documents): Lists {
  const references = createReferences(client);

  async function resolve(kind: Kind, walk: Walk, member: string): Promise<Doc[]> {
    const found = await documents.read(kind, walk.idOf(member));
    if (found && walk.accepts(found.refs, member)) return [found.doc];
    if (!found || !walk.claims(found.refs, member)) await references.clean({ key: walk.key, member });
    return [];
  }

  async function list(kind: Kind, query: ListQuery): Promise<Page<Doc>> {
    const walk = walkOf(kind, query);
    const items: Doc[] = [];
    let { from } = walk;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const missing = query.limit - items.length;
      const members = await client.zrangebylex(orderKey(walk.key), from, walk.to, 'LIMIT', 0, missing + 1);
      const taken = members.slice(0, missing);
      items.push(...(await Promise.all(taken.map((member) => resolve(kind, walk, member)))).flat());
      const last = taken.at(-1);
      if (last === undefined || members.length <= missing) return { items };
      if (items.length === query.limit || round === MAX_ROUNDS - 1) return { items, next: walk.cursor(last) };
      from = `(${last}`;
    }
    return { items };
  }

  async function removeWhile(kind: Kind, id: string, holds: (found: Found) => boolean): Promise<boolean> {
    for (;;) {
      const found = await documents.read(kind, id);
      if (!found || !holds(found)) return false;
      if (await documents.remove(kind, id, found.doc.version)) return true;
    }
  }

  return {
    list,
    async count(kind, index) {
      if (!index) requireListable(kind);
      const key = index ? indexKey(kind, index.name, index.value) : kindKey(kind);
      return Number(await runScript(client, COUNT, setKeys(key)));
    },
    async deleteBy(kind, index) {
      const holds = ({ refs }: Found): boolean => hasValue(refs, index);
      let deleted = 0;
      let after: string | undefined;
      do {
        const page = await list(kind, { index, limit: DELETE_BATCH, ...(after !== undefined && { after }) });
        const removed = await Promise.all(page.items.map(({ id }) => removeWhile(kind, id, holds)));
        deleted += removed.filter(Boolean).length;
        after = page.next;
      } while (after !== undefined);
      return deleted;
    },
  };
}

const hasValue = (refs: Refs, { name, value }: Index): boolean => refs.indexes?.[name]?.includes(value) ?? false;

function walkOf(kind: Kind, { index, prefix, after }: ListQuery): Walk {
  if (!index) requireListable(kind);
  if (prefix !== undefined) return termWalk(kind, prefix, after);
  const accepts = (refs: Refs): boolean => (index ? hasValue(refs, index) : true);
  return {
    key: index ? indexKey(kind, index.name, index.value) : kindKey(kind),
    from: after === undefined ? '-' : `(${decodeCursor(after, 1)[0]}`,
    to: '+',
    idOf: (member) => member,
    accepts,
    claims: accepts,
    cursor: (member) => encodeCursor(member),
  };
}

/** A document with several matching terms is listed at the first of them. */
function termWalk(kind: Kind, prefix: string, after: string | undefined): Walk {
  const split = (member: string): [string, string] => {
    const end = member.indexOf('\0');
    return [member.slice(0, end), member.slice(end + 1)];
  };
  const claims = ({ terms = [] }: Refs, member: string): boolean => terms.includes(split(member)[0]);
  return {
    key: termsKey(kind),
    from: after === undefined ? `[${prefix}` : `(${termMember(...(decodeCursor(after, 2) as [string, string]))}`,
    to: `(${endOfPrefix(prefix)}`,
    idOf: (member) => split(member)[1],
    accepts(refs, member) {
      const [term] = split(member);
      const earlier = (refs.terms ?? []).some((other) => other.startsWith(prefix) && other < term);
      return claims(refs, member) && !earlier;
    },
    claims,
    cursor: (member) => encodeCursor(...split(member)),
  };
}
