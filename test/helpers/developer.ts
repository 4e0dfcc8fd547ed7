// A developer before the pages of `/developer/keys`, and with an access token for `/api/v1/keys`.
import type { OutgoingHttpHeaders } from 'node:http';
import type { AuthServer, TestPerson } from './auth-server.ts';
import { signedInPhone } from './device.ts';
import { connect, signInTo } from './foreign-client.ts';
import { basic, ask, post, type Reply } from './http.ts';
import type { Page, Phone } from './phone.ts';

export const KEYS = '/developer/keys';
export const KEYS_API = '/api/v1/keys';

export async function developer(
  server: AuthServer,
  roles: readonly string[] = ['developer'],
): Promise<{ person: TestPerson; phone: Phone }> {
  const person = await server.createPerson({ roles });
  return { person, phone: await signedInPhone(server, person) };
}

export interface MadeKey {
  clientId: string;
  secret: string;
  page: Page;
}

/** The key that the page shows. */
export function keyOn(page: Page): MadeKey {
  const shown = (id: string): string => new RegExp(`<code id="${id}"[^>]*>([^<]+)</code>`).exec(page.text)?.[1] ?? '';
  return { clientId: shown('client-id'), secret: shown('client-secret'), page };
}

/** By the form, as a browser sends it. */
export async function makeKey(phone: Phone, fields: Readonly<Record<string, string>> = {}): Promise<MadeKey> {
  const form = await phone.open(`${KEYS}/new`);
  return keyOn(await phone.submit(form, { name: 'CRM sync', 'scope:messages:read': 'on', ...fields }));
}

export const tokenOf = (
  server: AuthServer,
  clientId: string,
  secret: string,
  fields: Readonly<Record<string, string>> = {},
  headers: OutgoingHttpHeaders = {},
): Promise<Reply> =>
  post(server, 'token', { grant_type: 'client_credentials', ...fields }, { ...basic(clientId, secret), ...headers });

/** The JSON interface with the token of a person. */
export async function keysApi(server: AuthServer, person: TestPerson, scope = 'openid keys:read keys:write') {
  const { tokens } = await signInTo(await connect(server, 'key-manager'), person, { scope });
  const call = (method: string, path = '', body?: unknown): Promise<Reply> =>
    ask(server, KEYS_API + path, {
      method,
      headers: {
        Authorization: `Bearer ${tokens.access_token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return { call, tokens };
}
