// Client credentials tokens (RFC 9068, ES256) of API keys per CPU-second. `npm run bench:tokens`.
import { compareRivals } from './rivals.ts';

await compareRivals(({ id, secret }) => ({
  headers: {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  bodies: ['grant_type=client_credentials&scope=messages:read'],
  status: 200,
}));
