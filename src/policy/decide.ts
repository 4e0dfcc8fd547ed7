// The one decision on scopes, for every grant type and API key: what was asked and lies within every limit that applies.
// The limits come from `roles.ts`, the client's configuration, the key and the consent.

export type Limit = 'client' | 'role' | 'key' | 'consent';

export interface DecisionInput {
  requested: readonly string[];
  /** What the client may ask for; absent for an API key, which has `keyScopes`. */
  clientScopes?: readonly string[];
  /** What the account's roles grant now; absent when no account is involved. */
  accountScopes?: readonly string[];
  /** What was given to the API key; absent when none is involved. */
  keyScopes?: readonly string[];
  /** What the person agreed to; absent when no consent is needed. */
  consentedScopes?: readonly string[];
}

/** What one limit that applies says of a scope. */
export interface Reason {
  limit: Limit;
  allows: boolean;
}

/** Every limit that applies to the scope, in the order in which they refuse; `explain.ts` puts them in words. */
export const reasonsFor = (input: Omit<DecisionInput, 'requested'>, scope: string): Reason[] =>
  limitsOf(input).flatMap(([limit, allowed]) => (allowed ? [{ limit, allows: allowed.includes(scope) }] : []));

/** What is granted of the request, in its order, each once; nothing when no limit was given. */
export const decide = (input: DecisionInput): string[] =>
  [...new Set(input.requested)].filter((scope) => {
    const reasons = reasonsFor(input, scope);
    return reasons.length > 0 && reasons.every(({ allows }) => allows);
  });

const limitsOf = (
  input: Omit<DecisionInput, 'requested'>,
): readonly (readonly [Limit, readonly string[] | undefined])[] => [
  ['client', input.clientScopes],
  ['role', input.accountScopes],
  ['key', input.keyScopes],
  ['consent', input.consentedScopes],
];
