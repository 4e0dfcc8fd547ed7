// The listening socket: its time limits, a clear word when the port cannot be had, and an end that finishes what was begun.
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from '../lib/errors.ts';

/** Against senders that drip headers or bodies. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s of common load balancers, so that they, not we, close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const TIMEOUT_CHECK_MS = 5000;
const IDLE_CHECK_MS = 50;

export interface Listener {
  host: string;
  port: number;
  /** Accepts nothing new, lets running requests end, and cuts what still runs after `graceMs` milliseconds. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves `app` at an address; port 0 takes a free one.
 * @throws DomainError conflict `port_in_use`, forbidden `port_forbidden`, invalid `host_unknown`
 */
export async function listen(
  app: { callback(): RequestListener },
  { host, port }: { host: string; port: number },
): Promise<Listener> {
  const server = createServer({ connectionsCheckingInterval: TIMEOUT_CHECK_MS }, app.callback());
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  await bind(server, host, port);
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: (graceMs) => finish(server, graceMs),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, host, port));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = `port ${port} on ${host}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new DomainError('conflict', 'port_in_use', {
        cause,
        detail: `${where} is in use; set PORT to a free one`,
      });
    case 'EACCES':
      return new DomainError('forbidden', 'port_forbidden', { cause, detail: `this user may not open ${where}` });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new DomainError('invalid', 'host_unknown', { cause, detail: `${host} is not an address of this machine` });
    default:
      return cause;
  }
}

/** A kept-alive connection counts as running until it is idle, so idle ones are looked for again and again. */
function finish(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const grace = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(grace);
      resolve();
    });
  });
}
