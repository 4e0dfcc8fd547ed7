// What stands before any decision on scopes: whether the request was authenticated, the state of a key, and by which grant an
// application gets anything at all. `explain.ts` puts the reasons together.
import { API_KEY_PREFIX, isReservedScope } from '../config/built-in.ts';
import { type ClientConfig, GRANT_TYPES, OPENID_SCOPES } from '../config/config.ts';
import { parseNetworks } from '../lib/networks.ts';
import { at, type ExplainedKey, type ExplainedReason, type Facts, listed, no, ownEntry, yes } from './explained.ts';
import { whyRefused } from './refusal.ts';
import { rolesOf } from './roles.ts';

const OPENID: readonly string[] = OPENID_SCOPES;

/** With these a request ended before its scopes were looked at, and nothing that can be looked up now tells of it. */
const UNAUTHENTICATED: readonly string[] = ['invalid_client', 'replaced'];

export function doorReasons(facts: Facts, scope: string): ExplainedReason[] {
  const { account, clientId, request } = facts;
  const unproved = UNAUTHENTICATED.includes(request?.reason ?? '') ? whyRefused(request?.reason) : undefined;
  return [
    ...(unproved === undefined ? [] : [no('authentication', unproved)]),
    ...(account?.problem === undefined ? [] : [no('account', account.problem)]),
    ...(clientId === undefined ? [] : ofClient(facts, clientId, scope)),
  ];
}

function ofClient(facts: Facts, clientId: string, scope: string): ExplainedReason[] {
  const { config, key } = facts;
  if (key) return ofKey(facts, key, scope);
  if (clientId.startsWith(API_KEY_PREFIX)) return [no('key', `there is no API key ${clientId}`)];
  const client = ownEntry(config.clients, clientId);
  if (!client) return [no('client', `there is no client ${clientId} in the configuration`)];
  const named = `${clientId}${at(config, 'clients', clientId)}`;
  return [...ofGrantType(facts, client, named), ...(facts.account ? ofPerson : ofItself)(facts, client, scope)];
}

function ofKey({ config, account, request }: Facts, key: ExplainedKey, scope: string): ExplainedReason[] {
  const named = `the key "${key.name}"`;
  const indicator = config.resources[ownEntry(config.scopes, scope)?.resource ?? '']?.indicator;
  const isForPeople = OPENID.includes(scope) || isReservedScope(scope);
  const isElsewhere =
    request?.address !== undefined && key.addresses && !parseNetworks(key.addresses).has(request.address);
  return [
    ...(key.state === 'active' ? [] : [no('key', `${named} is ${key.state}`)]),
    ...(isForPeople ? [no('key', `\`${scope}\` needs a person who signs in; keys never get it`)] : []),
    ...(account ? [] : [no('account', `the account that owns ${named} is gone`)]),
    ...(account && account.id !== key.ownerId ? [no('key', `the key belongs to another account`)] : []),
    ...(key.resource === undefined || isForPeople || key.resource === indicator
      ? []
      : [no('key', `${named} is for ${key.resource} only, and \`${scope}\` belongs to ${indicator ?? 'none'}`)]),
    ...(isElsewhere
      ? [no('key', `${named} may be used from ${key.addresses?.join(' ')} only, and this came from ${request.address}`)]
      : []),
  ];
}

function ofGrantType({ request }: Facts, { grants }: ClientConfig, named: string): ExplainedReason[] {
  const wanted = request?.grantType;
  if (wanted === undefined || grants.some((grant) => GRANT_TYPES[grant] === wanted)) return [];
  return [no('client', `${named} may not use the grant ${wanted}`)];
}

/** By client credentials: nobody was named. */
function ofItself({ config, clientId = '' }: Facts, { grants }: ClientConfig, scope: string): ExplainedReason[] {
  const named = `${clientId}${at(config, 'clients', clientId)}`;
  if (!grants.includes('client_credentials')) {
    return [no('client', `${named} has no client_credentials, so it gets nothing for itself; name an account`)];
  }
  return OPENID.includes(scope) ? [no('client', `\`${scope}\` needs a person who signs in`)] : [];
}

function ofPerson(facts: Facts, { allowed_roles, grants }: ClientConfig, scope: string): ExplainedReason[] {
  const { config, account, clientId = '' } = facts;
  if (!account) return [];
  const [who, place] = [account.name, at(config, 'clients', clientId)];
  if (account.kind === 'service') return [no('sign_in', `${who} is a service account and cannot sign in anywhere`)];
  const byCode = grants.includes('authorization_code');
  if (!byCode && !grants.includes('device_code')) {
    return [no('sign_in', `nobody signs in to ${clientId}: it has client_credentials alone${place}`)];
  }
  const lacks = (grant: string) =>
    no('client', `${clientId} has no ${grant}, without which \`${scope}\` gives nothing${place}`);
  return [
    ...(isReservedScope(scope) && !byCode ? [lacks('authorization_code')] : []),
    ...(scope === 'offline_access' && !grants.includes('refresh_token') ? [lacks('refresh_token')] : []),
    ...(allowed_roles ? [letsIn(facts, allowed_roles, who)] : []),
  ];
}

function letsIn({ config, account, clientId = '' }: Facts, allowed: readonly string[], who: string): ExplainedReason {
  const held = account ? rolesOf(account, config.roles) : [];
  const open = allowed.filter((role) => held.includes(role));
  return open.length > 0
    ? yes('sign_in', `${who} may sign in to ${clientId} by ${listed(config, open)}`)
    : no(
        'sign_in',
        `${clientId} lets in ${allowed.join(', ')} only${at(config, 'clients', clientId)}; ${who} holds none of them`,
      );
}
