// In front of the Koa host stands a quick way for the one request that every waiting device repeats: a small form whose
// answer needs no more than its fields. What it does not answer goes on to the host as if nobody had looked.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ConfigSource } from '../config/config.ts';
import { parseForm } from './form.ts';
import { clientAddress, clientAuthority, createProxyTrust, peerAddress } from './middleware/client-address.ts';
import { requestIdOf } from './middleware/request-id.ts';
import { type AnswerNotes, noteAnswer } from './middleware/request-log.ts';
import { securityHeadersOf } from './middleware/security-headers.ts';

export interface FrontForm {
  /** Each sent once. */
  fields: Readonly<Record<string, string>>;
  /** Of the page that asks, if a browser says so. */
  origin: string | undefined;
}

export interface FrontAnswer {
  status: number;
  /** JSON. */
  body: string;
  headers: Readonly<Record<string, string>>;
}

export interface FrontDeps extends AnswerNotes {
  config: ConfigSource;
  path: string;
  /** What metrics call it. */
  route: string;
  /** `undefined` leaves the request to the host, and so does whatever it throws. */
  answer(form: FrontForm): Promise<FrontAnswer | undefined>;
}

const LARGEST_BODY = 2048;
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
/** Answered in JSON beyond doubt; other wishes the host weighs up. */
const PLAIN_ACCEPTS: ReadonlySet<string | undefined> = new Set([
  undefined,
  '*/*',
  'application/json',
  'application/json, */*',
  'application/json, text/plain, */*',
]);
/** Each of them changes what the request means, or how its body is to be read. */
const TELLING_HEADERS = ['authorization', 'dpop', 'transfer-encoding', 'content-encoding'];

export function createFront({ config, log, meter, path, route, answer }: FrontDeps) {
  const trustedProxies = createProxyTrust(config);

  const isPlain = (req: IncomingMessage): boolean =>
    req.method === 'POST' &&
    req.url === path &&
    isSmallForm(req) &&
    PLAIN_ACCEPTS.has(req.headers.accept) &&
    TELLING_HEADERS.every((name) => req.headers[name] === undefined) &&
    clientAuthority(req, trustedProxies()) === new URL(config.current().issuer).host;

  function send(req: IncomingMessage, res: ServerResponse, startedAt: number, { status, body, headers }: FrontAnswer) {
    const proxies = trustedProxies();
    const requestId = requestIdOf(req, proxies.has(peerAddress(req)));
    const request = { requestId, address: clientAddress(req, proxies), route, path, method: 'POST' };
    noteAnswer({ log, meter }, res, startedAt, () => request);
    const { issuer } = config.current();
    res.writeHead(status, [
      'X-Request-Id',
      requestId,
      ...securityHeadersOf(issuer).flat(),
      ...Object.entries(headers).flat(),
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(body)),
    ]);
    res.end(body);
  }

  return (host: RequestListener): RequestListener =>
    (req, res) => {
      if (!isPlain(req)) return host(req, res);
      const startedAt = performance.now();
      req.once('readable', () => {
        const fields = peekForm(req);
        if (!fields) return host(req, res);
        void answer({ fields, origin: req.headers.origin }).then(
          (answered) => (answered ? send(req, res, startedAt, answered) : host(req, res)),
          () => host(req, res),
        );
      });
    };
}

function isSmallForm({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return length > 0 && length <= LARGEST_BODY && FORM.test(headers['content-type'] ?? '');
}

/**
 * The fields of a body that has come whole; it stays in the request, for whoever reads it next. That holds only within
 * one turn: a stream that was read to its end cannot take anything back.
 */
function peekForm(req: IncomingMessage): FrontForm['fields'] | undefined {
  const body = req.read() as Buffer | null;
  if (body === null) return undefined;
  req.unshift(body);
  if (body.length !== Number(req.headers['content-length'])) return undefined;
  try {
    return parseForm(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
