// The authenticator application of a test person, and accounts that have one already.
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import type { AuthServer, TestPerson } from './auth-server.ts';
import type { Page, Phone } from './phone.ts';

const STEP_MS = 30_000;
/** A request must not cross into the next time step. */
const MARGIN_MS = 2500;

/** The code of the time step that is `steps` from now. */
export async function codeOf(secret: string, steps = 0): Promise<string> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < MARGIN_MS) await sleep(left + 50);
  return codeAt(secret, Date.now() + steps * STEP_MS);
}

export const codeAt = (secret: string, timestamp: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

/** Sets up an application without the pages; codes of this step and the next are still good. */
export async function giveTotp({ server }: AuthServer, { id }: Pick<TestPerson, 'id'>): Promise<string> {
  const { factors } = server.domain;
  await factors.beginTotp(id);
  const secret = (await factors.pendingTotp(id)) ?? '';
  if (!(await factors.confirmTotp(id, await codeOf(secret, -1)))) throw new Error('the code was refused');
  return secret;
}

/** The password, and then a code. */
export async function signInWithCode(phone: Phone, person: TestPerson, code: string): Promise<Page> {
  return phone.submit(await phone.signIn(person), { code });
}

/** The secret that the page shows as text. */
export const secretOn = ({ text }: Page): string =>
  (/<code>([A-Z2-7 ]{20,})<\/code>/.exec(text)?.[1] ?? '').replaceAll(' ', '');

export const recoveryCodesOn = ({ text }: Page): string[] =>
  [...text.matchAll(/<code>([0-9A-Z]{5}-[0-9A-Z]{5})<\/code>/g)].map(([, code = '']) => code);
