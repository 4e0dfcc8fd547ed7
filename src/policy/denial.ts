// Why a scope is not given, for the developer of an application: what it is beyond and which role would grant it. Names nobody;
// `explain.ts` tells administrators the whole.
import { isReservedScope } from '../config/built-in.ts';
import { type DecisionInput, type Limit, reasonsFor } from './decide.ts';

/** One sentence, or nothing when no limit is in the way. */
export function whyDenied(
  scope: string,
  limits: Omit<DecisionInput, 'requested'>,
  rolesGranting: (scope: string) => readonly string[],
): string | undefined {
  if (limits.keyScopes && isReservedScope(scope)) return `${scope} is never given to API keys`;
  const sentences: Record<Limit, () => string> = {
    client: () => 'may not be asked for by this application',
    role: () => `is granted by no role of the account now (${helpful(rolesGranting(scope))})`,
    key: () => 'was not given to this API key',
    consent: () => 'was not agreed to by the person',
  };
  const against = reasonsFor(limits, scope).filter(({ allows }) => !allows);
  return against.length === 0 ? undefined : `${scope} ${against.map(({ limit }) => sentences[limit]()).join(' and ')}`;
}

const helpful = (roles: readonly string[]): string =>
  roles.length === 0 ? 'no role does' : `a role that does: ${roles.join(', ')}`;
