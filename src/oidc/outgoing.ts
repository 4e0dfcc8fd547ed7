// Requests that the server makes to addresses which clients name (`jwks_uri`, `backchannel_logout_uri`): never into the network
// behind it (SSRF, RFC 7591 §5), no redirect is followed, time and size are limited.
import { lookup } from 'node:dns';
import { type ClientRequestArgs, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createPublicAddresses, type Networks } from '../lib/networks.ts';

const TIME_LIMIT_MS = 5000;
const SIZE_LIMIT_BYTES = 64 * 1024;
/** Fetch's own rule: their answers have no body. */
const BODILESS = new Set([204, 205, 304]);

/** Answers as `fetch` does, once the whole body is there. Rejects when the address may not be called. */
export type Outgoing = (address: string | URL, options?: RequestInit) => Promise<Response>;

export interface OutgoingDeps {
  /** Development calls whatever it is told to. */
  isOpen(): boolean;
  /** Which networks beside the Internet may be called. */
  privateNetworks(): Networks;
}

export function createOutgoing({ isOpen, privateNetworks }: OutgoingDeps): Outgoing {
  const publicAddresses = createPublicAddresses();
  const mayCall = (address: string): boolean =>
    isOpen() || publicAddresses.has(address) || privateNetworks().has(address);

  /** Judges the very addresses that the connection is then made to: a name may answer differently the next time. */
  const resolve: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? refused(), '');
      if (!addresses.every(({ address }) => mayCall(address))) return callback(refused(), '');
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };

  return async (address, { method = 'GET', headers, body } = {}) => {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) > 0 && !mayCall(host)) throw refused();
    const answer = await ask(url, await new Response(body ?? null).text(), {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      lookup: resolve,
      agent: false,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const received = await bodyOf(answer);
    const status = answer.statusCode ?? 500;
    return new Response(BODILESS.has(status) ? null : new Uint8Array(received), { status, headers: headersOf(answer) });
  };
}

const refused = (): Error => Object.assign(new Error('the address is not public'), { code: 'ADDRESS_REFUSED' });

const unanswered = (): Error => Object.assign(new Error('there was no answer'), { code: 'UNANSWERED' });

function ask(url: URL, body: string, options: ClientRequestArgs): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asked = request(url, options).once('response', resolve).once('error', reject);
    // Node hands a switched connection over, lets go of it, and then tells neither of an answer nor of the time limit.
    asked.once('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(unanswered());
    });
    asked.once('close', () => reject(unanswered()));
    asked.end(body);
  });
}

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += (chunk as Buffer).length;
    if (size > SIZE_LIMIT_BYTES) {
      answer.destroy();
      throw new Error('the answer is too large');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Headers(pairs);
}
