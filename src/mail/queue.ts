// The mail that waits for the relay, in the store: accepted once written, gone once the relay took it. Messages hold live
// links, so they lie there sealed. `sender.ts` works it off; a claim is a lease, so of several processes one sends.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import { createSealer } from '../lib/sealed.ts';
import { defineCollection, type Store } from '../storage/port.ts';
import { checkHeaders, type Mailer, type Message, messageSchema } from './mailer.ts';

/** How long a claim holds without `renew`: after a crash the mail is due again. */
export const LEASE_MS = 20_000;

const mailCollection = defineCollection({
  name: 'mail',
  schema: z.object({
    sealed: z.string(),
    messageId: z.string(),
    queuedAt: z.number(),
    /** When it may be tried; while somebody tries, the end of the lease. */
    dueAt: z.number(),
    attempts: z.number(),
    /** Drawn by who tries, or tried last. */
    claim: z.string().exactOptional(),
  }),
  durable: true,
  listable: true,
});

export interface Claimed {
  id: string;
  claim: string;
  /** Made once: a receiver that gets the same mail twice can tell (RFC 5322 §3.6.4). */
  messageId: string;
  queuedAt: number;
  /** With this one. */
  attempts: number;
  /** `undefined` when no configured key_encryption_key opens it. */
  message: Message | undefined;
}

export interface MailQueue extends Mailer {
  /** Hears of each mail that this process accepts; answers how to stop. */
  watch(added: (id: string) => void): () => void;
  /** In the order of their acceptance. */
  list(after?: string): Promise<{ items: { id: string; dueAt: number; queuedAt: number }[]; next?: string }>;
  /** Compare-and-set: `undefined` when it is not due, or somebody else was faster. */
  claim(id: string): Promise<Claimed | undefined>;
  /** Prolongs the lease, unless somebody else holds it by now. */
  renew(claimed: Claimed): Promise<void>;
  /** Gives the lease back until `dueAt`. */
  postpone(claimed: Claimed, dueAt: number): Promise<void>;
  /** Sent or given up: nothing of it stays. */
  remove(id: string): Promise<void>;
  state(): Promise<{ queued: number; oldestSeconds: number }>;
}

export interface MailQueueDeps {
  store: Store;
  clock: Clock;
  /** key_encryption_key. */
  secrets: () => readonly [string, ...string[]];
  /** Right side of Message-IDs. */
  host: () => string;
}

const PAGE = 100;

export function createMailQueue({ store, clock, secrets, host }: MailQueueDeps): MailQueue {
  const mails = mailCollection(store, () => clock.now());
  const watchers = new Set<(id: string) => void>();
  const sealer = () => createSealer(secrets(), 'mail');
  let sequence = 0;

  /** Sorts by time of acceptance, within a process exactly. */
  function newId(now: number): string {
    sequence = (sequence + 1) % 36 ** 5;
    return `${now.toString(36).padStart(9, '0')}${sequence.toString(36).padStart(5, '0')}${randomToken(6)}`;
  }

  async function opened(sealed: string): Promise<Message | undefined> {
    const plaintext = await sealer().open(sealed);
    return plaintext === undefined ? undefined : messageSchema.parse(JSON.parse(plaintext));
  }

  const setDue = async ({ id, claim }: Claimed, dueAt: number): Promise<void> => {
    await mails.update(id, (old) => (old.claim === claim ? { ...old, dueAt } : undefined));
  };

  return {
    async send(message) {
      checkHeaders(message);
      const now = clock.now();
      const id = newId(now);
      const sealed = await sealer().seal(JSON.stringify(message));
      const messageId = `<${randomToken(18)}@${host()}>`;
      await mails.insert(id, { sealed, messageId, queuedAt: now, dueAt: now, attempts: 0 });
      for (const added of watchers) added(id);
    },
    watch(added) {
      watchers.add(added);
      return () => watchers.delete(added);
    },
    async list(after) {
      const page = await mails.list({ limit: PAGE, ...(after !== undefined && { after }) });
      return { ...page, items: page.items.map(({ id, value: { dueAt, queuedAt } }) => ({ id, dueAt, queuedAt })) };
    },
    async claim(id) {
      const now = clock.now();
      const claim = randomToken(9);
      const stored = await mails.update(id, (old) =>
        old.dueAt > now ? undefined : { ...old, claim, dueAt: now + LEASE_MS, attempts: old.attempts + 1 },
      );
      if (stored?.value.claim !== claim) return undefined;
      const { sealed, messageId, queuedAt, attempts } = stored.value;
      return { id, claim, messageId, queuedAt, attempts, message: await opened(sealed) };
    },
    renew: (claimed) => setDue(claimed, clock.now() + LEASE_MS),
    postpone: setDue,
    async remove(id) {
      await mails.delete(id);
    },
    async state() {
      const [queued, { items }] = await Promise.all([mails.count(), mails.list({ limit: 1 })]);
      const [oldest] = items;
      return { queued, oldestSeconds: oldest ? Math.max(0, (clock.now() - oldest.value.queuedAt) / 1000) : 0 };
    },
  };
}
