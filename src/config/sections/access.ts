// Resources, their scopes, and the roles that grant scopes to people. What may ask for scopes is in `clients.ts`.
import { z } from 'zod';
import { localizedText } from './text.ts';

const entryId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is no valid id: letters, digits, and . _ - after the first, at most 64');
const scopeName = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'is no valid scope (RFC 6749 §3.3): no spaces, quotes, backslashes');

const absoluteUri = (text: string): boolean => URL.canParse(text) && !text.includes('#');

export const resourcesSection = z
  .record(
    entryId,
    z.strictObject({
      indicator: z
        .string()
        .refine(absoluteUri, 'must be an absolute URI without fragment (RFC 8707 §2)')
        .describe('Resource indicator: the audience of its access tokens.'),
      token: z
        .enum(['jwt', 'opaque'])
        .prefault('jwt')
        .describe('Access tokens: RFC 9068 JWT, or opaque for introspection.'),
      introspected_by: z
        .array(z.string())
        .prefault([])
        .describe('Confidential clients that may introspect its tokens.'),
    }),
  )
  .prefault({})
  .describe('APIs that take our access tokens.');

export const scopesSection = z
  .record(
    scopeName,
    z.strictObject({
      resource: z.string().describe('Resource that it belongs to.'),
      description: localizedText('What it allows, as the consent page says it.'),
    }),
  )
  .prefault({})
  .describe('Permissions that a client may ask for.');

export const rolesSection = z
  .record(
    entryId,
    z.strictObject({
      default: z.boolean().prefault(false).describe('Every account has it.'),
      includes: z.array(z.string()).prefault([]).describe('Roles whose scopes it has too.'),
      scopes: z.array(z.string()).prefault([]).describe('Scopes that it grants.'),
      require_mfa: z.boolean().prefault(false).describe('Who has it must sign in with a second factor.'),
      description: localizedText('What it is for.').exactOptional(),
    }),
  )
  .prefault({})
  .describe('What people may do.');
