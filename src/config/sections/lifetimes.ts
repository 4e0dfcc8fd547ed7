// How long tokens, codes, sessions and signing keys live. A client may have its own for what is issued to it.
import { z } from 'zod';
import { LONGEST_ACCESS_TOKEN } from '../config.ts';
import { duration } from './duration.ts';

const accessToken = duration(
  'Access token, 24h at most. Who verifies offline sees a revocation only when it ends.',
).refine((seconds) => seconds <= LONGEST_ACCESS_TOKEN, 'must be 24h at most: a revocation is remembered for as long');
const refreshToken = duration('Refresh token, counted anew at each rotation.');
const grant = duration('Grant: the end of all its tokens. At least refresh_token, and that long when absent.');
const authorizationCode = duration('Authorization code (RFC 6749 §4.1.2 recommends at most 10 minutes).');
const idToken = duration('ID token.');
const deviceCode = duration('Device code and user code (RFC 8628 §3.2).');

export const lifetimesSection = z
  .strictObject({
    access_token: accessToken.prefault('10m'),
    refresh_token: refreshToken.prefault('30d'),
    grant: grant
      .exactOptional()
      .describe('Grant: the end of all its tokens. Default 31d, or refresh_token when longer.'),
    authorization_code: authorizationCode.prefault('60s'),
    id_token: idToken.prefault('10m'),
    session_idle: duration('Web session without a request.').prefault('24h'),
    session_absolute: duration('Web session, however busy.').prefault('14d'),
    device_code: deviceCode.prefault('10m'),
    qr_link: duration('Link inside a QR code; the page then shows a new one.').prefault('3m'),
    activation: duration('Link in the mail that activates an account.').prefault('24h'),
    reset: duration('Link in the mail that resets a password.').prefault('1h'),
    account_deletion: duration('From a person asking to delete the account until it is erased.').prefault('14d'),
  })
  .prefault({})
  .describe('How long things live, such as 30s, 10m, 24h or 90d.');

export const signingKeysSection = z
  .strictObject({
    cache: duration('How long others may keep the published keys (Cache-Control of /.well-known/jwks.json).').prefault(
      '5m',
    ),
    publish_before: duration('How long a new key is published before it signs; longer than cache.').prefault('10m'),
  })
  .prefault({})
  .describe('Keys that sign tokens, when `tokenim jwks rotate` replaces them.');

export const clientLifetimesSection = z
  .strictObject({
    access_token: accessToken.exactOptional(),
    refresh_token: refreshToken.exactOptional(),
    grant: grant.exactOptional(),
    authorization_code: authorizationCode.exactOptional(),
    id_token: idToken.exactOptional(),
    device_code: deviceCode.exactOptional(),
  })
  .prefault({})
  .describe('Lifetimes of this client; those absent are the general ones.');
