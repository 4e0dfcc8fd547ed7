// A real SMTP server on a free port, with a mailbox for each recipient: `const mail = await smtpServer(t)`, configure
// `mail: mail.config`, then `await mail.next('lin@example.com')`.
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Of the text. */
  links: string[];
  messageId: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The message as it came over the wire. */
  raw: string;
}

export interface MailServer {
  port: number;
  /** The section `mail` of a configuration. */
  config: { url: string; from: string };
  /** The next mail to this person that was not asked for yet; waits for it. */
  next(to: string): Promise<ReceivedMail>;
  /** All accepted so far, in their order. */
  received: readonly ReceivedMail[];
  /** Resolves at the next connection. */
  connected(): Promise<void>;
  stop(): Promise<void>;
}

/** `options`: listeners of smtp-server such as `onRcptTo`; an error with `responseCode` refuses. `port`: of a former server. */
export interface MailServerOptions extends SMTPServerOptions {
  port?: number;
}

const WAIT_MS = 60_000;

/** What a relay answers instead of yes. */
export const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

export async function smtpServer(
  t: { teardown(work: () => Promise<void>): void },
  { port = 0, ...options }: MailServerOptions = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const taken = new Set<ReceivedMail>();
  const changed = new EventEmitter().setMaxListeners(0);
  async function accept(
    stream: NodeJS.ReadableStream,
    recipients: readonly { address: string }[],
    done: (error?: Error) => void,
  ): Promise<void> {
    const raw = await buffer(stream);
    for (const { address } of recipients) received.push(await parse(raw, address));
    done();
    changed.emit('mail');
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onData(stream, session, done) {
      void accept(stream, session.envelope.rcptTo, done);
    },
    ...options,
  });
  // A client that is killed resets its connection.
  server.on('error', () => undefined);
  server.server.on('connection', () => changed.emit('connection'));
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const stop = (): Promise<void> => new Promise((resolve) => server.close(resolve));
  t.teardown(stop);
  const { port: bound } = server.server.address() as AddressInfo;

  return {
    port: bound,
    config: { url: `smtp://127.0.0.1:${bound}`, from: 'TokenIM <no-reply@id.example>' },
    received,
    async next(to) {
      for (;;) {
        const mail = received.find((candidate) => candidate.to === to && !taken.has(candidate));
        if (mail) {
          taken.add(mail);
          return mail;
        }
        await once(changed, 'mail', { signal: AbortSignal.timeout(WAIT_MS) });
      }
    },
    async connected() {
      await once(changed, 'connection');
    },
    stop,
  };
}

async function parse(raw: Buffer, to: string): Promise<ReceivedMail> {
  const { from, subject = '', text = '', html = '', messageId = '', headers } = await PostalMime.parse(raw);
  return {
    from: from?.address ?? '',
    to,
    subject,
    text,
    html,
    links: text.match(/https?:\/\/[^\s<>"]+/g) ?? [],
    messageId,
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
    raw: raw.toString('latin1'),
  };
}
