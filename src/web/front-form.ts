// A quick way (`front.ts`) for small forms to one address, answered in JSON. The body is put back for the host when the form
// is left to it.
import type { IncomingMessage } from 'node:http';
import { parseForm } from './form.ts';
import type { Way } from './front.ts';

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

export interface FormWay {
  path: string;
  route: string;
  /** `undefined` leaves the form to the host, and so does whatever it throws. */
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

export function formWay({ path, route, answer }: FormWay): Way {
  return {
    path,
    route,
    takes: (req) =>
      req.method === 'POST' &&
      req.url === path &&
      isSmallForm(req) &&
      PLAIN_ACCEPTS.has(req.headers.accept) &&
      TELLING_HEADERS.every((name) => req.headers[name] === undefined),
    async answer({ req, res, begin }) {
      const fields = await peekForm(req);
      const answered = fields && (await answer({ fields, origin: req.headers.origin }));
      if (!answered) return false;
      const { status, body, headers } = answered;
      begin(status, {
        ...headers,
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
      });
      res.end(body);
      return true;
    },
  };
}

function isSmallForm({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return length > 0 && length <= LARGEST_BODY && FORM.test(headers['content-type'] ?? '');
}

/** The fields of a body that has come whole with its first piece; whatever has come stays in the request. */
async function peekForm(req: IncomingMessage): Promise<FrontForm['fields'] | undefined> {
  return new Promise((resolve) => {
    // Within the event's turn: a stream that was read to its end cannot take anything back.
    req.once('readable', () => {
      const body = req.read() as Buffer | null;
      if (body !== null) req.unshift(body);
      resolve(body?.length === Number(req.headers['content-length']) ? fieldsOf(body) : undefined);
    });
  });
}

function fieldsOf(body: Buffer): FrontForm['fields'] | undefined {
  try {
    return parseForm(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
