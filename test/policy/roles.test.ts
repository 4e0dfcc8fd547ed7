import test from 'ava';
import type { RoleConfig } from '../../src/config/config.ts';
import { accountScopes, expandRoles, requiresMfa, rolesOf, roleScopes } from '../../src/policy/roles.ts';

const role = (part: Partial<RoleConfig>): RoleConfig => ({
  default: false,
  includes: [],
  scopes: [],
  require_mfa: false,
  ...part,
});
const ROLES = {
  member: role({ default: true, scopes: ['messages:read', 'messages:send'] }),
  support: role({ includes: ['member'], scopes: ['calls:read'], require_mfa: true }),
  lead: role({ includes: ['support'], scopes: ['calls:start'] }),
};

test('a role brings everything that it includes, at any depth', (t) => {
  t.deepEqual(expandRoles(['lead'], ROLES), ['lead', 'support', 'member']);
  const scopes = roleScopes({ kind: 'service', roles: ['lead'] }, ROLES);
  t.deepEqual(scopes.toSorted(), ['calls:read', 'calls:start', 'messages:read', 'messages:send']);
});

test('every person has the default roles', (t) => {
  t.deepEqual(rolesOf({ kind: 'person', roles: [] }, ROLES), ['member']);
});

test('a service account has only the roles it was given', (t) => {
  t.deepEqual(roleScopes({ kind: 'service', roles: [] }, ROLES), []);
});

test('a role that the configuration no longer knows grants nothing', (t) => {
  t.deepEqual(rolesOf({ kind: 'service', roles: ['emperor', '__proto__', 'constructor'] }, ROLES), []);
});

test('a person may also give OpenID scopes and the approval of own sign-ins, a service account may not', (t) => {
  const own = accountScopes({ kind: 'person', roles: [] }, ROLES);
  t.true(own.includes('openid') && own.includes('qr:approve') && own.includes('messages:read'));
  t.deepEqual(accountScopes({ kind: 'service', roles: ['member'] }, ROLES), ['messages:read', 'messages:send']);
});

test('multi-factor authentication is required when any role demands it, also an included one', (t) => {
  t.true(requiresMfa({ kind: 'person', roles: ['lead'] }, ROLES));
  t.false(requiresMfa({ kind: 'person', roles: [] }, ROLES));
});
