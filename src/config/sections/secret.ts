// Where a secret lies. The configuration names the place and never holds the secret; `secrets.ts` in the folder above
// reads it.
import { z } from 'zod';

const SERVER_SECRET = 'must not stand here in plain: write { env: NAME } or { file: path }';
const CLIENT_SECRET =
  'must not stand here in plain: run `tokenim secret hash` and write { hash: "sha256:…" }, or { env: NAME } or { file: path }';

const env = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
  .describe('Name of the environment variable that holds it.');
const file = z
  .string()
  .min(1, 'must be a path')
  .describe(
    'File that holds it, relative to the folder of this configuration file. One newline at its end is ignored.',
  );
const hash = z
  .string()
  .regex(/^sha256:[A-Za-z0-9_-]{43}$/, 'must be what `tokenim secret hash` prints: sha256: and 43 characters')
  .describe('SHA-256 of a random secret, as `tokenim secret hash` prints it.');

const plain = (message: string) => ({
  error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? message : undefined),
});
const exactlyOne = { minProperties: 1, maxProperties: 1 };
const hasOne = (reference: object): boolean => Object.keys(reference).length === 1;

/** A secret that the server needs in plain: `{ env }` or `{ file }`. */
export const secretReference = z
  .strictObject({ env: env.exactOptional(), file: file.exactOptional() }, plain(SERVER_SECRET))
  .refine(hasOne, 'needs exactly one of env and file')
  .meta(exactlyOne);

/** A secret that the server only compares: `{ hash }`, `{ env }` or `{ file }`. */
export const clientSecret = z
  .strictObject(
    { hash: hash.exactOptional(), env: env.exactOptional(), file: file.exactOptional() },
    plain(CLIENT_SECRET),
  )
  .refine(hasOne, 'needs exactly one of hash, env and file')
  .meta(exactlyOne);

export type SecretReference = z.output<typeof secretReference>;
export type ClientSecret = z.output<typeof clientSecret>;

const oneOrSeveral = (description: string) =>
  z
    .union([secretReference, z.array(secretReference).min(1, 'needs at least one secret')])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .exactOptional()
    .describe(`${description} The first of a list is used, the others are still accepted.`);

export const secretsSection = z
  .strictObject({
    pepper: oneOrSeveral('Key of the HMAC under which API keys are stored.'),
    key_encryption_key: oneOrSeveral('Encrypts private signing keys and other secrets in the store.'),
    cookie_keys: oneOrSeveral('Sign the cookies.'),
  })
  .prefault({})
  .describe('Secrets of the server, at least 32 characters each. In development the missing ones are made once.');
