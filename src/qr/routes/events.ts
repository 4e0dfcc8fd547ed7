// `events_uri` and `qr_uri` of a device authorization (contract §3): the stream of its states (`streams.ts`), and the QR as
// an image. Streams are begun in front of the host, where each costs half; the host refuses those that cannot be.
import type Router from '@koa/router';
import { DomainError } from '../../lib/errors.ts';
import type { Way } from '../../web/front.ts';
import { allowEmbedding } from '../../web/middleware/security-headers.ts';
import { stateOf } from '../../web/request-state.ts';
import { qrSvg } from '../code.ts';
import type { DeviceAuthorization, DeviceAuthorizations } from '../device-authorization.ts';
import type { PublicState } from '../state.ts';
import type { Streams } from './streams.ts';

/** Drawing costs more than anything else here, and an image is asked for more than once. */
const KEPT_DRAWINGS = 500;

const EVENTS = '/qr/events/';
const EVENTS_PATTERN = `${EVENTS}:watch`;

export interface EventRoutesDeps {
  streams: Streams;
  authorizations: Pick<DeviceAuthorizations, 'findByHandle'>;
  stateOfAuthorization(authorization: DeviceAuthorization): PublicState;
}

export function mountEvents(router: Router, { streams, authorizations, stateOfAuthorization }: EventRoutesDeps): void {
  const draw = keepingDrawings();

  router.get(EVENTS_PATTERN, async (ctx) => {
    const { req, res } = ctx;
    const begin = (status: number, headers: Readonly<Record<string, string>>) => void res.writeHead(status, headers);
    await streams.open(String(ctx['params'].watch), { req, res, address: stateOf(ctx).address, begin });
    ctx.respond = false;
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
}

export const eventsWay = (streams: Streams): Way => ({
  route: EVENTS_PATTERN,
  path: EVENTS_PATTERN,
  takes: ({ method, url = '' }) =>
    method === 'GET' && url.startsWith(EVENTS) && /^[\w.-]+$/.test(url.slice(EVENTS.length)),
  async answer(visit) {
    await streams.open((visit.req.url ?? '').slice(EVENTS.length), visit);
    return true;
  },
});

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
