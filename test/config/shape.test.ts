import test from 'ava';
import { configFiles, development } from './config-files.ts';

test('several problems of several sections are reported at once, in the order of the file', async (t) => {
  const files = await development(
    t,
    'portt: 4000',
    'qr: { check: rsk }',
    'lifetimes: { access_token: 10 }',
    'roles:',
    '  member: { scopes: [nothing:read] }',
    'clients:',
    '  crm:',
    '    nmae: CRM',
    '    grants: [authorization_code]',
  );
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:3:1: unknown key `portt`; did you mean `port`?',
    'config/tokenim.yaml:4:14: `qr.check` must be always or risk or never; did you mean `risk`?',
    'config/tokenim.yaml:5:28: `lifetimes.access_token` must be a duration such as 30s, 10m, 24h or 90d',
    'config/tokenim.yaml:7:22: unknown scope `nothing:read`',
    'config/tokenim.yaml:9:3: `clients.crm.name` is missing',
    'config/tokenim.yaml:10:5: unknown key `nmae`; did you mean `name`?',
  ]);
});

test('a broken role is not taken for one that grants nothing', async (t) => {
  const files = await development(
    t,
    'resources: { im: { indicator: "https://im.example/" } }',
    'scopes: { read: { resource: im, description: { en: x } } }',
    'roles: { member: { default: maybe, scopes: [read] } }',
    'clients: { cli: { name: CLI, grants: [device_code], scopes: [read] } }',
  );
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:5:29: `roles.member.default` must be true or false']);
});

test('a broken entry is still known to those that name it', async (t) => {
  const files = await development(t, 'roles:', '  a: { default: maybe }', '  b: { includes: [a] }');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:4:17: `roles.a.default` must be true or false']);
});

test('a wrong mode is not taken for production', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': 'version: 1\nmode: developmnt\n' });
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:2:7: `mode` must be development or production; did you mean `development`?',
  ]);
});

test('an enumerated value is suggested', async (t) => {
  const files = await development(t, 'clients:', '  crm: { name: CRM, grants: [device_cod] }');
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:4:30: `clients.crm.grants.0` must be authorization_code or refresh_token or client_credentials or device_code; did you mean `device_code`?',
  ]);
});

test('a value of another sort is told in plain words', async (t) => {
  const files = await development(
    t,
    'port: many',
    'roles: []',
    'trusted_proxies: 10.0.0.0/8',
    'limits: { sign_in: { total: 0 } }',
  );
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:3:7: `port` must be a whole number',
    'config/tokenim.yaml:4:1: `roles` must be a map, with each entry under its id',
    'config/tokenim.yaml:5:18: `trusted_proxies` must be a list, such as [a, b]',
    'config/tokenim.yaml:6:29: `limits.sign_in.total` must be 1 or more',
  ]);
});

test('a key without a value is told apart from a missing one', async (t) => {
  const files = await development(t, 'clients:', '  crm:', '    name:', '    grants: [device_code]', '  shop:');
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:5:5: `clients.crm.name` has no value',
    'config/tokenim.yaml:7:3: `clients.shop` has no value',
  ]);
});

test('ids that could not be written into a URL are refused', async (t) => {
  const files = await development(t, 'clients:', '  my app: { name: A, grants: [device_code] }', 'roles:', '  -x: {}');
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:4:3: `clients.my app` is no valid id: letters, digits, and . _ - after the first, at most 64',
    'config/tokenim.yaml:6:3: `roles.-x` is no valid id: letters, digits, and . _ - after the first, at most 64',
  ]);
});

test('a scope name outside the grammar of RFC 6749 is refused', async (t) => {
  const files = await development(
    t,
    'resources: { im: { indicator: "https://im.example/" } }',
    'scopes:',
    '  read it: { resource: im, description: { en: x } }',
  );
  t.regex((await files.problems()).join(), /^config\/tokenim\.yaml:5:3: `scopes\.read it` is no valid scope/);
});

test('a proxy must be an address or a range', async (t) => {
  const valid = await development(t, 'trusted_proxies: [10.0.0.0/8, "2001:db8::/32", 192.0.2.7]');
  t.deepEqual(await valid.problems(), []);
  const invalid = await development(t, 'trusted_proxies: [10.0.0.0/33, proxy.example, 10.0.0.1/]');
  const columns = (await invalid.problems()).map((problem) => problem.split(':')[2]);
  t.deepEqual(columns, ['19', '32', '47']);
});

test('a home page must be an address that a browser opens safely', async (t) => {
  const files = await development(
    t,
    'clients:',
    '  crm: { name: CRM, uri: "javascript:alert(1)", grants: [device_code] }',
  );
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:4:26: `clients.crm.uri` must be a URL of https: or http:']);
});

test('a file of another version, or of none, is refused', async (t) => {
  const other = await configFiles(t, { 'config/tokenim.yaml': 'version: 2\nmode: development\n' });
  t.deepEqual(await other.problems(), ['config/tokenim.yaml:1:10: `version` must be 1']);
  const none = await configFiles(t, { 'config/tokenim.yaml': 'mode: development\n' });
  t.deepEqual(await none.problems(), ['config/tokenim.yaml:1:1: `version` is missing']);
});
