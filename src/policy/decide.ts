// The one decision on scopes, for every grant type and API key: what was asked and lies within every limit that applies.
// The limits come from `roles.ts`, the client's configuration, the key and the consent.

export type Limit = 'client' | 'role' | 'key' | 'consent';

export interface DecisionInput {
  requested: readonly string[];
  /** What the client may ask for. */
  clientScopes: readonly string[];
  /** What the account's roles grant now; absent when no account is involved. */
  accountScopes?: readonly string[];
  /** What was given to the API key; absent when none is involved. */
  keyScopes?: readonly string[];
  /** What the person agreed to; absent when no consent is needed. */
  consentedScopes?: readonly string[];
}

export interface Decision {
  /** In the order of the request, each once. */
  granted: string[];
  /** `because` names the first limit that the scope is beyond: the client's, then the role's, the key's, the consent's. */
  refused: { scope: string; because: Limit }[];
}

export function decide(input: DecisionInput): Decision {
  const limits: readonly [Limit, readonly string[] | undefined][] = [
    ['client', input.clientScopes],
    ['role', input.accountScopes],
    ['key', input.keyScopes],
    ['consent', input.consentedScopes],
  ];
  const decision: Decision = { granted: [], refused: [] };
  for (const scope of new Set(input.requested)) {
    const beyond = limits.find(([, allowed]) => allowed !== undefined && !allowed.includes(scope));
    if (beyond) decision.refused.push({ scope, because: beyond[0] });
    else decision.granted.push(scope);
  }
  return decision;
}
