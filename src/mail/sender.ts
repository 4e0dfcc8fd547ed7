// Works off `queue.ts`: each mail that is due is claimed, handed to the relay and then removed, so a crash at any moment loses
// none. Only a crash between the relay's acceptance and the removal sends one twice, under the same Message-ID.
import type { Clock } from '../lib/clock.ts';
import { maskAddress } from './mailer.ts';
import { type Claimed, LEASE_MS, type MailQueue } from './queue.ts';
import type { Delivery, Relay } from './smtp.ts';

/** A relay that was away for a moment gets the mail soon; one that stays away is asked once an hour (RFC 5321 §4.5.4.1). */
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Links in mails live for a day at most; notices are still news after three. */
const GIVE_UP_MS = 3 * 86_400_000;
/** Finds what another process left behind. */
const LOOK_MS = 15_000;
/** Ids in memory; a longer queue stays in the store. */
const READY = 1000;
const CONCURRENCY = 4;
/** How long a stop waits for mails in the middle of their delivery. */
const PATIENCE_MS = 5000;

export interface Outcome {
  kind: 'sent' | 'postponed' | 'given_up';
  /** Masked. */
  to: string;
  messageId: string;
  attempts: number;
  /** A stable code, such as `RCPT TO 550 5.1.1`; never what the relay wrote, which may repeat the mail. */
  reason?: string;
}

export interface Sender {
  start(): void;
  /** One look at the whole queue; resolves when all that was due was tried. */
  pass(): Promise<void>;
  /** Ends in peace what is being delivered, and begins nothing more. */
  close(): Promise<void>;
}

export interface SenderDeps {
  queue: MailQueue;
  /** The relay configured now. */
  relay: () => Relay | undefined;
  clock: Clock;
  /** From 0 to 1, for the jitter. */
  random: () => number;
  report(outcome: Outcome): void;
  onError(error: unknown): void;
  concurrency?: number;
}

/** Doubles up to an hour; a quarter of it up or down at random, so that not all come back at once. */
export function retryDelay(attempts: number, random: number): number {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
  return Math.round(delay * (0.75 + random / 2));
}

export function createSender(deps: SenderDeps): Sender {
  const { queue, relay, clock, onError, concurrency = CONCURRENCY } = deps;
  const ready = new Set<string>();
  const active = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let wakeAt = Infinity;
  let unwatch: (() => void) | undefined;
  let closed = false;

  function pump(): void {
    if (closed) return;
    for (const id of ready) {
      if (active.size >= concurrency) return;
      ready.delete(id);
      const work = attemptNow(id);
      active.add(work);
      void work.finally(() => {
        active.delete(work);
        pump();
      });
    }
  }

  /** Never rejects. */
  async function attemptNow(id: string): Promise<void> {
    try {
      const dueAt = await attempt(deps, id);
      if (dueAt !== undefined) wakeBy(dueAt);
    } catch (error) {
      onError(error);
    }
  }

  /** Without a relay the mail is left to a process that has one, or until it is too old. */
  const isOthers = (queuedAt: number): boolean => relay() === undefined && queuedAt + GIVE_UP_MS > clock.now();

  /** Puts what is due in line; answers when to look again. */
  async function look(): Promise<number> {
    let next = clock.now() + LOOK_MS;
    let after: string | undefined;
    do {
      const page = await queue.list(after);
      for (const { id, dueAt, queuedAt } of page.items) {
        if (isOthers(queuedAt)) continue;
        if (dueAt <= clock.now()) ready.add(id);
        else next = Math.min(next, dueAt);
      }
      after = page.next;
    } while (after !== undefined && ready.size < READY);
    return after === undefined ? next : clock.now() + 1000;
  }

  function wakeBy(at: number): void {
    if (closed || unwatch === undefined || at >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    timer = setTimeout(() => void wake(), Math.max(0, at - clock.now())).unref();
  }

  /** Never rejects. */
  async function wake(): Promise<void> {
    wakeAt = Infinity;
    try {
      wakeBy(await look());
    } catch (error) {
      onError(error);
      wakeBy(clock.now() + LOOK_MS);
    }
    pump();
  }

  return {
    start() {
      unwatch = queue.watch((id) => {
        if (isOthers(clock.now())) return;
        if (ready.size < READY) ready.add(id);
        pump();
      });
      void wake();
    },
    async pass() {
      await look();
      pump();
      while (active.size > 0) await Promise.all(active);
    },
    async close() {
      closed = true;
      unwatch?.();
      clearTimeout(timer);
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
      await Promise.race([Promise.all(active), patience]);
    },
  };
}

/** Answers when to try again, if so. */
async function attempt(deps: SenderDeps, id: string): Promise<number | undefined> {
  const { queue, clock, random, report } = deps;
  const claimed = await queue.claim(id);
  if (!claimed) return undefined;
  const { messageId, attempts, message } = claimed;
  const outcome = { messageId, attempts, to: maskAddress(message?.to ?? '') };

  const delivery = await deliver(deps, claimed);
  if (delivery.kind === 'accepted') {
    await queue.remove(id);
    report({ ...outcome, kind: 'sent' });
    return undefined;
  }
  const { reason } = delivery;
  const dueAt = clock.now() + retryDelay(attempts, random());
  if (delivery.kind === 'refused' || dueAt > claimed.queuedAt + GIVE_UP_MS) {
    await queue.remove(id);
    report({ ...outcome, kind: 'given_up', reason });
    return undefined;
  }
  await queue.postpone(claimed, dueAt);
  report({ ...outcome, kind: 'postponed', reason });
  return dueAt;
}

async function deliver({ queue, relay, onError }: SenderDeps, claimed: Claimed): Promise<Delivery> {
  const { message } = claimed;
  if (!message) return { kind: 'failed', reason: 'sealed_under_another_key' };
  const configured = relay();
  if (!configured) return { kind: 'failed', reason: 'no_relay' };
  const renewal = setInterval(() => void queue.renew(claimed).catch(onError), LEASE_MS / 3).unref();
  try {
    return await configured.deliver({ ...message, messageId: claimed.messageId, date: new Date(claimed.queuedAt) });
  } finally {
    clearInterval(renewal);
  }
}
