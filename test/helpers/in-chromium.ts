// Tests of a file in one Chromium. Without it none of them is declared and one skipped line says why; with `CI=true` that is an
// error (`findChromium`).
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';

type Implementation = (t: ExecutionContext) => void | Promise<void>;
type Declare = (title: string, implementation: Implementation) => void;

/** `start` gets the browser before the first test; `stop` comes when it is closed, also when `start` failed. */
export function inChromium(
  start: (browser: Browser, executable: string) => void | Promise<void>,
  stop: () => void | Promise<void> = () => undefined,
): Declare & { serial: Declare } {
  const executable = findChromium();
  if (executable === undefined) {
    test.skip('in browsers: there is no Chromium on PATH, and CHROMIUM names none', (t) => t.fail());
    const leave: Declare = () => undefined;
    return Object.assign(leave, { serial: leave });
  }
  let browser: Browser | undefined;
  test.before(async () => {
    browser = await launchChromium(executable);
    await start(browser, executable);
  });
  test.after.always(async () => {
    await browser?.close();
    await stop();
  });
  const declare: Declare = (title, implementation) => test(title, implementation);
  return Object.assign(declare, {
    serial: (title: string, implementation: Implementation) => test.serial(title, implementation),
  });
}
