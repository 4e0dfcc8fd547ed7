// An API behind TokenIM's access tokens, as a process of its own: sends messages (`messages:send`) and reads call records
// (`calls:read`). Tokens are verified here (RFC 9068 §4); call records, where a revocation must be seen at once, also ask the
// authorization server (RFC 7662). ISSUER names it; IM_API_SECRET is the secret of the client `im-api`, without which nobody reads
// call records. Prints the address that it listens at.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const issuer = process.env['ISSUER'] ?? 'http://localhost:3000';
const audience = process.env['RESOURCE'] ?? 'https://im.tokenim.example/';
const client = process.env['IM_API_CLIENT'] ?? 'im-api';
const secret = process.env['IM_API_SECRET'];

const metadata = (await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()) as {
  jwks_uri: string;
  introspection_endpoint: string;
};
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

/** Who calls: a person, or the account behind an API key. */
interface Caller {
  account: string;
  application: string;
  scopes: readonly string[];
}

interface Route {
  scope: string;
  /** Asks the authorization server too, so that a revoked token is refused at once. */
  introspects: boolean;
  answer(caller: Caller, request: IncomingMessage): Promise<{ status: number; body: unknown }>;
}

const MAX_MESSAGE_BYTES = 4096;

const sent: { from: string; by: string; text: string }[] = [];

const routes: Readonly<Record<string, Route>> = {
  'POST /messages': {
    scope: 'messages:send',
    introspects: false,
    async answer({ account, application }, request) {
      // Node reads no more than was announced.
      const length = Number(request.headers['content-length'] ?? Number.NaN);
      if (Number.isNaN(length)) return { status: 411, body: {} };
      if (length > MAX_MESSAGE_BYTES) return { status: 413, body: { at_most: MAX_MESSAGE_BYTES } };
      const message = { from: account, by: application, text: await text(request) };
      sent.push(message);
      return { status: 201, body: message };
    },
  },
  'GET /calls': {
    scope: 'calls:read',
    introspects: true,
    answer: ({ account }) =>
      Promise.resolve({
        status: 200,
        body: { account, calls: [{ with: 'Lin', at: '2026-11-21T08:30:00Z', minutes: 4 }] },
      }),
  },
};

interface Refusal {
  error?: 'invalid_token' | 'insufficient_scope';
  error_description?: string;
  scope?: string;
}

/** RFC 6750 §3: a request without a token hears only how to bring one. */
function refuse(response: ServerResponse, status: 401 | 403, fields: Refusal = {}): void {
  const parameters = Object.entries(fields).map(([name, value]) => `, ${name}="${value}"`);
  response.writeHead(status, {
    'WWW-Authenticate': `Bearer realm="TokenIM"${parameters.join('')}`,
    'Content-Type': 'application/json',
  });
  response.end(JSON.stringify(fields));
}

/** A token bound to a key (RFC 9449 §7.2) is not taken: this API reads no proofs, and without one it is anybody's. */
async function verify(token: string): Promise<Caller | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
    const { sub = '', owner, client_id: application, scope, cnf } = payload;
    if (cnf !== undefined) return undefined;
    return {
      account: typeof owner === 'string' ? owner : sub,
      application: String(application),
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
    };
  } catch {
    return undefined;
  }
}

interface Introspection {
  active: boolean;
  scope?: string;
  /** Why the token does not carry `required_scope`. */
  insufficient_scope?: { description: string };
}

/** What the authorization server says of the token now. Throws when it cannot be asked. */
async function introspect(token: string, required_scope: string): Promise<Introspection> {
  if (secret === undefined) throw new Error('IM_API_SECRET is needed to ask the authorization server');
  const response = await fetch(metadata.introspection_endpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams({ token, required_scope }),
  });
  if (!response.ok) throw new Error(`the authorization server answered ${response.status}`);
  return (await response.json()) as Introspection;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes[`${request.method} ${request.url}`];
  if (!route) return void response.writeHead(404).end();
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse(response, 401);
  const caller = await verify(token);
  if (!caller) return refuse(response, 401, { error: 'invalid_token' });
  const { scope } = route;
  const now = route.introspects ? await introspect(token, scope) : { active: true, scope: caller.scopes.join(' ') };
  if (!now.active) return refuse(response, 401, { error: 'invalid_token' });
  if (!now.scope?.split(' ').includes(scope)) {
    const { description } = now.insufficient_scope ?? {};
    const why = description !== undefined && { error_description: description };
    return refuse(response, 403, { error: 'insufficient_scope', ...why, scope });
  }
  const { status, body } = await route.answer(caller, request);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : 'failed');
    if (!response.headersSent) response.writeHead(503).end();
  });
});
server.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
