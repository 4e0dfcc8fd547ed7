// What a conformance test is given: an open store, a way to let time pass, and names that no other test uses.
import type { ExecutionContext } from 'ava';
import { randomBase62 } from '../../../src/lib/random.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Kind, Store } from '../../../src/storage/port.ts';

export interface Opened {
  store: Store;
  clock: Clock;
  /** Lets at least so many milliseconds pass for the store. */
  advance(ms: number): Promise<void>;
  /** A second instance on the same store, as another process would open it. */
  another(): Promise<Store>;
}

/** Opens a store that ends with the test. */
export type OpenStorage = (t: ExecutionContext) => Promise<Opened>;

/** A time to live that outlasts a few operations on a busy machine, in milliseconds. */
export const SHORT = 4000;

export const uniqueName = (prefix: string): string => `${prefix}-${randomBase62(10)}`;

export const someKind = (options: Partial<Kind> = {}): Kind => ({
  name: uniqueName('kind'),
  durable: false,
  listable: false,
  ...options,
});

/** Runs the work so many times at once. */
export const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

/** The ids of every page of a list, and how many pages it took. */
export async function walk(
  page: (after: string | undefined) => Promise<{ items: { id: string }[]; next?: string }>,
): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const { items, next } = await page(after);
    ids.push(...items.map(({ id }) => id));
    after = next;
    pages++;
  } while (after !== undefined && pages < 100);
  return { ids, pages };
}

/** `{ after }`, or nothing on the first page. */
export const from = (after: string | undefined): { after?: string } => (after === undefined ? {} : { after });
