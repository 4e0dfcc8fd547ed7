// What of a scope depends on the person who is asked, when they sign in to an application: whether a page comes, and what they said
// before. As `oidc/grants.ts` and `oidc/interactions/` do it.
import { QR_APPROVE } from '../config/built-in.ts';
import type { ClientConfig } from '../config/config.ts';
import { type Facts, ownEntry } from './explained.ts';

export interface Asking {
  /** The scope counts as agreed to without a page. */
  isGiven: boolean;
  /** The person can give it at the next sign-in. */
  willAsk: boolean;
  /** About the person, without what happens next. */
  text: string;
}

/** Nothing where nobody is asked: for keys, and applications for themselves. */
export function askingOf({ config, account, clientId, key, consent }: Facts, scope: string): Asking | undefined {
  const client = clientId === undefined || key ? undefined : ownEntry(config.clients, clientId);
  if (!client || clientId === undefined || account?.kind !== 'person' || !consent) return undefined;
  const byCode = client.grants.includes('authorization_code');
  const { given, withdrawn, refused } = consent;
  const asked = { isGiven: false, willAsk: true };
  if (byCode && refused.includes(scope)) {
    return {
      ...asked,
      willAsk: false,
      text: `the person left it out when ${clientId} asked; they can allow it at /account/apps`,
    };
  }
  const always = eachTime(client, scope);
  if (always !== undefined) return { ...asked, text: always };
  if (withdrawn.includes(scope)) return { ...asked, text: `the person took it back from ${clientId}` };
  if (client.first_party) return undefined;
  if (given.includes(scope)) return { isGiven: true, willAsk: false, text: `the person agreed to it for ${clientId}` };
  const only = given.length > 0 ? `only to ${given.join(' ')}` : 'to nothing yet';
  return { ...asked, text: `the person agreed for ${clientId} ${only}` };
}

/** Why the person is asked at every sign-in, if they are. */
function eachTime({ grants, type }: ClientConfig, scope: string): string | undefined {
  if (!grants.includes('authorization_code')) return 'the person approves each device by itself';
  if (scope === QR_APPROVE) return 'approving sign-ins is agreed to each time';
  // RFC 8252 §8.6; OpenID Connect Core §11.
  if (type === 'native') return 'anybody could pretend to be a native application, so the person agrees each time';
  return scope === 'offline_access' ? 'it counts only in a request with prompt=consent' : undefined;
}
