// Clients that register themselves (RFC 7591): whether they may, and the most that they may be. Who may register one holds an
// initial access token.
import { z } from 'zod';
import { duration } from './duration.ts';

export const clientRegistrationSection = z
  .strictObject({
    enabled: z.boolean().prefault(false).describe('Whether holders of an initial access token may register clients.'),
    scopes: z
      .array(z.string())
      .prefault(['openid', 'profile', 'email', 'offline_access'])
      .describe('The most that a registered client may ask for.'),
    grants: z
      .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials', 'device_code']))
      .min(1, 'needs at least one grant')
      .prefault(['authorization_code', 'refresh_token'])
      .describe('Grants that a registered client may use.'),
    expires: duration(
      'Life of a registered client, until an administrator vouches for it. Absent: for ever.',
    ).exactOptional(),
  })
  .prefault({})
  .describe('Clients that register themselves (RFC 7591), always with an initial access token.');
