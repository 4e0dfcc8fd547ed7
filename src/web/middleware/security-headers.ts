// Response headers that hold for every answer, the provider's too: they are set on the raw response before any route runs.
// A route that needs more says so with `widenPolicy` or `allowEmbedding`. OWASP Secure Headers; CSP Level 3.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'koa-helmet';
import type { Context, Middleware } from 'koa';
import { stateOf } from '../request-state.ts';

const YEAR_SECONDS = 31_536_000;

export interface PolicyAddition {
  /** Origins that the answer to a form may redirect to: browsers apply `form-action` to redirects as well. */
  formAction?: readonly string[] | 'any';
  /** Origins of images, such as a client's logo. */
  imageSource?: readonly string[];
  /** The page frames an answer of ours (`sandboxed`). */
  ownFrames?: true;
}

export function securityHeaders(): Middleware {
  return (ctx: Context, next) => {
    for (const [name, value] of securityHeadersOf(stateOf(ctx).config.issuer)) ctx.res.setHeader(name, value);
    return next();
  };
}

/** Names and values, for an answer that is written without Koa. */
export const securityHeadersOf = (issuer: string): readonly (readonly [string, string])[] =>
  issuer.startsWith('https:') ? SECURED : PLAIN;

/**
 * Replaces this answer's policy by a wider one. Give addresses; their origins count. A private-use scheme
 * (RFC 8252 §7.1) counts as the scheme.
 */
export function widenPolicy(ctx: Context, addition: PolicyAddition): void {
  ctx.set('Content-Security-Policy', contentSecurityPolicy(addition));
}

/**
 * For a document that we did not write, framed by a page of ours: it runs nothing, loads nothing and has no origin; its
 * links open elsewhere.
 */
export function sandboxed(ctx: Context): void {
  ctx.set(
    'Content-Security-Policy',
    `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ` +
      `form-action 'none'; frame-ancestors 'self'`,
  );
  ctx.set('X-Frame-Options', 'SAMEORIGIN');
}

/** Lets pages of other sites load this answer as an image or script. */
export function allowEmbedding(ctx: Context): void {
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** HSTS would lock a person out of every http server on `localhost`, so it goes with an https issuer only. */
function allHeaders(https: boolean): readonly (readonly [string, string])[] {
  const recorder = new ServerResponse(new IncomingMessage(new Socket()));
  recorder.setHeader('Content-Security-Policy', contentSecurityPolicy({}));
  recorder.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  recorder.setHeader('Cache-Control', 'no-store');
  const protect = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: https && { maxAge: YEAR_SECONDS, includeSubDomains: false },
    frameguard: { action: 'deny' },
  });
  void protect({ req: recorder.req, res: recorder } as Context, () => Promise.resolve());
  return recorder.getHeaderNames().map((name) => [name, String(recorder.getHeader(name))]);
}

function contentSecurityPolicy({ formAction = [], imageSource = [], ownFrames }: PolicyAddition): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `connect-src 'self'`,
    ['img-src', `'self'`, 'data:', ...imageSource.map(sourceOf)].join(' '),
    ...(ownFrames ? [`frame-src 'self'`] : []),
    ...(formAction === 'any' ? [] : [['form-action', `'self'`, ...formAction.map(sourceOf)].join(' ')]),
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** CSP source expression of an address. The URL parser leaves no character that could begin another directive. */
function sourceOf(address: string): string {
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol;
}

const SECURED = allHeaders(true);
const PLAIN = allHeaders(false);
