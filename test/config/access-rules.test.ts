import test from 'ava';
import { development } from './config-files.ts';

const at = (line: number, column: number, message: string): string =>
  `config/tokenim.yaml:${line}:${column}: ${message}`;
const IM = 'resources: { im: { indicator: "https://im.example/" } }';

test('a scope belongs to a known resource', async (t) => {
  const files = await development(t, IM, 'scopes:', '  read: { resource: imm, description: { en: Read } }');
  t.deepEqual(await files.problems(), [at(5, 21, 'unknown resource `imm`; did you mean `im`?')]);
});

test('scopes of OpenID Connect and of our own interface are not for others', async (t) => {
  const files = await development(
    t,
    IM,
    'scopes:',
    '  email: { resource: im, description: { en: x } }',
    '  qr:approve: { resource: im, description: { en: x } }',
    '  keys:all: { resource: im, description: { en: x } }',
    '  admin:all: { resource: im, description: { en: x } }',
    '  more: { resource: api, description: { en: x } }',
  );
  t.deepEqual(await files.problems(), [
    at(5, 3, '`email` is a scope of OpenID Connect and belongs to no resource'),
    at(6, 3, '`qr:approve` is reserved; qr:approve, keys:… and admin:… are built in'),
    at(7, 3, '`keys:all` is reserved; qr:approve, keys:… and admin:… are built in'),
    at(8, 3, '`admin:all` is reserved; qr:approve, keys:… and admin:… are built in'),
    at(9, 21, '`api` is built in and has its own scopes'),
  ]);
});

test('the resource of our own interface cannot be replaced', async (t) => {
  const files = await development(t, 'resources: { api: { indicator: "https://api.example/" } }');
  t.deepEqual(await files.problems(), [at(3, 14, '`api` is built in; choose another id')]);
});

test('two resources cannot share an indicator, not even with our own interface', async (t) => {
  const files = await development(
    t,
    'resources:',
    '  a: { indicator: "https://a.example/" }',
    '  b: { indicator: "https://a.example/" }',
  );
  t.deepEqual(await files.problems(), [at(5, 19, 'is the indicator of `a` too')]);
  const own = await development(t, 'resources:', '  a: { indicator: "http://localhost:3000/api/v1" }');
  t.deepEqual(await own.problems(), [at(4, 19, 'is the indicator of `api` too')]);
});

test('an indicator is an absolute URI without fragment', async (t) => {
  const files = await development(t, 'resources: { a: { indicator: "/a" }, b: { indicator: "https://b.example/#x" } }');
  t.deepEqual(
    (await files.problems()).map((problem) => problem.slice(0, 26)),
    ['config/tokenim.yaml:3:30: ', 'config/tokenim.yaml:3:54: '],
  );
});

test('introspection is for known clients with secrets', async (t) => {
  const files = await development(
    t,
    'resources: { im: { indicator: "https://im.example/", introspected_by: [cli, shopp] } }',
    'clients:',
    '  cli: { name: CLI, grants: [device_code] }',
    `  shop: { name: Shop, grants: [client_credentials], secrets: [{ hash: "sha256:${'A'.repeat(43)}" }] }`,
  );
  t.deepEqual(await files.problems(), [
    at(3, 72, '`cli` is public; introspection needs a confidential client (RFC 7662 §2.1)'),
    at(3, 77, 'unknown client `shopp`; did you mean `shop`?'),
  ]);
});

test('a role names known scopes and roles', async (t) => {
  const files = await development(
    t,
    IM,
    'scopes: { messages:read: { resource: im, description: { en: x } } }',
    'roles:',
    '  member: { scopes: [mesages:read, openid] }',
    '  support: { includes: [membre] }',
  );
  t.deepEqual(await files.problems(), [
    at(6, 22, 'unknown scope `mesages:read`; did you mean `messages:read`?'),
    at(6, 36, 'unknown scope `openid`'),
    at(7, 25, 'unknown role `membre`; did you mean `member`?'),
  ]);
});

test('roles that include one another in a circle are told once', async (t) => {
  const files = await development(
    t,
    'roles:',
    '  b: { includes: [c] }',
    '  a: { includes: [b] }',
    '  c: { includes: [a] }',
    '  outside: { includes: [a] }',
    '  self: { includes: [self] }',
  );
  t.deepEqual(await files.problems(), [
    at(5, 8, 'the role includes itself: a → b → c → a'),
    at(8, 11, 'the role includes itself: self → self'),
  ]);
});

test('a role reached on two ways is no circle', async (t) => {
  const files = await development(
    t,
    'roles: { a: { includes: [b, c] }, b: { includes: [d] }, c: { includes: [d] }, d: {} }',
  );
  t.deepEqual(await files.problems(), []);
});

test('a circle behind forty layers of roles that all include one another is told, once', async (t) => {
  const layers = Array.from({ length: 40 }, (_, layer) => [
    `  a${layer}: { includes: [a${layer + 1}, b${layer + 1}] }`,
    `  b${layer}: { includes: [a${layer + 1}, b${layer + 1}] }`,
  ]);
  const files = await development(
    t,
    'roles:',
    ...layers.flat(),
    '  a40: { includes: [b40] }',
    '  b40: { includes: [a40] }',
  );
  t.deepEqual(await files.problems(), [at(84, 10, 'the role includes itself: a40 → b40 → a40')]);
});
