// `/account`: who the person is here, their language, their activity, and a copy of all that is kept of them.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { account as profilePage, type ProfileErrors } from '../../../views/accounts/account.tsx';
import { activity, ACTIVITIES, type ActivityEntry } from '../../../views/accounts/activity.tsx';
import { isDomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { isLocale } from '../../web/i18n.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { readQuery } from '../../web/form.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import type { Profile } from '../new-account.ts';

export interface ProfileDeps {
  visitors: Visitors;
  /** Throws `name_invalid`, `username_invalid`, `account_exists`. */
  change(ctx: Context, accountId: string, profile: Profile): Promise<void>;
  /** Newest first, of these types only. */
  activityOf(accountId: string, types: readonly string[], after: string | undefined): Promise<ActivityPage>;
  /** Everything kept of the person, by what it is, as JSON values. */
  copyOf(accountId: string): Promise<Record<string, unknown>>;
}

export interface ActivityPage {
  items: readonly ActivityEntry[];
  next?: string;
}

const HOME = '/account';

/** Which field a refusal is about. */
const FIELD_OF: Readonly<Record<string, keyof ProfileErrors>> = {
  name_invalid: 'name',
  username_invalid: 'username',
  account_exists: 'username',
};

export function mountProfile(router: Router, { visitors, change, activityOf, copyOf }: ProfileDeps): void {
  router.get(HOME, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (visitor) show(ctx, visitor);
  });

  router.post(HOME, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const { name = '', username = '', locale } = form;
    try {
      await change(ctx, visitor.accountId, { name, username, ...(isLocale(locale) && { locale }) });
    } catch (error) {
      const field = isDomainError(error) ? FIELD_OF[error.code] : undefined;
      if (field === undefined || !isDomainError(error)) throw error;
      const typed = { name, username, ...(isLocale(locale) && { locale }) };
      return show(ctx, visitor, { typed, errors: { [field]: error.code }, status: 422 });
    }
    seeDone(ctx, HOME, 'saved', isLocale(locale) ? { lang: locale } : {});
  });

  router.get(`${HOME}/activity`, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const { items, next } = await activityOf(visitor.accountId, ACTIVITIES, readQuery(ctx)['after']);
    page(ctx, activity, { entries: items, next });
  });

  router.get(`${HOME}/export`, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    ctx.set({ 'Content-Disposition': 'attachment; filename="tokenim-account.json"', 'Cache-Control': 'no-store' });
    ctx.type = 'application/json';
    ctx.body = `${JSON.stringify(await copyOf(visitor.accountId), undefined, 2)}\n`;
  });

  function show(
    ctx: Context,
    { account }: Visitor,
    {
      typed = {},
      errors = {},
      status = 200,
    }: { typed?: Partial<Profile>; errors?: ProfileErrors; status?: number } = {},
  ): void {
    const { name, username, email, roles, locale = localeOf(ctx) } = { ...account, ...typed };
    const deletionAt = account.deletionAt === undefined ? undefined : new Date(account.deletionAt);
    const props = { name, username, email, roles, locale, errors, done: doneOf(ctx), deletionAt };
    page(ctx, profilePage, props, { status });
  }
}
