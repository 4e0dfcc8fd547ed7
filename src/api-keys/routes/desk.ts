// Who stands before the pages of developer settings: a person whose roles in force let them see or manage keys. Others are told
// which role is missing.
import type { Context } from 'koa';
import { notDeveloper } from '../../../views/developer/not-developer.tsx';
import { KEYS_READ, KEYS_WRITE } from '../../config/built-in.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { RequireRecent } from '../../web/recent.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import type { KeyActs, KeyHolder } from '../keyring.ts';

export interface DeskDeps {
  visitors: Pick<Visitors, 'require'>;
  requireRecent: RequireRecent;
  /** The API scopes that the account's roles grant now to who signed in so. */
  scopesOf(accountId: string, amr: readonly string[]): Promise<ReadonlySet<string>>;
  rolesGranting(scope: string): readonly string[];
  actsOf(ctx: Context, accountId: string): KeyActs;
}

/** `undefined` when the request has been answered. */
export interface Desk {
  reader(ctx: Context): Promise<KeyHolder | undefined>;
  /** Of a person lately seen to be who they are; `returnTo` as in `RequireRecent`. */
  manager(ctx: Context, returnTo?: string): Promise<KeyHolder | undefined>;
}

export function createDesk({ visitors, requireRecent, scopesOf, rolesGranting, actsOf }: DeskDeps): Desk {
  async function holderOf(ctx: Context, visitor: Visitor | undefined, scope: string): Promise<KeyHolder | undefined> {
    if (!visitor) return undefined;
    const { accountId, amr } = visitor;
    const scopes = await scopesOf(accountId, amr);
    if (scopes.has(scope)) return { accountId, scopes, acts: actsOf(ctx, accountId) };
    const withFactor = await scopesOf(accountId, ['mfa']);
    page(
      ctx,
      notDeveloper,
      { roles: rolesGranting(scope).map((name) => roleOf(ctx, name)), isFactorMissing: withFactor.has(scope) },
      { status: 403 },
    );
    return undefined;
  }

  return {
    reader: async (ctx) => holderOf(ctx, await visitors.require(ctx), KEYS_READ),
    async manager(ctx, returnTo) {
      // Who may not do it at all need not confirm anything first.
      const visitor = await visitors.require(ctx);
      const holder = await holderOf(ctx, visitor, KEYS_WRITE);
      return holder && (await requireRecent(ctx, returnTo)) ? holder : undefined;
    },
  };
}

function roleOf(ctx: Context, name: string): { name: string; description: string | undefined } {
  const description = stateOf(ctx).config.roles[name]?.description;
  return { name, description: description?.[localeOf(ctx)] ?? description?.en };
}
