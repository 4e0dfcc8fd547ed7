// `/admin/configuration`: what is in force in the answering process, what the files would change, and taking them. The rules are
// those of `config apply` (`compose/reload.ts`); what is taken is what was looked at, or nothing.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { configuration, type ConfigurationProps } from '../../../views/admin/configuration.tsx';
import type { FilesFace } from '../../../views/partials/files-plan.tsx';
import type { RecordFace } from '../../../views/partials/record-list.tsx';
import { doneOf, seeDone } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { page } from '../../web/render.ts';
import type { Administrator, Guard } from '../guard.ts';

export interface ConfigurationDeps {
  guard: Guard;
  inForce(): Pick<ConfigurationProps, 'process' | 'digest' | 'generation' | 'since' | 'files' | 'refused'>;
  othersRefused(): Promise<ConfigurationProps['others']>;
  /** Of this moment. */
  present(): Promise<FilesFace>;
  /**
   * Takes the files of this digest, whomever it concerns. Answers why not: `files_changed` when there are others by now, or another
   * code when they were refused, which `inForce` then tells.
   */
  apply(ctx: Context, accountId: string, digest: string): Promise<string | undefined>;
  /** Newest first. */
  history(after: string | undefined): Promise<{ items: readonly RecordFace[]; next?: string }>;
}

const HERE = '/admin/configuration';

export function mountConfiguration(router: Router, deps: ConfigurationDeps): void {
  const { guard, inForce, othersRefused, present, apply, history } = deps;

  router.get(HERE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (reader) await show(ctx, reader, await present());
  });

  // Language links of what the form answers come here, and who signs in first.
  router.get(`${HERE}/apply`, (ctx) => ctx.redirect(HERE));

  router.post(`${HERE}/apply`, async (ctx) => {
    const posted = await guard.posted(ctx, HERE);
    if (!posted) return;
    const { accountId, form } = posted;
    const files = await present();
    if (files.state === 'changed' && files.needsConfirmation && form['confirm'] !== 'on') {
      return show(ctx, posted, files, 'confirmation_needed');
    }
    const refused = await apply(ctx, accountId, form['digest'] ?? '');
    if (refused === undefined) return seeDone(ctx, HERE, 'applied');
    await show(ctx, posted, await present(), refused, 409);
  });

  async function show(
    ctx: Context,
    { mayWrite }: Administrator,
    files: FilesFace,
    error?: string,
    status = error === undefined ? 200 : 422,
  ): Promise<void> {
    const [others, { items, next }] = await Promise.all([othersRefused(), history(readQuery(ctx)['after'])]);
    page(
      ctx,
      configuration,
      {
        ...inForce(),
        others,
        present: files,
        history: items,
        older: next === undefined ? undefined : `${HERE}?${new URLSearchParams({ after: next })}`,
        mayWrite,
        error,
        done: doneOf(ctx),
      },
      { status },
    );
  }
}
