// The cookie of `known-browsers.ts`: read before an attempt to sign in, written after a right password or a reset.
import type { Context } from 'koa';
import { browserCookie } from '../../web/browser-cookie.ts';
import type { Account } from '../account.ts';
import type { KnownBrowsers } from '../known-browsers.ts';

export interface BrowserMemory {
  /** The name of this browser, when the login was used in it before. */
  find(ctx: Context, login: string): string | undefined;
  remember(ctx: Context, account: Pick<Account, 'email' | 'username'>): void;
}

const cookie = browserCookie('tim_known');
const YEAR_SECONDS = 31_536_000;

export function createBrowserMemory(browsers: KnownBrowsers): BrowserMemory {
  return {
    find: (ctx, login) => browsers.find(cookie.read(ctx), login),
    remember(ctx, { email, username }) {
      const logins = [email, username].filter((login) => login !== undefined);
      cookie.write(ctx, browsers.remember(cookie.read(ctx), logins), YEAR_SECONDS);
    },
  };
}
