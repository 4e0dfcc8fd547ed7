// What is kept of the browser that asks to be signed in, for the sheet on the phone.
import type { Context } from 'koa';
import { browserOf } from '../../web/browser-id.ts';
import { stateOf } from '../../web/request-state.ts';

export interface AskingBrowser {
  address: string;
  userAgent: string;
  /** By which it is known again, when somebody has signed in with it before. */
  browser?: string;
}

export function askingBrowser(ctx: Context): AskingBrowser {
  const browser = browserOf(ctx);
  return {
    address: stateOf(ctx).address,
    userAgent: ctx.get('User-Agent').slice(0, 256),
    ...(browser !== undefined && { browser }),
  };
}
