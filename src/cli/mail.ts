// `tokenim mail test`: one mail straight to the relay, past the queue, so that its answer is seen here.
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { DomainError } from '../lib/errors.ts';
import { randomToken } from '../lib/random.ts';
import { checkHeaders } from '../mail/mailer.ts';
import { createRelay } from '../mail/smtp.ts';
import { type CommonOptions, leaf, loadOptions, type Shell } from './command.ts';
import { answer } from './io.ts';

interface TestOptions extends CommonOptions {
  to: string;
}

/** What to say at a start in production that could send nobody a link. */
export const mailWarning = ({ mode, mail }: Config): string | undefined =>
  mode === 'production' && !mail
    ? 'No mail can be sent: the section `mail` is missing. Mail waits for three days; until then nobody can register or reset a password.'
    : undefined;

export function addMailCommands(program: Command, shell: Shell): void {
  const mail = program.command('mail').description('mail that the server sends');
  leaf(mail, 'test', 'send one mail and show what the relay answers')
    .requiredOption('--to <address>', 'who gets it')
    .action((options: TestOptions) => sendTest(shell, options));
}

async function sendTest(shell: Shell, options: TestOptions): Promise<void> {
  const { mail, issuer } = await loadConfig(loadOptions(shell, options));
  if (!mail) {
    throw new DomainError('invalid', 'mail_not_configured', { detail: 'the configuration has no section `mail`' });
  }
  const host = new URL(issuer).hostname;
  const text = `This mail was sent to test the mail relay of\n${issuer}\n`;
  const message = { to: options.to, subject: 'TokenIM: test of the mail relay', text };
  checkHeaders(message);
  const messageId = `<${randomToken(18)}@${host}>`;
  const delivery = await createRelay(mail, host).deliver({ ...message, messageId, date: new Date() });
  if (delivery.kind !== 'accepted') {
    throw new DomainError('unavailable', 'mail_not_sent', { detail: `the relay did not take it: ${delivery.reason}` });
  }
  answer(shell.io, options.json, { message_id: messageId }, () => `The relay took the mail ${messageId}.`);
}
