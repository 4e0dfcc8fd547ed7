// `/api/v1/accounts`, `/api/v1/records` and `/api/v1/review`: what administration knows, by JSON, with an access token of a person that
// holds `admin:read`. Refusals are problem details (RFC 9457).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { ADMIN_READ } from '../config/built-in.ts';
import { DomainError } from '../lib/errors.ts';
import { issueText, wordIssues } from '../lib/issue-words.ts';
import type { Bearer } from '../web/bearer.ts';
import { readQuery } from '../web/form.ts';

const text = z.string().min(1).max(256);
const range = {
  after: text.exactOptional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .exactOptional(),
};
const moment = z.iso.datetime({ offset: true }).transform((at) => Date.parse(at));

const accountsQuery = z.union([
  z.strictObject({ ...range, prefix: text.exactOptional() }),
  z.strictObject({ ...range, role: text }),
  z.strictObject({ ...range, kind: z.enum(['person', 'service']) }),
  z.strictObject({ ...range, status: z.enum(['pending', 'active', 'disabled']) }),
]);
const recordsQuery = z.strictObject({
  ...range,
  account: text.exactOptional(),
  client: text.exactOptional(),
  type: text.exactOptional(),
  since: moment.exactOptional(),
  until: moment.exactOptional(),
});
const reviewQuery = z.strictObject({
  ...range,
  stale_days: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .exactOptional(),
});

export type AccountsQuery = z.infer<typeof accountsQuery>;
export type RecordsQuery = z.infer<typeof recordsQuery>;
export type ReviewQuery = z.infer<typeof reviewQuery>;

/** A page may be short, or empty, and still have a next. */
interface Listing {
  items: readonly object[];
  next?: string;
}

export interface AdminApiDeps {
  bearer: Bearer;
  accounts(query: AccountsQuery): Promise<Listing>;
  /** Newest first. */
  records(query: RecordsQuery): Promise<Listing>;
  review(query: ReviewQuery): Promise<Listing>;
}

export function mountAdminApi(router: Router, { bearer, accounts, records, review }: AdminApiDeps): void {
  const list = <Query>(name: string, schema: z.ZodType<Query>, read: (query: Query) => Promise<Listing>): void => {
    router.get(`/api/v1/${name}`, async (ctx) => {
      await bearer.require(ctx, ADMIN_READ);
      const { items, next } = await read(queryOf(ctx, schema));
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { [name]: items, ...(next !== undefined && { next }) };
    });
  };
  list('accounts', accountsQuery, accounts);
  list('records', recordsQuery, records);
  list('review', reviewQuery, review);
}

function queryOf<Query>(ctx: Context, schema: z.ZodType<Query>): Query {
  const query = { ...readQuery(ctx) };
  const { success, data, error } = schema.safeParse(query);
  if (success) return data;
  throw new DomainError('invalid', 'parameter_malformed', {
    detail: wordIssues(error.issues, query, schema).map(issueText).join('; '),
  });
}
