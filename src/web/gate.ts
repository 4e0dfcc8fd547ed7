// Who may come to pages that need a scope of our own interface, such as developer settings: a person whose roles in force grant it
// now. Others are told which role is missing.
import type { Context } from 'koa';
import type { RoleNeededProps } from '../../views/partials/role-needed.tsx';
import { localeOf } from './middleware/locale.ts';
import type { RequireRecent } from './recent.ts';
import { page } from './render.ts';
import { stateOf } from './request-state.ts';
import type { View } from './view.ts';
import type { Visitor, Visitors } from './visitor.ts';

export interface GateDeps {
  visitors: Pick<Visitors, 'require'>;
  requireRecent: RequireRecent;
  /** The API scopes that the account's roles grant now to who signed in so. */
  scopesOf(accountId: string, amr: readonly string[]): Promise<ReadonlySet<string>>;
  rolesGranting(scope: string): readonly string[];
  refusal: View<RoleNeededProps>;
}

export interface Admitted {
  accountId: string;
  scopes: ReadonlySet<string>;
}

/** `undefined` when the request has been answered. */
export interface Gate {
  pass(ctx: Context, scope: string): Promise<Admitted | undefined>;
  /** Of a person lately seen to be who they are; `returnTo` as in `RequireRecent`. */
  passRecent(ctx: Context, scope: string, returnTo?: string): Promise<Admitted | undefined>;
}

export function createGate({ visitors, requireRecent, scopesOf, rolesGranting, refusal }: GateDeps): Gate {
  async function admit(ctx: Context, visitor: Visitor | undefined, scope: string): Promise<Admitted | undefined> {
    if (!visitor) return undefined;
    const { accountId, amr } = visitor;
    const scopes = await scopesOf(accountId, amr);
    if (scopes.has(scope)) return { accountId, scopes };
    const withFactor = await scopesOf(accountId, ['mfa']);
    const roles = rolesGranting(scope).map((name) => roleOf(ctx, name));
    page(ctx, refusal, { roles, isFactorMissing: withFactor.has(scope) }, { status: 403 });
    return undefined;
  }

  return {
    pass: async (ctx, scope) => admit(ctx, await visitors.require(ctx), scope),
    async passRecent(ctx, scope, returnTo) {
      // Who may not do it at all need not confirm anything first.
      const admitted = await admit(ctx, await visitors.require(ctx, returnTo), scope);
      return admitted && (await requireRecent(ctx, returnTo)) ? admitted : undefined;
    },
  };
}

function roleOf(ctx: Context, name: string): { name: string; description: string | undefined } {
  const description = stateOf(ctx).config.roles[name]?.description;
  return { name, description: description?.[localeOf(ctx)] ?? description?.en };
}
