// Why a scope is granted or denied, in sentences that name the role, key, consent or client and where it is written. Pure:
// `decide.ts` decides, `roles.ts` says what roles grant, and `compose/explain.ts` finds the facts.
import { API_KEY_PREFIX, isReservedScope, QR_APPROVE } from '../config/built-in.ts';
import { type ClientConfig, type Config, OPENID_SCOPES } from '../config/config.ts';
import { type DecisionInput, type Limit, reasonsFor } from './decide.ts';
import { accountScopes, expandRoles, roleScopes, type RoleHolder, rolesOf } from './roles.ts';

export interface ExplainedReason {
  /** What limits it; `scope`, `account` and `sign_in` come before any decision on scopes. */
  limit: Limit | 'scope' | 'account' | 'sign_in' | 'second_factor';
  allows: boolean;
  /** A sentence. */
  text: string;
}

/** `asks_consent`: nothing is in the way but the person, who will be asked. */
export type Verdict = 'granted' | 'asks_consent' | 'denied';

export interface Explanation {
  scope: string;
  verdict: Verdict;
  reasons: ExplainedReason[];
}

/** What the explanation is about, as it stands now. */
export interface Facts {
  config: Pick<Config, 'scopes' | 'roles' | 'clients' | 'origins'>;
  account?: RoleHolder & { id: string; name: string; problem?: string };
  clientId?: string;
  /** Of `clientId`, when it is an API key. */
  key?: { name: string; scopes: readonly string[]; ownerId: string; state: string };
  /** What the person agreed to, took back, and left out when asked; for the account and the application. */
  consent?: { given: readonly string[]; withdrawn: readonly string[]; refused: readonly string[] };
}

const OPENID: readonly string[] = OPENID_SCOPES;

export function explainScope(facts: Facts, scope: string): Explanation {
  const { account, config, clientId } = facts;
  const isKnown = OPENID.includes(scope) || Object.hasOwn(config.scopes, scope);
  if (!isKnown) {
    return { scope, verdict: 'denied', reasons: [no('scope', `there is no scope \`${scope}\` in the configuration`)] };
  }
  const before = [
    ...(account?.problem === undefined ? [] : [no('account', account.problem)]),
    ...(clientId === undefined ? [] : clientReasons(facts, clientId, scope)),
  ];
  const decided = reasonsFor(limitsOf(facts), scope).map(({ limit, allows }) => ({
    limit,
    allows,
    text: sentenceOf(facts, limit, scope, allows),
  }));
  const reasons = [...before, ...decided, ...secondFactor(facts, scope), ...remarks(facts, scope)];
  return { scope, verdict: verdictOf(reasons, facts, scope), reasons };
}

const no = (limit: ExplainedReason['limit'], text: string): ExplainedReason => ({ limit, allows: false, text });
const yes = (limit: ExplainedReason['limit'], text: string): ExplainedReason => ({ limit, allows: true, text });

function verdictOf(reasons: readonly ExplainedReason[], { consent }: Facts, scope: string): Verdict {
  const against = reasons.filter(({ allows }) => !allows);
  if (against.length === 0) return 'granted';
  return consent && !consent.refused.includes(scope) && against.every(({ limit }) => limit === 'consent')
    ? 'asks_consent'
    : 'denied';
}

/** The same sets as a token request meets; absent where nothing limits. */
function limitsOf({ config, account, clientId, key, consent }: Facts): Omit<DecisionInput, 'requested'> {
  const everything = [...OPENID, ...Object.keys(config.scopes)];
  const client = clientId === undefined || key ? undefined : ownEntry(config.clients, clientId);
  const granted = account && (key ? roleScopes(account, config.roles) : accountScopes(account, config.roles));
  return {
    clientScopes: client?.scopes ?? (clientId === undefined || key ? everything : []),
    ...(granted && { accountScopes: granted }),
    ...(key && { keyScopes: key.scopes }),
    ...(consent && { consentedScopes: consent.given }),
  };
}

function clientReasons({ config, account, key }: Facts, clientId: string, scope: string): ExplainedReason[] {
  if (clientId.startsWith(API_KEY_PREFIX)) {
    if (!key) return [no('key', `there is no API key ${clientId}`)];
    return [
      ...(key.state === 'active' ? [] : [no('key', `the key "${key.name}" is ${key.state}`)]),
      ...(OPENID.includes(scope) ? [no('key', `\`${scope}\` needs a person who signs in; keys get API scopes`)] : []),
      ...(account && account.id !== key.ownerId ? [no('key', `the key belongs to another account`)] : []),
    ];
  }
  const client = ownEntry(config.clients, clientId);
  if (!client) return [no('client', `there is no client ${clientId} in the configuration`)];
  return account ? entryReasons(config, clientId, client, account) : [];
}

