// `/admin/clients`: every application there is; those that no file manages are made and changed here, by the rules of the files.
// Ending one is asked once more at `/admin/act`. A secret is shown in the answer to the form that made it and never again.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { appPage, type AppDetails } from '../../../views/admin/app.tsx';
import { appForm } from '../../../views/admin/app-form.tsx';
import { appMade } from '../../../views/admin/app-made.tsx';
import { appsPage } from '../../../views/admin/apps.tsx';
import type { AppFace } from '../../../views/partials/app-facts.tsx';
import type { Allow, MadeClient } from '../../clients/stored-clients.ts';
import type { ClientActs } from '../../clients/routes/api.ts';
import type { Locale } from '../../config/config.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Administrator, Guard } from '../guard.ts';
import { olderThan } from '../paging.ts';
import { type AppFields, choicesOf, choicesShown, fieldsOf, settingsIn } from './client-form.ts';

export interface ConsoleClientsDeps {
  guard: Guard;
  list(after: string | undefined): Promise<{ items: AppFace[]; next?: string }>;
  /** Throws `client_unknown` (`not_found`). */
  find(id: string, locale: Locale): Promise<AppDetails>;
  actsOf(ctx: Context, accountId: string): ClientActs;
  describeScope(scope: string, locale: Locale): string;
}

const HERE = '/admin/clients';
const NEW = `${HERE}/new`;
const ONE = `${HERE}/:id`;

/** An application to change, and the state of it that its form was made of. */
interface FormOf {
  id: string;
  seen: string;
}

/** What another administrator has changed meanwhile must not come back from an older form. */
const unchangedSince =
  (seen: string): Allow =>
  ({ changedAt }) => {
    if (String(changedAt) !== seen) throw new DomainError('conflict', 'changed_meanwhile');
  };

export function mountConsoleClients(router: Router, deps: ConsoleClientsDeps): void {
  const { guard, list, find, actsOf, describeScope } = deps;

  router.get(HERE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const { items, next } = await list(readQuery(ctx)['after']);
    page(ctx, appsPage, { apps: items, older: olderThan(next, HERE), mayWrite: reader.mayWrite });
  });

  router.get(NEW, async (ctx) => {
    if (await guard.writer(ctx)) showForm(ctx, undefined, { grants: ['authorization_code'], scopes: ['openid'] });
  });

  router.post(HERE, async (ctx) => {
    const posted = await guard.posted(ctx, NEW);
    if (!posted) return;
    const { settings, isConfidential } = settingsIn(posted.form);
    await orForm(ctx, undefined, posted.form, async () => {
      showMade(ctx, await actsOf(ctx, posted.accountId).create({ settings, isConfidential }));
    });
  });

  router.get(ONE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    await showApp(ctx, reader);
  });

  router.get(`${ONE}/change`, async (ctx) => {
    if (!(await guard.writer(ctx))) return;
    const app = await find(idOf(ctx), localeOf(ctx));
    // Its page says what manages it.
    if (!app.stored) return ctx.redirect(pathOf(ctx));
    showForm(ctx, { id: app.clientId, seen: String(app.stored.changed.at.getTime()) }, fieldsOf(app));
  });

  router.post(`${ONE}/change`, async (ctx) => {
    const posted = await guard.posted(ctx, `${pathOf(ctx)}/change`);
    if (!posted) return;
    const { type: _kind, ...settings } = settingsIn(posted.form).settings;
    const seen = posted.form['seen'] ?? '';
    const change = async () => {
      await actsOf(ctx, posted.accountId).change(idOf(ctx), settings, unchangedSince(seen));
      seeDone(ctx, pathOf(ctx), 'recorded');
    };
    await orPage(ctx, posted, () => orForm(ctx, { id: idOf(ctx), seen }, posted.form, change));
  });

  router.post(`${ONE}/secrets`, async (ctx) => {
    const posted = await guard.posted(ctx, pathOf(ctx));
    if (!posted) return;
    await orPage(ctx, posted, async () => {
      showMade(ctx, await actsOf(ctx, posted.accountId).addSecret(idOf(ctx), {}));
    });
  });

  router.post(`${ONE}/secrets/:secret/remove`, async (ctx) => {
    const posted = await guard.posted(ctx, pathOf(ctx));
    if (!posted) return;
    await orPage(ctx, posted, async () => {
      await actsOf(ctx, posted.accountId).removeSecret(idOf(ctx), String(ctx['params'].secret));
      seeDone(ctx, pathOf(ctx), 'recorded');
    });
  });

  // Language links of what a form answers come here.
  for (const answered of [`${ONE}/secrets`, `${ONE}/secrets/:secret/remove`]) {
    router.get(answered, (ctx) => ctx.redirect(pathOf(ctx)));
  }

  async function showApp(ctx: Context, { mayWrite }: Administrator, error?: string): Promise<void> {
    const app = await find(idOf(ctx), localeOf(ctx));
    page(ctx, appPage, { app, mayWrite, error, done: doneOf(ctx) }, { status: error === undefined ? 200 : 409 });
  }

  /** What the application does not let be done is said on its page, which tells how it stands now and what manages it. */
  async function orPage(ctx: Context, posted: Administrator, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error;
      await showApp(ctx, posted, error.code);
    }
  }

  /** What breaks a rule is said above the form, with what was typed. */
  async function orForm(
    ctx: Context,
    of: FormOf | undefined,
    form: Readonly<Record<string, string>>,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDomainError(error, 'invalid')) throw error;
      showForm(ctx, of, choicesOf(form), error.problems ?? [error.detail ?? error.code]);
    }
  }

  function showForm(ctx: Context, of: FormOf | undefined, chosen: AppFields, problems: readonly string[] = []): void {
    const { scopes, roles } = stateOf(ctx).config;
    const where = of === undefined ? HERE : `${HERE}/${encodeURIComponent(of.id)}`;
    page(
      ctx,
      appForm,
      {
        ...choicesShown(chosen, Object.keys(scopes), Object.keys(roles), (scope) =>
          describeScope(scope, localeOf(ctx)),
        ),
        purpose: of === undefined ? 'new' : 'change',
        action: of === undefined ? HERE : `${where}/change`,
        seen: of?.seen,
        cancelHref: where,
        problems,
      },
      { status: problems.length === 0 ? 200 : 422 },
    );
  }

  function showMade(ctx: Context, { client, secret }: MadeClient): void {
    const href = `${HERE}/${client.id}`;
    page(ctx, appMade, { name: String(client.settings['name']), clientId: client.id, secret, href });
  }
}

const idOf = (ctx: Context): string => String(ctx['params'].id);
const pathOf = (ctx: Context): string => `${HERE}/${encodeURIComponent(idOf(ctx))}`;
