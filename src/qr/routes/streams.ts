// Streams of server-sent events (WHATWG HTML §9.2): the state of one code for whoever holds its `events_uri`. Hints only: no
// code, no token, nobody's name. Who is told what is in `../hints.ts`; the addresses are in `events.ts`.
import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Config } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { onceOver } from '../../web/answer-over.ts';
import type { Visit } from '../../web/front.ts';
import { addressKey } from '../../web/limits.ts';
import type { Places } from '../../web/places.ts';
import type { DeviceAuthorizations } from '../device-authorization.ts';
import type { Follower, Hint, Hints } from '../hints.ts';

/** A page, and what is left of it on a network it has just lost. */
const STREAMS_PER_CODE = 8;
/** After a break browsers come back at different moments, or a restarted server would meet all at once. */
const RECONNECT_MS = { from: 1000, to: 5000 };

const HEADERS = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no', Vary: 'Origin' };

export interface StreamsDeps {
  hints: Hints;
  places: Places;
  authorizations: Pick<DeviceAuthorizations, 'get'>;
  limits(): Config['limits']['event_streams'];
  /** The id that the last segment of an `events_uri` gives the right to watch. */
  idOfPass(pass: string): string | undefined;
  /** Whether pages of the origin may call for the client. */
  mayCall(clientId: string, origin: string): boolean;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams({ hints, places, authorizations, limits, idOfPass, mayCall }: StreamsDeps) {
  /** A page of another site may read the stream of its own client only. Throws `code_unknown`, `origin_not_allowed`. */
  async function admit(pass: string, origin: string | undefined): Promise<string> {
    const id = idOfPass(pass);
    const authorization = id === undefined ? undefined : await authorizations.get(id);
    if (!authorization) throw new DomainError('not_found', 'code_unknown');
    if (origin !== undefined && !mayCall(authorization.clientId, origin)) {
      throw new DomainError('forbidden', 'origin_not_allowed');
    }
    return authorization.id;
  }

  function takePlace(id: string, address: string): () => void {
    const { per_address, total } = limits();
    return places.take([
      { key: `code:${id}`, limit: STREAMS_PER_CODE },
      { key: addressKey(address), limit: per_address },
      { key: 'total', limit: total },
    ]);
  }

  return {
    /**
     * Resolves when the stream has begun; it ends by itself. Throws `code_unknown`, `origin_not_allowed`,
     * `event_streams_throttled` and `shutting_down` before anything was written.
     */
    async open(pass: string, { req, res, address, begin }: Visit): Promise<void> {
      const { origin } = req.headers;
      const id = await admit(pass, origin);
      if (req.method === 'HEAD') {
        begin(200, HEADERS);
        return void res.end();
      }
      const release = takePlace(id, address);
      const start = () => begin(200, { ...HEADERS, ...(origin && { 'Access-Control-Allow-Origin': origin }) });
      try {
        const leave = await hints.follow(id, followerOn(res, start));
        onceOver(res, () => {
          release();
          leave();
        });
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** Exported for its test: what is written, and when a reader is given up. */
export function followerOn(
  res: Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'writableLength'>,
  begin: () => void,
): Follower {
  let begun = false;
  const opening = (): string => {
    if (begun) return '';
    begun = true;
    begin();
    return `retry: ${randomInt(RECONNECT_MS.from, RECONNECT_MS.to)}\n\n`;
  };
  return {
    tell: ({ state, seq }: Hint) =>
      void res.write(`${opening()}event: state\ndata: ${JSON.stringify({ state, seq })}\n\n`),
    beat() {
      // Fifteen seconds after the last word: a reader that has not taken it never will.
      if (res.writableLength > 0) res.destroy();
      else res.write(`${opening()}:\n\n`);
    },
    end: () => void res.end(),
  };
}
