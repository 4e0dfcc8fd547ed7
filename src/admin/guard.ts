// Who stands before the pages of administration: a person whose roles in force grant `admin:read`, and `admin:write` with a proof of
// the last ten minutes for whatever changes something. Scopes decide, not the names of roles, at every request anew.
import type { Context } from 'koa';
import { ADMIN_READ, ADMIN_WRITE } from '../config/built-in.ts';
import type { Admitted, Gate } from '../web/gate.ts';
import { readForm } from '../web/middleware/body.ts';
import { requireCsrf } from '../web/middleware/csrf.ts';
import type { AdminActs } from './acts.ts';

export interface Administrator {
  accountId: string;
  /** May also change something. */
  mayWrite: boolean;
  acts: AdminActs;
}

export interface Posted extends Administrator {
  form: Readonly<Record<string, string>>;
}

/** `undefined` when the request has been answered. */
export interface Guard {
  reader(ctx: Context): Promise<Administrator | undefined>;
  /** Lately seen to be who they are; `returnTo` as in `RequireRecent`. */
  writer(ctx: Context, returnTo?: string): Promise<Administrator | undefined>;
  /** A form that changes something, from a page of ours. Throws `csrf`. */
  posted(ctx: Context, returnTo?: string): Promise<Posted | undefined>;
}

export interface GuardDeps {
  gate: Gate;
  /** Acts done and recorded in the person's name. */
  actsOf(ctx: Context, accountId: string): AdminActs;
}

export function createGuard({ gate, actsOf }: GuardDeps): Guard {
  const administrator = (ctx: Context, admitted: Admitted | undefined): Administrator | undefined =>
    admitted && {
      accountId: admitted.accountId,
      mayWrite: admitted.scopes.has(ADMIN_WRITE),
      acts: actsOf(ctx, admitted.accountId),
    };

  const writer: Guard['writer'] = async (ctx, returnTo) =>
    administrator(ctx, await gate.passRecent(ctx, ADMIN_WRITE, returnTo));

  return {
    reader: async (ctx) => administrator(ctx, await gate.pass(ctx, ADMIN_READ)),
    writer,
    async posted(ctx, returnTo) {
      const form = await readForm(ctx);
      requireCsrf(ctx, form);
      const found = await writer(ctx, returnTo);
      return found && { ...found, form };
    },
  };
}
