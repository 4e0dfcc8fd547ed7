// Request bodies of our own routes: forms and JSON, bounded and strict. Routes call it themselves; nothing reads a body
// before the provider does. Form syntax is in `../form.ts`.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { DomainError } from '../../lib/errors.ts';
import { parseForm } from '../form.ts';
import { HttpRefusal } from '../http-refusal.ts';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** How long a sender of too much may go on before the connection is cut; a cut at once would eat our answer. */
const LINGER_MS = 2000;

/**
 * The fields of a form, each sent once but `list`; see `parseForm`. The answer has no prototype.
 * @throws HttpRefusal 415; DomainError `too_large`, `body_malformed`, `parameter_malformed`, `parameter_repeated`
 */
export async function readForm(ctx: Context, list?: string): Promise<Record<string, string>> {
  return parseForm(await readText(ctx, 'application/x-www-form-urlencoded'), list);
}

/**
 * The JSON object in the body; schemas check its members. A member called `__proto__` is refused.
 * @throws as `readForm`
 */
export async function readJson(ctx: Context): Promise<Record<string, unknown>> {
  const text = await readText(ctx, 'application/json');
  let value: unknown;
  try {
    value = JSON.parse(text, refusePrototype);
  } catch (cause) {
    throw new DomainError('invalid', 'body_malformed', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DomainError('invalid', 'body_malformed', { detail: 'The body must be a JSON object' });
  }
  return value as Record<string, unknown>;
}

async function readText(ctx: Context, mediaType: string): Promise<string> {
  requireMediaType(ctx, mediaType);
  const bytes = await readBytes(ctx.req);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError('invalid', 'body_malformed', { cause });
  }
}

function requireMediaType(ctx: Context, mediaType: string): void {
  const [type = '', ...parameters] = ctx.get('Content-Type').toLowerCase().split(';');
  const charsets = parameters
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charsets.every((charset) => /^charset="?utf-8"?$/.test(charset));
  if (type.trim() === mediaType && isUtf8 && ctx.get('Content-Encoding') === '') return;
  throw new HttpRefusal(415, 'unsupported_media_type', { detail: `The body must be ${mediaType} in UTF-8` });
}

async function readBytes(req: IncomingMessage): Promise<Buffer> {
  try {
    const length = req.headers['content-length'];
    return await getRawBody(req, { limit: BODY_LIMIT_BYTES, ...(length !== undefined && { length }) });
  } catch (cause) {
    if (!isTooLarge(cause)) throw new DomainError('invalid', 'body_malformed', { cause });
    discardRest(req);
    throw new DomainError('too_large', 'too_large', { detail: `The limit is ${BODY_LIMIT_BYTES} bytes` });
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'entity.too.large';

function discardRest(req: IncomingMessage): void {
  const cut = setTimeout(() => req.destroy(), LINGER_MS);
  req.once('close', () => clearTimeout(cut));
  req.resume();
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('a member is called __proto__');
  return value;
}
