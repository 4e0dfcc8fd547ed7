// What the reason in the record of a refused request means, for who administers. What the program that sent it hears is said where
// it is refused.

const SENTENCES: Readonly<Record<string, string>> = {
  invalid_client: 'the client is unknown, or did not prove who it is: its secret was missing or wrong',
  replaced: 'the secret of the key was replaced by a rotation, and its overlap is over',
  expired: 'the key had expired',
  disabled: 'the key was disabled',
  revoked: 'the key was revoked',
  owner_inactive: 'the account that owns the key was not active',
  address_not_allowed: 'the key may not be used from the address that the request came from',
  unauthorized_client: 'the client may not use this grant',
  unsupported_grant_type: 'there is no such grant',
  invalid_grant: 'the code or refresh token was wrong, expired, used before, ended, or of another client',
  invalid_scope: 'a scope is unknown, or not granted',
  invalid_target: 'the resource is unknown, or not that of the scopes or of the key',
  invalid_request: 'the request was malformed',
  access_denied: 'the person refused, or may not sign in to the application',
};

/** A sentence, for reasons that are known. */
export const whyRefused = (reason: string | undefined): string | undefined =>
  reason !== undefined && Object.hasOwn(SENTENCES, reason) ? SENTENCES[reason] : undefined;
