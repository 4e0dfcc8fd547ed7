// The lists of administration by JSON: `/api/v1/accounts`, `/api/v1/account-keys`, `/api/v1/grants`, `/api/v1/records` and `/api/v1/review`,
// page by page. Refusals are problem details (RFC 9457).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { DomainError } from '../../lib/errors.ts';
import { issueText, wordIssues } from '../../lib/issue-words.ts';
import { readQuery } from '../../web/form.ts';
import { answer } from '../../web/json.ts';
import type { ApiDoor } from './door.ts';

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
const days = z
  .string()
  .regex(/^[1-9]\d{0,3}$/)
  .transform(Number);
const reviewQuery = z.strictObject({ ...range, stale_days: days.exactOptional() });
const keysQuery = z.strictObject({
  after: text.exactOptional(),
  owner: text.exactOptional(),
  state: z.enum(['active', 'expired', 'disabled', 'revoked']).exactOptional(),
  unused_days: days.exactOptional(),
  expiring_days: days.exactOptional(),
});
const grantsQuery = z.strictObject({ ...range, account: text.exactOptional(), client: text.exactOptional() });

export type AccountsQuery = z.infer<typeof accountsQuery>;
export type RecordsQuery = z.infer<typeof recordsQuery>;
export type ReviewQuery = z.infer<typeof reviewQuery>;
export type KeysQuery = z.infer<typeof keysQuery>;
export type GrantsQuery = z.infer<typeof grantsQuery>;

/** A page may be short, or empty, and still have a next. */
interface Listing {
  items: readonly object[];
  next?: string;
}

export interface ListsApiDeps {
  door: ApiDoor;
  accounts(query: AccountsQuery): Promise<Listing>;
  /** Newest first. */
  records(query: RecordsQuery): Promise<Listing>;
  review(query: ReviewQuery): Promise<Listing>;
  keys(query: KeysQuery): Promise<Listing>;
  grants(query: GrantsQuery): Promise<Listing>;
}

export function mountListsApi(router: Router, deps: ListsApiDeps): void {
  const { door, accounts, records, review, keys, grants } = deps;
  const list = <Query>(
    path: string,
    name: string,
    schema: z.ZodType<Query>,
    read: (query: Query) => Promise<Listing>,
  ): void => {
    router.get(`/api/v1/${path}`, async (ctx) => {
      await door.reader(ctx);
      const { items, next } = await read(queryOf(ctx, schema));
      answer(ctx, 200, { [name]: items, ...(next !== undefined && { next }) });
    });
  };
  list('accounts', 'accounts', accountsQuery, accounts);
  list('records', 'records', recordsQuery, records);
  list('review', 'review', reviewQuery, review);
  list('account-keys', 'keys', keysQuery, keys);
  list('grants', 'grants', grantsQuery, grants);
}

function queryOf<Query>(ctx: Context, schema: z.ZodType<Query>): Query {
  const query = { ...readQuery(ctx) };
  const { success, data, error } = schema.safeParse(query);
  if (success) return data;
  throw new DomainError('invalid', 'parameter_malformed', {
    detail: wordIssues(error.issues, query, schema).map(issueText).join('; '),
  });
}
