// Tells whether the authorization records are as they were written: nothing altered, nothing taken out between a writer's
// first kept entry and its last. It cannot notice that a writer's newest entries, or a whole writer, were removed.
import { z } from 'zod';
import type { SecretList } from '../config/config.ts';
import type { LogEntry, Store } from '../storage/port.ts';
import { AUDIT_LOG, isIntact, type LastLink, type Link } from './chain.ts';

export interface ChainFault {
  writer: string;
  seq: number;
  /** `altered`: not what was sealed. `missing`: taken out, or lost while the store was away. `repeated`: there twice. */
  fault: 'altered' | 'missing' | 'repeated';
}

export interface ChainReport {
  /** Entries read. */
  entries: number;
  writers: number;
  faults: ChainFault[];
}

export interface VerifyDeps {
  store: Store;
  secrets: SecretList;
  /** Entries before this moment, in milliseconds since the epoch, may have been trimmed. */
  keptSince: number;
}

// Any fields are let through: the seal is over the event as it stands in the store.
const sealedEntry = z.object({
  event: z.looseObject({ at: z.number() }),
  link: z.object({
    writer: z.string(),
    seq: z.number(),
    previous: z.object({ hash: z.string(), at: z.number() }).nullable(),
    hash: z.string(),
  }),
});

/** What is known of one writer: the last link followed, and links that arrived before their predecessor. */
interface Trail {
  last: LastLink | undefined;
  waiting: Map<number, Step>;
}

interface Step {
  link: Link;
  at: number;
}

type Fault = ChainFault['fault'];

const PAGE = 500;

/** Reads the whole log, oldest first. */
export async function verifyAuditLog({ store, secrets, keptSince }: VerifyDeps): Promise<ChainReport> {
  const trails = new Map<string, Trail>();
  const faults: ChainFault[] = [];
  const blame = (writer: string, seq: number, fault: Fault): unknown => faults.push({ writer, seq, fault });
  let entries = 0;
  for await (const entry of oldestFirst(store)) {
    entries += 1;
    const parsed = sealedEntry.safeParse(entry.value);
    if (!parsed.success) {
      blame(`entry ${entry.id}`, 0, 'altered');
      continue;
    }
    const { event, link } = parsed.data;
    const trail = trails.get(link.writer) ?? { last: undefined, waiting: new Map() };
    trails.set(link.writer, trail);
    if (!isIntact(secrets, event, link)) blame(link.writer, link.seq, 'altered');
    if (!place(trail, { link, at: event.at }, keptSince)) blame(link.writer, link.seq, 'repeated');
  }
  for (const [writer, trail] of trails) missingIn(trail).forEach((seq) => blame(writer, seq, 'missing'));
  return { entries, writers: trails.size, faults };
}

async function* oldestFirst(store: Store): AsyncGenerator<LogEntry> {
  let after: string | undefined;
  do {
    const page = await store.read(AUDIT_LOG, { order: 'asc', limit: PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** Puts a link in its place on the trail; false when that place is taken. */
function place(trail: Trail, step: Step, keptSince: number): boolean {
  const { previous, seq } = step.link;
  const beginsHere = !trail.last && previous !== null && previous.at < keptSince;
  if (beginsHere) trail.last = { seq: seq - 1, ...previous };
  if (trail.waiting.has(seq) || seq <= (trail.last?.seq ?? 0)) return step.at < keptSince;
  trail.waiting.set(seq, step);
  follow(trail);
  return true;
}

/** Goes on for as long as the next link is there and names the last one. */
function follow(trail: Trail): void {
  for (;;) {
    const step = trail.waiting.get((trail.last?.seq ?? 0) + 1);
    if (!step || (trail.last && step.link.previous?.hash !== trail.last.hash)) return;
    advance(trail, step);
  }
}

function advance(trail: Trail, { link, at }: Step): void {
  trail.waiting.delete(link.seq);
  trail.last = { seq: link.seq, hash: link.hash, at };
}

/** The numbers before each link that is still waiting for its predecessor. */
function missingIn(trail: Trail): number[] {
  const missing: number[] = [];
  const waiting = [...trail.waiting.values()].sort((a, b) => a.link.seq - b.link.seq);
  for (const step of waiting) {
    if (!trail.waiting.has(step.link.seq)) continue;
    missing.push(step.link.seq - 1);
    advance(trail, step);
    follow(trail);
  }
  return missing;
}
