// How an API key is written (contract §4): `tim_live_<id>_<secret><crc>`. As OAuth client credentials `tim_live_<id>` is the
// client_id and the whole key the client_secret. What a person pasted wrongly is explained in `inspect.ts`.
import { crc32 } from 'node:zlib';
import { BASE62 } from '../lib/random.ts';

export const ID_LENGTH = 12;
export const SECRET_LENGTH = 32;
const CRC_LENGTH = 6;

const CLIENT_ID = /^tim_live_[0-9A-Za-z]{12}$/;
const API_KEY = /^(tim_live_[0-9A-Za-z]{12})_[0-9A-Za-z]{38}$/;
/** Each key that stands in a text by itself. */
export const API_KEYS_IN_TEXT = /(?<![0-9A-Za-z])tim_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}(?![0-9A-Za-z])/g;

export type ParsedApiKey = { ok: true; clientId: string } | { ok: false; reason: 'malformed' | 'checksum' };

/** CRC-32 in base62, most significant digit first. It finds typing and copying mistakes; it proves nothing. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let position = 0; position < CRC_LENGTH; position++) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

/** The whole key from its client_id and 32 secret base62 characters. */
export function formatApiKey(clientId: string, secret: string): string {
  const body = `${clientId}_${secret}`;
  return body + checksum(body);
}

/** Whether the text is written as a key should be; nothing is looked up, and nothing around it is forgiven. */
export function parseApiKey(text: string): ParsedApiKey {
  const clientId = API_KEY.exec(text)?.[1];
  if (clientId === undefined) return { ok: false, reason: 'malformed' };
  const body = text.slice(0, -CRC_LENGTH);
  return text === body + checksum(body) ? { ok: true, clientId } : { ok: false, reason: 'checksum' };
}

/** Whether a client_id is that of an API key rather than of a configured client. */
export const isApiKeyClientId = (clientId: string): boolean => CLIENT_ID.test(clientId);
