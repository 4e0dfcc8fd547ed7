// When the owner of a key is to be told of its coming end: 14 and 3 days before, and when it has come. A claim by compare-and-swap
// lets one process of several tell; one that dies in between leaves it to the next sweep, after the claim's end.
import type { Clock } from '../lib/clock.ts';
import { apiKeyOf, type ApiKey, type ApiKeyRecord, type ApiKeys } from './api-key.ts';
import { everyItem } from '../storage/pages.ts';

const DAY_MS = 86_400_000;
/** Days before the end; the nearest first. */
const REMIND_AT = [0, 3, 14] as const;
/** Of a key that ended longer ago nobody needs to hear. */
const TOO_LATE_MS = 7 * DAY_MS;
const CLAIM_MS = 5 * 60_000;

export interface Reminder {
  key: ApiKey;
  /** 0: it has expired. */
  days: (typeof REMIND_AT)[number];
  /** Accounts that heard of it when telling the others failed. */
  heard: readonly string[];
}

/** Throws when not everybody could be told; `hear` notes each account that was, so that the next sweep tells the others. */
export type Tell = (reminder: Reminder, hear: (accountId: string) => Promise<void>) => Promise<void>;

/** A moment to be told of and not told of yet. One that lay before the present secret was made does not count. */
export function dueReminder(
  { status, expiresAt, hashes, reminder }: ApiKeyRecord,
  now: number,
): Reminder['days'] | undefined {
  if (status !== 'active' || now - expiresAt > TOO_LATE_MS) return undefined;
  const madeAt = hashes[0]?.createdAt ?? 0;
  const days = REMIND_AT.find((left) => expiresAt - now <= left * DAY_MS);
  if (days === undefined || days >= (reminder?.told ?? Infinity)) return undefined;
  return madeAt < expiresAt - days * DAY_MS ? days : undefined;
}

export type Reminders = ReturnType<typeof createReminders>;

export function createReminders({ keys, clock }: { keys: ApiKeys; clock: Clock }) {
  async function claim(clientId: string): Promise<Reminder | undefined> {
    let days: Reminder['days'] | undefined;
    const stored = await keys.update(clientId, (old) => {
      const isClaimed = (old.reminder?.claimedUntil ?? 0) > clock.now();
      days = isClaimed ? undefined : dueReminder(old, clock.now());
      return days === undefined
        ? undefined
        : { ...old, reminder: { ...old.reminder, claimedUntil: clock.now() + CLAIM_MS } };
    });
    if (!stored || days === undefined) return undefined;
    return { key: apiKeyOf(stored), days, heard: heardOf(stored.value, days) };
  }

  const hear = (clientId: string, days: Reminder['days'], accountId: string) =>
    keys.update(clientId, (old) => ({
      ...old,
      reminder: { ...old.reminder, heard: { days, accounts: [...heardOf(old, days), accountId] } },
    }));

  const settle = (clientId: string, told?: Reminder['days']) =>
    keys.update(clientId, ({ reminder, ...old }) => {
      if (!reminder) return undefined;
      const { claimedUntil: _claimedUntil, heard, ...before } = reminder;
      return { ...old, reminder: { ...before, ...(told === undefined ? heard && { heard } : { told }) } };
    });

  return {
    /** Tells of every key that is due, each once. What `tell` throws leaves that key to the next sweep. */
    async sweep(tell: Tell, onError: (error: unknown) => void): Promise<void> {
      const index = { name: 'status', value: 'active' };
      for await (const { id, value } of everyItem((range) => keys.list({ index, ...range }))) {
        if (dueReminder(value, clock.now()) !== undefined) await remind(id, tell).catch(onError);
      }
    },
  };

  async function remind(clientId: string, tell: Tell): Promise<void> {
    const reminder = await claim(clientId);
    if (!reminder) return;
    try {
      await tell(reminder, async (accountId) => void (await hear(clientId, reminder.days, accountId)));
    } catch (error) {
      await settle(clientId);
      throw error;
    }
    await settle(clientId, reminder.days);
  }
}

const heardOf = ({ reminder }: ApiKeyRecord, days: Reminder['days']): readonly string[] =>
  reminder?.heard?.days === days ? reminder.heard.accounts : [];
