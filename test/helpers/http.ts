// Requests exactly as written, for what no well-behaved client sends. OAuth bodies come back parsed.
import type { AuthServer } from './auth-server.ts';

export interface Reply {
  status: number;
  headers: Headers;
  /** The JSON object of the answer; empty when it is none. */
  body: Readonly<Record<string, unknown>>;
  text: string;
}

type Fields = Readonly<Record<string, string>> | URLSearchParams;

export async function ask(address: string | URL, init: RequestInit = {}): Promise<Reply> {
  const { status, headers, text } = await fetch(address, { redirect: 'manual', ...init }).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  return { status, headers, text, body: parse(text) };
}

/** Posts a form to an OAuth endpoint, such as `token`, `revoke` or `device_authorization`. */
export const post = (
  { origin, issuer }: Pick<AuthServer, 'origin' | 'issuer'>,
  endpoint: string,
  fields: Fields,
  headers: HeadersInit = {},
): Promise<Reply> =>
  ask(`${origin}/oauth/${endpoint}`, {
    method: 'POST',
    headers: { Host: new URL(issuer).host, ...Object.fromEntries(new Headers(headers)) },
    body: new URLSearchParams(fields),
  });

/** RFC 6749 §2.3.1. */
export const basic = (clientId: string, secret: string): { Authorization: string } => ({
  Authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

function parse(text: string): Reply['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Reply['body']) : {};
  } catch {
    return {};
  }
}
