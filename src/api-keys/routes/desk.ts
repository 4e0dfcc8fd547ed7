// Who stands before the pages of developer settings: a person whose roles in force let them see or manage keys (`web/gate.ts`).
import type { Context } from 'koa';
import { KEYS_READ, KEYS_WRITE } from '../../config/built-in.ts';
import type { Admitted, Gate } from '../../web/gate.ts';
import type { KeyActs, KeyHolder } from '../keyring.ts';

export interface DeskDeps {
  gate: Gate;
  actsOf(ctx: Context, accountId: string): KeyActs;
}

/** `undefined` when the request has been answered. */
export interface Desk {
  reader(ctx: Context): Promise<KeyHolder | undefined>;
  /** Of a person lately seen to be who they are; `returnTo` as in `RequireRecent`. */
  manager(ctx: Context, returnTo?: string): Promise<KeyHolder | undefined>;
}

export function createDesk({ gate, actsOf }: DeskDeps): Desk {
  const holderOf = (ctx: Context, admitted: Admitted | undefined): KeyHolder | undefined =>
    admitted && { ...admitted, acts: actsOf(ctx, admitted.accountId) };

  return {
    reader: async (ctx) => holderOf(ctx, await gate.pass(ctx, KEYS_READ)),
    manager: async (ctx, returnTo) => holderOf(ctx, await gate.passRecent(ctx, KEYS_WRITE, returnTo)),
  };
}
