// Bodies and answers of developer settings by JSON.
import type { Context } from 'koa';
import type { z } from 'zod';
import { DomainError } from '../../lib/errors.ts';
import { issueText, wordIssues } from '../../lib/issue-words.ts';
import { readJson } from '../../web/middleware/body.ts';

/** Keys are secrets, and what is said of them private. */
export function answer(ctx: Context, status: number, body: object): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}

/** Throws `body_malformed` (`invalid`), naming the first place that is wrong. */
export async function readBody<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const body = await readJson(ctx);
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const problems = wordIssues(error.issues, body, schema).map(issueText);
  throw new DomainError('invalid', 'body_malformed', { detail: problems.join('; '), problems });
}
