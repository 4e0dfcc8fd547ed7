// application/x-www-form-urlencoded, read strictly: a broken escape or a parameter sent twice is refused, as RFC 6749 §3.1
// and §3.2 ask for OAuth requests. Bodies come through `middleware/body.ts`, queries through `readQuery`.
import type { Context } from 'koa';
import { DomainError } from '../lib/errors.ts';

/**
 * The parameters of a form or query. The answer has no prototype.
 * @throws DomainError `parameter_malformed`, `parameter_repeated`; neither repeats what was sent.
 */
export function parseForm(text: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (name in parameters) throw new DomainError('invalid', 'parameter_repeated');
    parameters[name] = equals < 0 ? '' : decode(pair.slice(equals + 1));
  }
  return parameters;
}

/** The parameters of the query component. Throws as `parseForm` does. */
export const readQuery = (ctx: Context): Record<string, string> => parseForm(ctx.querystring);

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new DomainError('invalid', 'parameter_malformed');
  }
}
