// `/qr` in a browser that waits, without scripts: what the page tells its script, and what that does with the ID token.
import type { AuthServer } from './auth-server.ts';
import { attributeOf, textOf } from './html.ts';
import { createPhone, type Page, type Phone } from './phone.ts';

export interface Screen {
  browser: Phone;
  page: Page;
  device_code: string;
  userCode: string;
  csrf: string;
}

export async function openScreen({ issuer }: AuthServer, returnTo?: string): Promise<Screen> {
  const browser = createPhone(issuer);
  const page = await browser.open(
    returnTo === undefined ? '/qr' : `/qr?${new URLSearchParams({ return_to: returnTo })}`,
  );
  return {
    browser,
    page,
    device_code: attributeOf(page.text, 'data-device-code') ?? '',
    userCode: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/.exec(textOf(page.text))?.[0] ?? '',
    csrf: attributeOf(page.text, 'data-csrf') ?? '',
  };
}

/** What the page's script does with the ID token. */
export const openSession = ({ browser, csrf }: Screen, id_token: unknown) =>
  browser.postJson('/qr/session', { id_token, csrf });
