// The mail that a server would have sent. Letters leave after the answer to the request, so tests wait for them.
import { setTimeout as pause } from 'node:timers/promises';
import type { OutboxMessage } from '../../src/mail/mailer.ts';
import type { AuthServer } from './auth-server.ts';
import { createPhone } from './phone.ts';

const PAUSE_MS = 20;
const PATIENCE_MS = 15_000;

/** Letters to this address, oldest first, as soon as there are `count` of them. */
export async function lettersTo(server: AuthServer, email: string, count = 1): Promise<OutboxMessage[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const letters = await sentTo(server, email);
    if (letters.length >= count) return letters;
    if (Date.now() > deadline) throw new Error(`${letters.length} of ${count} letters to ${email}`);
    await pause(PAUSE_MS);
  }
}

/** The newest of `count` letters. */
export async function letterTo(server: AuthServer, email: string, count = 1): Promise<OutboxMessage> {
  const letter = (await lettersTo(server, email, count)).at(-1);
  if (!letter) throw new Error(`no letter to ${email}`);
  return letter;
}

/** What was sent so far, after every request before this one has had its letter. */
export async function lettersSettled(server: AuthServer, email: string): Promise<OutboxMessage[]> {
  const { email: other } = await server.createPerson();
  const phone = createPhone(server.issuer);
  await phone.submit(await phone.open('/account/reset'), { email: other });
  await letterTo(server, other);
  await pause(PAUSE_MS);
  return sentTo(server, email);
}

/** The one link of a letter that holds a token. */
export function linkIn({ text }: OutboxMessage): string {
  const link = /https?:\/\/\S+\/account\/(?:activate|reset)\/[\w-]{43}/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link in the letter:\n${text}`);
  return link;
}

async function sentTo({ server }: AuthServer, email: string): Promise<OutboxMessage[]> {
  const { items } = await server.domain.outbox.list({ limit: 1000 });
  return items.filter(({ to }) => to === email).toReversed();
}
