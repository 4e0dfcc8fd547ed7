// Requests exactly as written, for what no well-behaved client sends, with the issuer's name whichever process is asked.
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { AuthServer } from './auth-server.ts';

export type Target = Pick<AuthServer, 'origin' | 'issuer'>;

export interface Reply {
  status: number;
  headers: Headers;
  /** The JSON object of the answer; empty when it is none. */
  body: Readonly<Record<string, unknown>>;
  text: string;
}

export interface Ask {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Asks a process for a path, or for an address of its issuer. */
export async function ask(
  { origin, issuer }: Target,
  path: string,
  { body, headers, ...rest }: Ask = {},
): Promise<Reply> {
  const { pathname, search } = new URL(path, issuer);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(`${origin}${pathname}${search}`, {
      ...rest,
      headers: { Host: new URL(issuer).host, ...headers },
    });
    sent.once('response', resolve).once('error', reject).end(body);
  });
  const text = await readText(response);
  return { status: response.statusCode ?? 0, headers: headersOf(response), text, body: parse(text) };
}

/** Posts a form to an OAuth endpoint, such as `token`, `revoke` or `device_authorization`. */
export const post = (
  target: Target,
  endpoint: string,
  fields: Readonly<Record<string, string>> | URLSearchParams,
  headers: OutgoingHttpHeaders = {},
): Promise<Reply> =>
  ask(target, `/oauth/${endpoint}`, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(fields).toString(),
  });

/** RFC 6749 §2.3.1. */
export const basic = (clientId: string, secret: string): { Authorization: string } => ({
  Authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Headers(pairs);
}

function parse(text: string): Reply['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Reply['body']) : {};
  } catch {
    return {};
  }
}
