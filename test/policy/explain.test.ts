import test from 'ava';
import type { ClientConfig, RoleConfig } from '../../src/config/config.ts';
import { explainScope } from '../../src/policy/explain.ts';
import type { Facts } from '../../src/policy/explained.ts';

const role = (changes: Partial<RoleConfig>): RoleConfig => ({
  default: false,
  includes: [],
  scopes: [],
  require_mfa: false,
  ...changes,
});

const client = (changes: Partial<ClientConfig>): ClientConfig => ({
  name: 'CRM',
  first_party: false,
  type: 'web',
  grants: ['authorization_code'],
  redirect_uris: [],
  post_logout_redirect_uris: [],
  origins: [],
  secret_hashes: [],
  scopes: [],
  id_token_signed_response_alg: 'ES256',
  pkce: 'required',
  dpop_bound_access_tokens: false,
  lifetimes: {},
  ...changes,
});

const description = { en: 'A scope' };
const resource = { indicator: 'https://im.example/', token: 'jwt' as const, introspected_by: [] };
const config: Facts['config'] = {
  resources: { im: resource, api: { ...resource, indicator: 'https://id.example/api/v1' } },
  scopes: {
    'calls:read': { resource: 'im', description },
    'messages:read': { resource: 'im', description },
    'admin:read': { resource: 'api', description },
  },
  roles: {
    member: role({ default: true, scopes: ['messages:read'] }),
    support: role({ includes: ['member'], scopes: ['calls:read'] }),
    lead: role({ includes: ['support'] }),
    admin: role({ scopes: ['admin:read'], require_mfa: true }),
  },
  clients: {
    crm: client({ scopes: ['calls:read', 'messages:read'] }),
    desk: client({ scopes: ['messages:read'], allowed_roles: ['support'] }),
  },
  origins: {
    'roles.member': 'conf/roles.yaml:3',
    'roles.support': 'conf/roles.yaml:7',
    'roles.lead': 'conf/roles.yaml:9',
    'roles.admin': 'conf/roles.yaml:12',
    'clients.crm': 'conf/crm.yaml:2',
    'clients.desk': 'conf/crm.yaml:9',
  },
};

const anna = (...roles: string[]) => ({ id: 'a1', kind: 'person' as const, roles, name: 'anna@example.com' });
const textsOf = (facts: Omit<Facts, 'config'>, scope: string) => {
  const { verdict, reasons } = explainScope({ config, ...facts }, scope);
  return { verdict, against: reasons.filter(({ allows }) => !allows).map(({ text }) => text), reasons };
};

test('a denial by role names what is held, what would grant it, and where each is written', (t) => {
  const { verdict, against } = textsOf({ account: anna() }, 'calls:read');
  t.is(verdict, 'denied');
  t.deepEqual(against, [
    'anna@example.com holds role member (conf/roles.yaml:3), which does not grant it; role support (conf/roles.yaml:7) would grant it',
  ]);
});

test('a permission names the role and how it came to the person', (t) => {
  const { verdict, reasons } = textsOf({ account: anna('lead') }, 'calls:read');
  t.is(verdict, 'granted');
  t.regex(
    reasons.at(-1)?.text ?? '',
    /role support \(conf\/roles\.yaml:7\), included in role lead \(conf\/roles\.yaml:9\)/,
  );
});

test('the client is named with its place', (t) => {
  const { against } = textsOf({ account: anna('support'), clientId: 'desk' }, 'calls:read');
  t.deepEqual(against, ['desk may not ask for it (conf/crm.yaml:9)']);
  t.regex(
    textsOf({ account: anna(), clientId: 'desk' }, 'messages:read').against[0] ?? '',
    /^desk lets in support only/,
  );
  t.deepEqual(
    textsOf({ account: anna(), clientId: 'crn' }, 'messages:read').against[0],
    'there is no client crn in the configuration',
  );
});

