// The last line of defence of the records: secrets, control characters and long values never reach the store. Whoever
// records an event must not put a secret there in the first place.

const MAX_TEXT = 256;
const MAX_ITEMS = 64;
/** Keeps `tim_live_<id>`, the client_id. */
const API_KEY = /(tim_live_[0-9A-Za-z]{12})_[0-9A-Za-z]+/g;
/** JWS and JWE compact serialisation (RFC 7515 §3.1, RFC 7516 §3.1): the header is JSON, so it begins with `{"`. */
const JWT = /(?<![\w-])eyJ[\w-]+(?:\.[\w-]*){2,4}/g;
const BEARER = /\b(bearer|basic|dpop) +[\w.~+/=-]+/gi;
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The whole text; who cuts it into pieces does so afterwards, or half a secret would pass for none. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(CONTROL, '')
    .replace(API_KEY, '$1_[redacted]')
    .replace(JWT, '[redacted]')
    .replace(BEARER, '$1 [redacted]');

const redactText = (text: string): string => withoutSecrets(text.slice(0, 16 * MAX_TEXT)).slice(0, MAX_TEXT);

/** A copy whose every text, at any depth and also as a key, is bounded to 256 characters and free of secrets. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(redact);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.slice(0, MAX_ITEMS).map(([key, item]) => [redactText(key), redact(item)]));
}
