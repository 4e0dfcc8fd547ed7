// Answers a request with a page: gathers what every page may know and puts the view into the layout (`views/layout.tsx`).
import type { Context } from 'koa';
import { renderPage } from '../../views/layout.tsx';
import { translator } from './i18n.ts';
import { csrfToken } from './middleware/csrf.ts';
import { localeOf } from './middleware/locale.ts';
import { stateOf } from './request-state.ts';
import type { Ui, View } from './view.ts';

/** Renders `view` in the reader's language. Pages are never cached: they carry tokens and personal content. */
export function page<Props>(ctx: Context, view: View<Props>, props: Props, { status = 200 } = {}): void {
  const html = renderPage(view, props, uiOf(ctx));
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = html;
}

function uiOf(ctx: Context): Ui {
  const { config, requestId, signedInAs } = stateOf(ctx);
  const locale = localeOf(ctx);
  return {
    t: translator(locale),
    locale,
    /** Read only by pages with a form: a page without one sets no cookie. */
    get csrf() {
      return csrfToken(ctx);
    },
    requestId,
    path: ctx.url,
    ...(signedInAs !== undefined && { signedInAs }),
    mode: config.mode,
  };
}
