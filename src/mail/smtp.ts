// The mail relay, by SMTP (RFC 5321) with nodemailer: one connection for each mail, as a pool would send again by itself what
// an ended connection left open.
import { getSystemErrorName } from 'node:util';
import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.ts';
import type { Message } from './mailer.ts';

/** `refused`: this mail, for good. `failed`: now; another time may do. */
export type Delivery = { kind: 'accepted' } | { kind: 'refused' | 'failed'; reason: string };

export interface Letter extends Message {
  messageId: string;
  date: Date;
}

export interface Relay {
  /** Never throws. */
  deliver(letter: Letter): Promise<Delivery>;
  /** Connects, says EHLO, secures the connection and signs in. Throws what nodemailer throws. */
  verify(): Promise<void>;
}

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 30_000 };
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** @param name What EHLO calls this server (RFC 5321 §4.1.1.1). */
export function createRelay({ url, from, reply_to }: NonNullable<Config['mail']>, name: string): Relay {
  const transport = createTransport({
    ...addressOf(url),
    ...TIMEOUTS,
    name,
    // Nothing that a message holds is taken for a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async deliver({ to, subject, text, html, messageId, date }) {
      try {
        await transport.sendMail({
          from,
          ...(reply_to !== undefined && { replyTo: reply_to }),
          // An object is one address; a string would be parsed as a list.
          to: { name: '', address: to },
          subject,
          text,
          ...(html !== undefined && { html }),
          messageId,
          date,
          // RFC 3834 §5: nobody's absence notice is to answer this.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { kind: 'accepted' };
      } catch (error) {
        return judge(error);
      }
    },
    async verify() {
      await transport.verify();
    },
  };
}

/** Where the relay is. Credentials never travel in plain over a network: without TLS the delivery fails. */
function addressOf(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && username !== '' && !LOOPBACK.test(hostname),
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

interface SmtpError {
  code?: unknown;
  /** Of the operating system: more telling than `ESOCKET`. */
  errno?: unknown;
  command?: unknown;
  response?: unknown;
  responseCode?: unknown;
}

/**
 * What the relay says about the recipient or the message is final when it is 5yz (RFC 5321 §4.2.1). What it says about us (the
 * greeting, TLS, AUTH, MAIL FROM) is a mistake of the configuration: those mails wait until it is mended.
 */
function judge(error: unknown): Delivery {
  const { command, response, responseCode } = error as SmtpError;
  const code = codeOf(error as SmtpError);
  const about = typeof command === 'string' ? command.split(' ').slice(0, 2).join(' ') : 'CONN';
  if (typeof responseCode !== 'number') {
    const unsendable = code === 'EENVELOPE' || code === 'EMESSAGE';
    return { kind: unsendable ? 'refused' : 'failed', reason: `${about} ${code}` };
  }
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response))?.[1];
  const reason = [about, responseCode, ...(enhanced === undefined ? [] : [enhanced])].join(' ');
  const final = responseCode >= 500 && (about === 'RCPT TO' || about === 'DATA');
  return { kind: final ? 'refused' : 'failed', reason };
}

const codeOf = ({ code, errno }: SmtpError): string =>
  typeof errno === 'number' && errno < 0 ? getSystemErrorName(errno) : typeof code === 'string' ? code : 'unknown';