function entryReasons(
  config: Facts['config'],
  clientId: string,
  { allowed_roles, grants }: ClientConfig,
  account: RoleHolder & { name: string },
): ExplainedReason[] {
  const who = account.name;
  if (account.kind === 'service') return [no('sign_in', `${who} is a service account and cannot sign in anywhere`)];
  if (grants.every((grant) => grant === 'client_credentials')) {
    return [
      no(
        'sign_in',
        `nobody signs in to ${clientId}: it has client_credentials alone${at(config, 'clients', clientId)}`,
      ),
    ];
  }
  if (!allowed_roles) return [];
  const held = rolesOf(account, config.roles);
  const open = allowed_roles.filter((role) => held.includes(role));
  const place = at(config, 'clients', clientId);
  return open.length > 0
    ? [yes('sign_in', `${who} may sign in to ${clientId} by ${listed(config, open)}`)]
    : [no('sign_in', `${clientId} lets in ${allowed_roles.join(', ')} only${place}; ${who} holds none of them`)];
}

function sentenceOf(facts: Facts, limit: Limit, scope: string, allows: boolean): string {
  const { config, clientId = 'any client', key, consent } = facts;
  const place = at(config, 'clients', clientId);
  switch (limit) {
    case 'client':
      if (key || facts.clientId === undefined) return 'no application limits it';
      return `${clientId} ${allows ? 'may' : 'may not'} ask for it${place}`;
    case 'role':
      return roleSentence(facts, scope, allows);
    case 'key':
      return `the key "${key?.name}" ${allows ? 'was given it' : `was given only ${key?.scopes.join(' ') || 'nothing'}`}`;
    default:
      if (allows) return `the person agreed to it for ${clientId}`;
      if (consent?.refused.includes(scope))
        return `the person left it out when ${clientId} asked; they can allow it at /account/apps`;
      if (consent?.withdrawn.includes(scope))
        return `the person took it back from ${clientId}, and will be asked again`;
      return consent?.given.length
        ? `the person agreed for ${clientId} only to ${consent.given.join(' ')}, and will be asked`
        : `the person agreed to nothing for ${clientId} yet, and will be asked`;
  }
}

function roleSentence({ config, account }: Facts, scope: string, allows: boolean): string {
  if (!account) return '';
  const granting = Object.keys(config.roles).filter((role) => config.roles[role]?.scopes.includes(scope));
  const held = rolesOf(account, config.roles);
  if (allows) {
    const by = granting.filter((role) => held.includes(role));
    if (by.length === 0) return `every person has it without a role`;
    return `${account.name} has it by ${by.map((role) => way(config, account, role)).join('; ')}`;
  }
  const others = granting.length > 0 ? `; ${listed(config, granting)} would grant it` : '; no role grants it';
  const none =
    held.length === 0
      ? 'holds no role'
      : `holds ${listed(config, held)}, which ${held.length === 1 ? 'does' : 'do'} not grant it`;
  return `${account.name} ${none}${others}`;
}

/** How the role came to the account. */
function way(config: Facts['config'], account: RoleHolder, role: string): string {
  const named = `role ${role}${at(config, 'roles', role)}`;
  if (account.roles.includes(role)) return named;
  if (account.kind === 'person' && config.roles[role]?.default) return `${named}, which everybody has`;
  const parents = rolesOf(account, config.roles).filter((name) => config.roles[name]?.includes.includes(role));
  return `${named}, included in ${listed(config, parents)}`;
}

/** Granted by roles that have no effect after a weaker sign-in. */
function secondFactor({ config, account, key }: Facts, scope: string): ExplainedReason[] {
  if (!account || key || !accountScopes(account, config.roles).includes(scope)) return [];
  if (accountScopes(account, config.roles, { mfa: false }).includes(scope)) return [];
  const demanding = expandRoles(rolesOf(account, config.roles), config.roles).filter(
    (role) => config.roles[role]?.require_mfa,
  );
  return [yes('second_factor', `only after signing in with a second factor: ${listed(config, demanding)} demands it`)];
}

function remarks({ account }: Facts, scope: string): ExplainedReason[] {
  if (!isReservedScope(scope)) return [];
  const needsNoRole = account?.kind === 'person' && scope === QR_APPROVE ? 'it needs no role; ' : '';
  return [yes('scope', `${needsNoRole}it can never be obtained by the device grant`)];
}

const listed = (config: Facts['config'], roles: readonly string[]): string =>
  `${roles.length === 1 ? 'role' : 'roles'} ${roles.map((role) => `${role}${at(config, 'roles', role)}`).join(', ')}`;

/** ` (config/tokenim.yaml:12)`, or nothing for what is built in. */
function at({ origins }: Facts['config'], section: string, id: string): string {
  const place = origins[`${section}.${id}`];
  return place === undefined ? '' : ` (${place})`;
}

const ownEntry = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
