// Clients: grants fit their secrets and addresses, and what they ask for exists and could ever be granted. Which
// addresses are allowed is in `redirect-uri.ts`.
import { OPENID_SCOPES } from '../config.ts';
import { API_KEY_PREFIX, isReservedScope, QR_APPROVE, WEB_CLIENT } from '../built-in.ts';
import { didYouMean } from '../../lib/nearest.ts';
import type { Report } from '../problem.ts';
import type { ClientInput, ConfigInput } from '../schema.ts';
import { isConfidential, keyRules } from './client-keys.ts';
import { calledAddressProblem, originProblem, redirectUriProblem } from './redirect-uri.ts';
import { reportUnknown, type RuleContext } from './rule.ts';

const openidScopes: readonly string[] = OPENID_SCOPES;

/** What the rules look at, so that a client outside of the files is judged by the same. */
export interface ClientRuleContext {
  config: Pick<ConfigInput, 'mode' | 'clients'> & {
    scopes: Readonly<Record<string, unknown>>;
    roles: Readonly<Record<string, { scopes: readonly string[] }>>;
  };
  names: Pick<RuleContext['names'], 'scopes' | 'roles'>;
  report: Report;
}

export const clientRules = ({ config, names, report }: ClientRuleContext): void => {
  const granted = new Set(Object.values(config.roles).flatMap((role) => role.scopes));
  const allRolesWhole = names.roles.every((role) => Object.hasOwn(config.roles, role));
  for (const [id, client] of Object.entries(config.clients)) {
    const own: Report = (path, message) => report(['clients', id, ...path], message);
    idRule(id, own);
    grantRules(client, own);
    keyRules(client, config.mode, own);
    addressRules(client, config.mode, own);
    logoutRules(client, config.mode, own);
    deviceRules(client, own);
    reportUnknown(own, ['scopes'], 'scope', client.scopes, [...openidScopes, ...names.scopes]);
    optionalRules(client, own);
    reportUnknown(own, ['allowed_roles'], 'role', client.allowed_roles ?? [], names.roles);
    if (allRolesWhole) grantableRule(client, config, granted, own);
    ownInterfaceRules(client, config.mode, own);
  }
};

function idRule(id: string, report: Report): void {
  if (id === WEB_CLIENT) report([], `\`${id}\` is built in; choose another id`);
  if (id.startsWith(API_KEY_PREFIX)) report([], `ids of API keys begin with ${API_KEY_PREFIX}; choose another id`);
}

function grantRules(client: ClientInput, report: Report): void {
  const uses = (grant: ClientInput['grants'][number]): boolean => client.grants.includes(grant);
  if (uses('authorization_code') && client.redirect_uris.length === 0) {
    report(['grants'], 'authorization_code needs redirect_uris');
  }
  if (uses('refresh_token') && !uses('authorization_code') && !uses('device_code')) {
    report(['grants'], 'refresh_token needs authorization_code or device_code, which issue the first one');
  }
  if (uses('client_credentials') && !isConfidential(client)) {
    report(['grants'], 'client_credentials needs secrets, jwks or jwks_uri (RFC 6749 §4.4)');
  }
  if (client.pkce === 'optional' && !isConfidential(client)) report(['pkce'], 'a public client needs PKCE (RFC 7636)');
}

function addressRules(client: ClientInput, mode: ConfigInput['mode'], report: Report): void {
  for (const list of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of client[list].entries()) {
      const problem = redirectUriProblem(uri, { type: client.type, mode });
      if (problem) report([list, index], problem);
    }
  }
  for (const [index, origin] of client.origins.entries()) {
    const problem = originProblem(origin, { mode });
    if (problem) report(['origins', index], problem);
  }
}

function logoutRules(client: ClientInput, mode: ConfigInput['mode'], report: Report): void {
  const { backchannel_logout_uri: uri, backchannel_logout_session_required: wantsSession, grants } = client;
  if (wantsSession && uri === undefined) {
    report(['backchannel_logout_session_required'], 'needs backchannel_logout_uri');
  }
  if (uri === undefined) return;
  const problem = calledAddressProblem(uri, mode);
  if (problem) report(['backchannel_logout_uri'], problem);
  if (!grants.includes('authorization_code')) {
    report(['backchannel_logout_uri'], 'needs authorization_code: no other grant belongs to a session');
  }
}

function deviceRules({ device_scopes, scopes, grants }: ClientInput, report: Report): void {
  if (device_scopes && !grants.includes('device_code')) report(['device_scopes'], 'needs the grant device_code');
  for (const [index, scope] of (device_scopes ?? []).entries()) {
    if (!scopes.includes(scope)) {
      report(['device_scopes', index], `\`${scope}\` is not in scopes${didYouMean(scope, scopes)}`);
    }
  }
}

/** People get a scope from a role; a client with credentials of its own needs none. */
function grantableRule(
  client: ClientInput,
  config: Pick<ClientRuleContext['config'], 'scopes'>,
  granted: ReadonlySet<string>,
  report: Report,
): void {
  if (client.grants.includes('client_credentials')) return;
  for (const [index, scope] of client.scopes.entries()) {
    if (Object.hasOwn(config.scopes, scope) && !granted.has(scope)) {
      report(['scopes', index], `no role grants \`${scope}\`: nobody could allow it to this client`);
    }
  }
}

/** What may be left out is asked for, and asked of a person, one by one. */
function optionalRules({ scopes, grants, first_party, optional_scopes = [] }: ClientInput, report: Report): void {
  for (const [index, scope] of optional_scopes.entries()) {
    const refuse = (message: string): void => report(['optional_scopes', index], `\`${scope}\` ${message}`);
    if (scope === 'openid') refuse('is what signing in means; it cannot be optional');
    else if (scope === QR_APPROVE) refuse('is asked for each time; it cannot be optional');
    else if (!scopes.includes(scope)) refuse(`is not among the scopes of this client${didYouMean(scope, scopes)}`);
  }
  if (optional_scopes.length === 0) return;
  if (first_party) report(['optional_scopes'], 'people are not asked for consent to a first_party client');
  else if (grants.every((grant) => grant === 'client_credentials')) {
    report(['optional_scopes'], 'nobody is asked for consent to a client with client_credentials alone');
  }
}

/** Contract §3: who holds a scope of our own interface acts on other sign-ins, keys or accounts. */
function ownInterfaceRules(client: ClientInput, mode: ConfigInput['mode'], report: Report): void {
  for (const [index, scope] of client.scopes.entries()) {
    if (isReservedScope(scope) && client.grants.includes('device_code')) {
      report(['scopes', index], `a client with device_code may not ask for \`${scope}\``);
    }
  }
  const approves = client.scopes.indexOf(QR_APPROVE);
  if (approves < 0) return;
  const refuse = (message: string): void => report(['scopes', approves], `\`${QR_APPROVE}\` ${message}`);
  if (!client.grants.includes('authorization_code')) refuse('needs the grant authorization_code');
  if (mode === 'development') return;
  if (!client.dpop_bound_access_tokens) refuse('needs dpop_bound_access_tokens in production');
  const claimed = client.redirect_uris.every((uri) => uri.startsWith('https:'));
  if (!claimed) refuse('needs claimed https: redirect_uris in production');
}
