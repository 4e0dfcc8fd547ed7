// Walks a listing of the store page by page, for whoever wants everything there is.
import type { Page } from './port.ts';

const PAGE = 200;

/** Every item, in the listing's order. A page may be empty and still have a next. */
export async function* everyItem<T>(
  list: (range: { limit: number; after?: string }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let after: string | undefined;
  do {
    const page = await list({ limit: PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** At most `limit` items, all by default. */
export async function gather<T>(items: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) {
    gathered.push(item);
    if (gathered.length >= limit) break;
  }
  return gathered;
}
