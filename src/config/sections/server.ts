// Where the server listens, what it is called, where it keeps its records.
import { isIP } from 'node:net';
import { z } from 'zod';
import { isStorageUrl, STORAGE_FORMS } from '../../lib/storage-url.ts';
import { secretReference } from './secret.ts';

export const storageUrl = z
  .string()
  .regex(/^(sqlite:.+|rediss?(\+sentinel|\+cluster)?:\/\/.+)$/, {
    error: 'must be a URL of sqlite:, redis:, rediss:, or of these two with +sentinel or +cluster',
    abort: true,
  })
  .refine(isStorageUrl, `must be one of: ${STORAGE_FORMS}`);
export const mailUrl = z.string().refine(isRelay, 'must be a URL such as smtp://relay:587 or smtps://relay:465');

/** Nothing after the port: options of the mail library are not ours to promise. */
function isRelay(text: string): boolean {
  if (!/^smtps?:\/\/./.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hostname !== '' && ['', '/'].includes(pathname) && search === '' && hash === '';
}

/** `a@b` or `Name <a@b>` (RFC 5322 §3.4). */
const mailbox = (description: string) =>
  z
    .string()
    .regex(
      /^(?:[^\p{Cc}<>]*<[^\p{C}\s<>",;@]+@[^\p{C}\s<>",;@]+>|[^\p{C}\s<>",;@]+@[^\p{C}\s<>",;@]+)$/u,
      'must be an address such as "TokenIM <no-reply@id.example>"',
    )
    .describe(description);

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

export const serverFields = {
  version: z.literal(1, 'must be 1').describe('Format of this file.'),
  mode: z
    .enum(['development', 'production'])
    .prefault('production')
    .describe(
      'Development makes its secrets itself and shows the mail that it would send; production takes no shortcut.',
    ),
  issuer: z
    .string()
    .exactOptional()
    .describe(
      'Public origin of the server, such as https://id.example. In development http://localhost:PORT when absent.',
    ),
  host: z.string().min(1).exactOptional().describe('Address to bind. Default 127.0.0.1 in development, else 0.0.0.0.'),
  port: z.int().min(0).max(65_535).prefault(3000).describe('TCP port.'),
  data: z.string().min(1).prefault('data').describe('Data folder, relative to the working directory.'),
  storage: z
    .union([storageUrl, secretReference])
    .prefault('sqlite:tokenim.db')
    .describe(
      'Store: sqlite:FILE inside the data folder, redis://, redis+sentinel:// or redis+cluster:// (rediss with TLS).',
    ),
  registration: z
    .enum(['open', 'closed'])
    .exactOptional()
    .describe('Whether anybody may register an account. Default open in development, closed in production.'),
  trusted_proxies: z
    .array(z.string().refine(isAddressRange, 'must be an IP address or a range such as 10.0.0.0/8'))
    .prefault([])
    .describe('Proxies whose X-Forwarded-* headers are believed.'),
  private_networks: z
    .array(z.string().refine(isAddressRange, 'must be an IP address or a range such as 10.0.0.0/8'))
    .prefault([])
    .describe(
      'Private networks in which jwks_uri and backchannel_logout_uri of clients may lie. In production no others are called; development calls all.',
    ),
};

export const mailSection = z
  .strictObject({
    url: z
      .union([mailUrl, secretReference])
      .describe(
        'Mail relay, such as smtps://user:password@relay:465; { env } or { file } keep the password out of this file.',
      ),
    from: mailbox('Sender, such as "TokenIM <no-reply@example.org>".'),
    reply_to: mailbox('Where answers of people go, when not to the sender.').exactOptional(),
  })
  .exactOptional()
  .describe(
    'How mail is sent. Production needs it: without it mail waits, and nobody can register or reset a password.',
  );

export const geoipSection = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe('Database in the MaxMind format (.mmdb) of cities or countries, relative to the file that names it.'),
  })
  .exactOptional()
  .describe('Tells the approximate place of an address. Absent: no places are shown.');
