// In front of the Koa host stand quick ways for what waiting devices do by the thousand: ask again, and listen. A way answers
// the usual case alone; every other request, refusals too, goes on to the host as if nobody had looked.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ConfigSource } from '../config/config.ts';
import { clientAddress, clientAuthority, createProxyTrust, peerAddress } from './middleware/client-address.ts';
import { requestIdOf } from './middleware/request-id.ts';
import { type AnswerNotes, noteAnswer } from './middleware/request-log.ts';
import { securityHeadersOf } from './middleware/security-headers.ts';
import { createPipelining } from './pipelining.ts';

/** A request, and the way to answer it. */
export interface Visit {
  req: IncomingMessage;
  res: ServerResponse;
  address: string;
  /** Begins the answer: these headers beside those of every answer. */
  begin(status: number, headers: Readonly<Record<string, string>>): void;
}

export interface Way {
  /** What metrics call it. */
  route: string;
  /** What the log calls it. */
  path: string;
  takes(req: IncomingMessage): boolean;
  /** False leaves the request to the host, and so does whatever it throws before the answer has begun. */
  answer(visit: Visit): Promise<boolean>;
}

export interface FrontDeps extends AnswerNotes {
  config: ConfigSource;
  ways: readonly Way[];
}

export function createFront({ config, log, meter, ways }: FrontDeps) {
  const trustedProxies = createProxyTrust(config);
  const mayWait = createPipelining();

  const isForUs = (req: IncomingMessage): boolean =>
    clientAuthority(req, trustedProxies()) === new URL(config.current().issuer).host;

  function visitOf(req: IncomingMessage, res: ServerResponse, { route, path }: Way): Visit {
    const startedAt = performance.now();
    const proxies = trustedProxies();
    const address = clientAddress(req, proxies);
    return {
      req,
      res,
      address,
      begin(status, headers) {
        const requestId = requestIdOf(req, proxies.has(peerAddress(req)));
        const request = { requestId, address, route, path, method: req.method ?? '' };
        noteAnswer({ log, meter }, res, startedAt, () => request);
        res.writeHead(status, [
          'X-Request-Id',
          requestId,
          ...securityHeadersOf(config.current().issuer).flat(),
          ...Object.entries(headers).flat(),
        ]);
      },
    };
  }

  return (host: RequestListener): RequestListener =>
    (req, res) => {
      if (!mayWait(req, res)) return undefined;
      const way = ways.find((each) => each.takes(req));
      if (!way || !isForUs(req)) return host(req, res);
      void way.answer(visitOf(req, res, way)).then(
        (answered) => (answered ? undefined : host(req, res)),
        () => (res.headersSent ? res.destroy() : host(req, res)),
      );
    };
}
