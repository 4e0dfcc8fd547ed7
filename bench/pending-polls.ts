// Polls of pending device codes by a public client (RFC 8628 §3.5) per CPU-second. `npm run bench:polls`.
import { compareRivals } from './rivals.ts';

/** So many that each is asked for at its interval or later, or nearly so: the usual case is `authorization_pending`. */
const CODES = 60_000;

await compareRivals(
  ({ device: { clientId, codes } }) => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    bodies: codes.map((code) =>
      new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: clientId,
        device_code: code,
      }).toString(),
    ),
    status: 400,
  }),
  CODES,
);
