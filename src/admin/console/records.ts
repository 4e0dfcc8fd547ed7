// `/admin/records`: the authorization records by filters, paged both ways, as CSV, and whether they are as they were written.
import { Readable } from 'node:stream';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type ChainFace, records, type RecordsProps } from '../../../views/admin/records.tsx';
import type { RecordFace } from '../../../views/partials/record-list.tsx';
import { DomainError } from '../../lib/errors.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import type { Guard } from '../guard.ts';
import { address, olderThan } from '../paging.ts';

export interface RecordFilter {
  /** Account id, address or user name; an id that no account has any more finds its records still. */
  account?: string;
  client?: string;
  /** A whole type or its beginning. */
  type?: string;
  /** Milliseconds since the epoch; `until` exclusive. */
  since?: number;
  until?: number;
}

/** `after` goes on to older records, `before` back to newer ones. */
export interface RecordCursor {
  after?: string;
  before?: string;
}

export interface RecordsDeps {
  guard: Guard;
  /** Newest first, either way. */
  list(filter: RecordFilter, cursor: RecordCursor): Promise<{ items: RecordFace[]; older?: string; newer?: string }>;
  /** Lines, all that the filter lets through. */
  csv(filter: RecordFilter): AsyncIterable<string>;
  verify(): Promise<ChainFace>;
}

const HERE = '/admin/records';
const DAY_MS = 86_400_000;

export function mountRecords(router: Router, { guard, list, csv, verify }: RecordsDeps): void {
  router.get(HERE, async (ctx) => {
    if (await guard.reader(ctx)) await show(ctx);
  });

  router.get(`${HERE}.csv`, async (ctx) => {
    if (!(await guard.reader(ctx))) return;
    answerCsv(ctx, 'records.csv', csv(filterOf(askedOf(ctx))));
  });

  // Language links of what the form answers come here.
  router.get(`${HERE}/verify`, (ctx) => ctx.redirect(HERE));

  router.post(`${HERE}/verify`, async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    if (await guard.reader(ctx)) await show(ctx, await verify());
  });

  async function show(ctx: Context, chain?: ChainFace): Promise<void> {
    const { after, before } = readQuery(ctx);
    const asked = askedOf(ctx);
    const cursor = { ...(after !== undefined && { after }), ...(before !== undefined && { before }) };
    const { items, older, newer } = await list(filterOf(asked), cursor);
    page(ctx, records, {
      records: items,
      filter: asked,
      older: olderThan(older, HERE, asked),
      newer: newer === undefined ? undefined : address(HERE, { ...asked, before: newer }),
      csvHref: address(`${HERE}.csv`, asked),
      chain,
    });
  }
}

/** A download that is sent while it is read. */
export function answerCsv(ctx: Context, name: string, lines: AsyncIterable<string>): void {
  ctx.set({ 'Cache-Control': 'no-store', 'Content-Disposition': `attachment; filename="${name}"` });
  ctx.type = 'text/csv; charset=utf-8';
  ctx.body = Readable.from(lines);
}

function askedOf(ctx: Context): RecordsProps['filter'] {
  const { account, client, type, since, until } = readQuery(ctx);
  return { account, client, type, since, until };
}

function filterOf({
  account = '',
  client = '',
  type = '',
  since = '',
  until = '',
}: RecordsProps['filter']): RecordFilter {
  return {
    ...(account.trim() !== '' && { account: account.trim() }),
    ...(client.trim() !== '' && { client: client.trim() }),
    ...(type.trim() !== '' && { type: type.trim() }),
    ...(since !== '' && { since: dayOf(since) }),
    ...(until !== '' && { until: dayOf(until) + DAY_MS }),
  };
}

/** Midnight UTC of a date as `<input type="date">` sends it. */
function dayOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new DomainError('invalid', 'parameter_malformed');
  return at;
}
