// What a page says was just done, told by the redirect that follows a form (POST, redirect, GET). Only words of ours, so that a link
// made by a stranger can say nothing else.
import type { Context } from 'koa';
import { readQuery } from './form.ts';

const DONE = [
  'saved',
  'kept',
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'totp_added',
  'totp_removed',
  'right_withdrawn',
  'access_ended',
  'signed_out',
  'applied',
  'recorded',
  'invited',
  'kept_held',
] as const;

export type Done = (typeof DONE)[number];

export const doneOf = (ctx: Context): Done | undefined => DONE.find((done) => done === readQuery(ctx)['done']);

/** Answers a form: on to the page that says so. */
export function seeDone(ctx: Context, path: string, done: Done, query: Readonly<Record<string, string>> = {}): void {
  ctx.redirect(`${path}?${new URLSearchParams({ done, ...query })}`);
  ctx.status = 303;
}
