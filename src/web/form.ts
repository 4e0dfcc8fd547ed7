// application/x-www-form-urlencoded, read strictly: a broken escape or a parameter sent twice is refused, as RFC 6749 §3.1
// and §3.2 ask for OAuth requests. Bodies come through `middleware/body.ts`, queries through `readQuery`.
import type { Context } from 'koa';
import { DomainError } from '../lib/errors.ts';

/**
 * The parameters of a form or query. The answer has no prototype. `list` names the one that may come several times, as
 * ticked boxes do: its values are then joined by spaces, as in `scope` (RFC 6749 §3.3).
 * @throws DomainError `parameter_malformed`, `parameter_repeated`; neither repeats what was sent.
 */
export function parseForm(text: string, list?: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const former = parameters[name];
    if (former !== undefined && name !== list) throw new DomainError('invalid', 'parameter_repeated');
    parameters[name] = former === undefined ? value : `${former} ${value}`;
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
