// What people read when a command fails: one or a few lines without a stack, without a secret.
import { ConfigError } from '../config/problem.ts';
import { type DomainError, isDomainError } from '../lib/errors.ts';

/** For codes that come without a sentence of their own. */
const SENTENCES: Readonly<Record<string, string>> = {
  email_invalid: 'this is not an e-mail address',
  username_invalid: 'a user name has 2 to 64 letters, digits, dots, dashes or underscores',
  password_too_short: 'the password needs at least 8 characters',
  password_too_long: 'the password has more than 128 characters',
  password_malformed: 'the password contains characters that cannot be typed',
  maintainer_unknown: 'a maintainer must be a person with an account',
  key_unknown: 'there is no key with this client_id',
  key_not_active: 'the key has expired, is disabled or was revoked',
  key_name_invalid: 'a key needs a name of 1 to 100 characters',
  key_scopes_missing: 'the owner has no scopes to give to a key; grant a role first',
  owner_inactive: 'the owner of the key is not active',
  overlap_invalid: 'the overlap is 30d at most',
  record_failed: 'it was done, but could not be recorded',
};

export function explainFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isDomainError(error)) return `tokenim: ${sentenceOf(error)} (${error.code})`;
  if (!(error instanceof Error)) return `tokenim: ${String(error)}`;
  const { cause } = error;
  return `tokenim: ${error.message}${cause instanceof Error && cause.message ? `: ${cause.message}` : ''}`;
}

const sentenceOf = ({ detail, code }: DomainError): string => detail ?? SENTENCES[code] ?? code.replaceAll('_', ' ');
