// Bodies and answers of our own interface by JSON.
import type { Context } from 'koa';
import type { z } from 'zod';
import { DomainError } from '../lib/errors.ts';
import { issueText, wordIssues } from '../lib/issue-words.ts';
import { readJson } from './middleware/body.ts';

/** Secrets stand in some answers, and what the others tell is private. */
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