test('what only the person has to agree to is not a denial', (t) => {
  const consent = { given: ['openid', 'messages:read'], withdrawn: [], refused: [] };
  const asked = textsOf({ account: anna('support'), clientId: 'crm', consent }, 'calls:read');
  t.is(asked.verdict, 'asks_consent');
  t.deepEqual(asked.against, ['the person agreed for crm only to openid messages:read; they will be asked']);
  t.is(textsOf({ account: anna(), clientId: 'crm', consent }, 'calls:read').verdict, 'denied');
  t.is(textsOf({ account: anna(), clientId: 'crm', consent }, 'messages:read').verdict, 'granted');
});

test('what the person left out when asked is denied, and asked no more', (t) => {
  const consent = { given: ['openid'], withdrawn: ['calls:read'], refused: ['calls:read'] };
  const asked = textsOf({ account: anna('support'), clientId: 'crm', consent }, 'calls:read');
  t.is(asked.verdict, 'denied');
  t.deepEqual(asked.against, ['the person left it out when crm asked; they can allow it at /account/apps']);
});

test('of what was taken back from an application of ours the person is asked, and of nothing else', (t) => {
  const clients = { crm: client({ scopes: ['openid', 'calls:read', 'messages:read'], first_party: true }) };
  const consent = { given: [], withdrawn: ['calls:read'], refused: [] };
  const facts = { config: { ...config, clients }, account: anna('support'), clientId: 'crm', consent };
  t.is(explainScope(facts, 'calls:read').verdict, 'asks_consent');
  t.is(explainScope(facts, 'messages:read').verdict, 'granted');
  const left = { ...consent, refused: ['calls:read'] };
  t.is(explainScope({ ...facts, consent: left }, 'calls:read').verdict, 'denied');
});

test('a key is limited by what it was given, its state and its owner', (t) => {
  const key = { name: 'nightly', scopes: ['messages:read'], ownerId: 'a1', state: 'expired' };
  const facts = { account: anna('support'), clientId: 'tim_live_0', key };
  t.deepEqual(textsOf(facts, 'calls:read').against, [
    'the key "nightly" is expired',
    'the key "nightly" was given only messages:read',
  ]);
  t.regex(textsOf({ ...facts, account: { ...anna(), id: 'b2' } }, 'messages:read').against.join(), /another account/);
});

test('a role that demands a second factor says so, and a reserved scope that the device grant never gives it', (t) => {
  const { verdict, reasons } = textsOf({ account: anna('admin') }, 'admin:read');
  t.is(verdict, 'granted');
  t.regex(
    reasons.map(({ text }) => text).join('\n'),
    /second factor: role admin \(conf\/roles\.yaml:12\)[^]*device grant/,
  );
});

test('an unknown scope and a disabled account are denied first of all', (t) => {
  t.deepEqual(textsOf({ account: anna() }, 'constructor').against, [
    'there is no scope `constructor` in the configuration',
  ]);
  t.is(textsOf({ account: { ...anna(), problem: 'the account is disabled' } }, 'messages:read').verdict, 'denied');
});

test('an application without refresh tokens gets nothing by offline_access, and one for devices no reserved scope', (t) => {
  const clients = {
    crm: client({ scopes: ['openid', 'offline_access'] }),
    tv: client({ grants: ['device_code'], scopes: ['openid', 'admin:read'] }),
  };
  const consent = { given: ['offline_access'], withdrawn: [], refused: [] };
  const said = (clientId: string, scope: string) =>
    explainScope({ config: { ...config, clients }, account: anna('admin'), clientId, consent }, scope).reasons;
  t.true(
    said('crm', 'offline_access').some(({ text, allows }) => !allows && text.startsWith('crm has no refresh_token')),
  );
  t.true(
    said('tv', 'admin:read').some(({ text, allows }) => !allows && text.startsWith('tv has no authorization_code')),
  );
});

test('nobody will be asked where a door is closed', (t) => {
  const consent = { given: [], withdrawn: [], refused: [] };
  const { verdict, reasons } = textsOf({ account: anna(), clientId: 'desk', consent }, 'messages:read');
  t.is(verdict, 'denied');
  t.false(reasons.some(({ text }) => text.includes('asked')));
});
