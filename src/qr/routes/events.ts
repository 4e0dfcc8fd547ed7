// `events_uri` and `qr_uri` of a device authorization (contract §3): the state of one code as server-sent events (WHATWG
// HTML §9.2), and the QR as an image. Hints only: no code, no token, nobody's name. Who is told what is in `../hints.ts`.
import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError } from '../../lib/errors.ts';
import { addressKey } from '../../web/limits.ts';
import { allowEmbedding } from '../../web/middleware/security-headers.ts';
import type { Places } from '../../web/places.ts';
import { stateOf } from '../../web/request-state.ts';
import { qrSvg } from '../code.ts';
import type { DeviceAuthorization, DeviceAuthorizations } from '../confirmation.ts';
import type { Follower, Hint, Hints } from '../hints.ts';
import type { PublicState } from '../state.ts';

/** A page, and what is left of it on a network it has just lost. */
const STREAMS_PER_CODE = 8;
/** After a break browsers come back at different moments, or a restarted server would meet all at once. */
const RECONNECT_MS = { from: 1000, to: 5000 };
/** Drawing costs more than anything else here, and an image is asked for more than once. */
const KEPT_DRAWINGS = 500;

export interface EventRoutesDeps {
  hints: Hints;
  places: Places;
  authorizations: Pick<DeviceAuthorizations, 'get' | 'findByHandle'>;
  stateOfAuthorization(authorization: DeviceAuthorization): PublicState;
  /** The id that the last segment of an `events_uri` gives the right to watch. */
  idOfPass(pass: string): string | undefined;
  /** Whether pages of the origin may call for the client. */
  mayCall(clientId: string, origin: string): boolean;
}

export function mountEvents(router: Router, deps: EventRoutesDeps): void {
  const { hints, places, authorizations, stateOfAuthorization, idOfPass, mayCall } = deps;
  const draw = keepingDrawings();

  router.get('/qr/events/:watch', async (ctx) => {
    const id = idOfPass(String(ctx['params'].watch));
    const authorization = id === undefined ? undefined : await authorizations.get(id);
    if (!authorization) throw new DomainError('not_found', 'code_unknown');
    allowOrigin(ctx, authorization.clientId);
    ctx.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    ctx.status = 200;
    if (ctx.method === 'HEAD') return;
    const release = places.take(limitsOf(ctx, authorization.id));
    try {
      await stream(ctx, authorization.id, release);
    } catch (error) {
      release();
      throw error;
    }
  });

  router.get('/qr/image/:handle', async (ctx) => {
    const handle = String(ctx['params'].handle).toUpperCase();
    const authorization = await authorizations.findByHandle(handle);
    if (!authorization) throw new DomainError('not_found', 'code_unknown');
    if (stateOfAuthorization(authorization) === 'expired') throw new DomainError('expired', 'code_expired');
    allowEmbedding(ctx);
    ctx.body = await draw(`${stateOf(ctx).config.issuer}/d/${handle}`);
    ctx.type = 'image/svg+xml';
  });

  async function stream(ctx: Context, id: string, release: () => void): Promise<void> {
    const { res } = ctx;
    let isOpen = true;
    let leave = (): void => {
      isOpen = false;
    };
    res.once('close', () => {
      release();
      leave();
    });
    const unfollow = await hints.follow(id, followerOn(res));
    ctx.respond = false;
    if (isOpen) leave = unfollow;
    else unfollow();
  }

  /** A page of another site may read the stream of its own client only. */
  function allowOrigin(ctx: Context, clientId: string): void {
    ctx.vary('Origin');
    const origin = ctx.get('Origin');
    if (origin === '') return;
    if (!mayCall(clientId, origin)) throw new DomainError('forbidden', 'origin_not_allowed');
    ctx.set('Access-Control-Allow-Origin', origin);
  }
}

function limitsOf(ctx: Context, id: string) {
  const { address, config } = stateOf(ctx);
  const { per_address, total } = config.limits.event_streams;
  return [
    { key: `code:${id}`, limit: STREAMS_PER_CODE },
    { key: addressKey(address), limit: per_address },
    { key: 'total', limit: total },
  ];
}

/** Exported for its test: what is written, and when a reader is given up. */
export function followerOn(res: Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'writableLength'>): Follower {
  let begun = false;
  const opening = (): string => {
    if (begun) return '';
    begun = true;
    return `retry: ${randomInt(RECONNECT_MS.from, RECONNECT_MS.to)}\n\n`;
  };
  return {
    tell: ({ state, seq }: Hint) =>
      void res.write(`${opening()}event: state\ndata: ${JSON.stringify({ state, seq })}\n\n`),
    beat() {
      // Fifteen seconds after the last word: a reader that has not taken it never will.
      if (res.writableLength > 0) res.destroy();
      else res.write(':\n\n');
    },
    end: () => void res.end(),
  };
}

function keepingDrawings(): (link: string) => Promise<string> {
  const drawings = new Map<string, Promise<string>>();
  return (link) => {
    const known = drawings.get(link);
    if (known) return known;
    if (drawings.size >= KEPT_DRAWINGS) drawings.delete(drawings.keys().next().value ?? '');
    const drawing = qrSvg(link);
    drawings.set(link, drawing);
    return drawing;
  };
}
