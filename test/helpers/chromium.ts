// Real browsers: Chromium by playwright-core, one profile per person. What breaks the content security policy or reaches
// the console as an error fails the test. SCREENSHOTS names a folder to keep pictures in.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestPerson } from './auth-server.ts';

/** The path of a Chromium; with `CI=true` a missing one is an error, so that nothing is skipped unseen. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  for (const name of named ? [named] : ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      continue;
    }
  }
  if (process.env['CI'] === 'true') throw new Error('CI needs Chromium on PATH or named by CHROMIUM');
  return undefined;
}

export const launchChromium = (executablePath: string, args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...args] });

export interface Profile {
  context: BrowserContext;
  page: Page;
  /** Keeps a picture of the page, or of another page, when pictures are wanted. */
  picture(name: string, of?: Page): Promise<void>;
}

export interface ProfileOptions {
  /** Addresses of applications, which this profile finds without network. */
  applications?: readonly string[];
  javaScriptEnabled?: boolean;
  phone?: boolean;
  /** Of the browser; English by default. */
  locale?: string;
  /** Each picture is taken as phone and desktop, light and dark. */
  everyLook?: boolean;
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A browser of its own, without the cookies of others. */
export async function openProfile(
  t: ExecutionContext,
  browser: Browser,
  options: ProfileOptions = {},
): Promise<Profile> {
  const { applications = [], javaScriptEnabled = true, phone = false, locale = 'en', everyLook = false } = options;
  const context = await browser.newContext({ javaScriptEnabled, locale, reducedMotion: 'reduce', ...(phone && PHONE) });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser itself reports every answer from 400 on; those are expected where a test provokes them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  for (const address of applications) {
    await page.route(`${address}**`, (route) =>
      route.fulfill({ contentType: 'text/html', body: 'back at the application' }),
    );
  }
  t.teardown(() => {
    if (complaints.length > 0) throw new Error(`the browser complains: ${complaints.join('\n')}`);
  });
  const take = everyLook ? picturesOf : picture;
  return { context, page, picture: (name, of = page) => take(of, name) };
}

export async function signInOn({ page }: Profile, { email, password }: TestPerson): Promise<void> {
  await page.fill('input[name=login]', email);
  await page.fill('input[name=password]', password);
  await page.click('form:has(input[name=password]) button[type=submit]');
}

export const decideOn = ({ page }: Profile, decision: 'approve' | 'deny'): Promise<void> =>
  page.click(`button[name=decision][value=${decision}]`);

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const DESKTOP = { width: 1280, height: 800 };

async function picturesOf(page: Page, name: string): Promise<void> {
  if (!process.env['SCREENSHOTS']) return;
  for (const [size, viewport] of Object.entries({ phone: PHONE.viewport, desktop: DESKTOP })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
