// Sending mail: the port that features use, and the outbox of development, which keeps messages for `/mailbox`. What is
// really sent waits in `queue.ts` until `sender.ts` has handed it to the relay (`smtp.ts`).
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { LogEntry, Page, Store } from '../storage/port.ts';

export const messageSchema = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().exactOptional(),
});

export type Message = z.infer<typeof messageSchema>;

export interface Mailer {
  /** Throws `message_malformed` (`invalid`) for a recipient or subject that would add header lines (RFC 5322 §2.2). */
  send(message: Message): Promise<void>;
}

export interface OutboxMessage extends Message {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Messages hold live links, so whoever reads the outbox can act for their recipients: never in production. */
export interface Outbox extends Mailer {
  /** Newest first. */
  list(query: { limit: number; after?: string }): Promise<Page<OutboxMessage>>;
  get(id: string): Promise<OutboxMessage | undefined>;
}

const LOG = 'outbox';
const KEEP_MS = 7 * 24 * 3600 * 1000;
const stored = messageSchema.extend({ id: z.string() });

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const MAX_ADDRESS = 254;
/** One address (RFC 5321 §4.1.2, RFC 6531) without quoting: a comma or a bracket could make it two. */
const ADDRESS = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+@[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u;

/** Throws when the recipient is not exactly one address, or a header field would hold control characters. */
export function checkHeaders({ to, subject }: Message): void {
  if (!ADDRESS.test(to) || Buffer.byteLength(to) > MAX_ADDRESS || /\p{Cc}/u.test(subject)) {
    throw new DomainError('invalid', 'message_malformed');
  }
}

/** What a log may show of a recipient. */
export const maskAddress = (address: string): string => address.replace(/^(.).*@/u, '$1***@');

const outboxMessage = ({ at, value }: LogEntry): OutboxMessage => ({ ...stored.parse(value), at });

export function createOutbox(deps: { store: Store; clock: Clock; newId: () => string }): Outbox {
  const { store, clock, newId } = deps;
  return {
    async send(message) {
      checkHeaders(message);
      const id = newId();
      await store.append(LOG, { ...message, id }, { at: clock.now(), keepMs: KEEP_MS, fields: { id }, eventId: id });
    },
    async list(query) {
      const page = await store.read(LOG, query);
      return { ...page, items: page.items.map(outboxMessage) };
    },
    async get(id) {
      const { items } = await store.read(LOG, { field: { name: 'id', value: id }, limit: 1 });
      return items[0] && outboxMessage(items[0]);
    },
  };
}
