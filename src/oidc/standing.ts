// Whether those behind a token may still use it, and how much of it: roles, keys and clients change while a
// token lives, and introspection answers as of now (RFC 7662 §2.2).
import { OPENID_SCOPES } from '../config/config.ts';
import { maySignIn, type Person, rolesInForce } from './account.ts';
import type { DecisionInput } from '../policy/decide.ts';
import { type Clients, type FindApiKey, scopesBy } from './clients.ts';
import type { IntrospectableClaims } from './revocation.ts';

export interface StandingDeps {
  clients: Clients;
  findApiKey: FindApiKey;
  findPerson(accountId: string): Promise<Person | undefined>;
  scopesOfAccount(accountId: string, amr: readonly string[] | undefined): Promise<ReadonlySet<string>>;
  /** Scopes that the person took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  /** `policy/decide`: requested ∩ every given set. */
  decide(input: DecisionInput): string[];
}

export interface Standing {
  active: boolean;
  scope: string | undefined;
}

const ENDED: Standing = { active: false, scope: undefined };

export function createStanding(deps: StandingDeps) {
  const { clients, findApiKey, findPerson, scopesOfAccount, withdrawn, decide } = deps;
  const within = (scope: string | undefined, limits: Omit<DecisionInput, 'requested'>): Standing => ({
    active: true,
    scope: scope === undefined ? undefined : decide({ requested: scope.split(' '), ...limits }).join(' '),
  });

  return async ({ client_id, sub, owner, scope, amr: claimed, gty }: IntrospectableClaims): Promise<Standing> => {
    if (owner !== undefined) {
      const key = await findApiKey(client_id);
      return key ? within(scope, { keyScopes: key.scopes, accountScopes: key.ownerScopes }) : ENDED;
    }
    const client = await clients.find(client_id);
    if (!client) return ENDED;
    if (sub === client_id) return within(scope, { clientScopes: client.scopes });
    const person = await findPerson(sub);
    const amr = Array.isArray(claimed) ? claimed.map(String) : undefined;
    if (!person?.active || !maySignIn({ roles: rolesInForce(person, amr) }, client.allowed_roles)) return ENDED;
    const gone = await withdrawn(sub, client_id);
    return within(scope, {
      clientScopes: [...OPENID_SCOPES, ...scopesBy(client, gty)],
      accountScopes: [...(await scopesOfAccount(sub, amr))],
      // The token holds what was agreed to when it began.
      consentedScopes: scope?.split(' ').filter((name) => !gone.includes(name)) ?? [],
    });
  };
}
