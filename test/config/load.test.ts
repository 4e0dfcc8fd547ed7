import test from 'ava';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { configFiles, development, production, PRODUCTION_ENV } from './config-files.ts';

test('the shipped configuration loads with an empty environment', async (t) => {
  const { cwd } = await development(t);
  const config = await loadConfig({ env: {}, cwd });
  t.is(config.mode, 'development');
  t.is(config.issuer, 'http://localhost:3000');
  t.is(config.host, '127.0.0.1');
  t.is(config.storage, 'sqlite:tokenim.db');
  t.is(config.dataFolder, join(cwd, 'data'));
  t.deepEqual(config.trusted_proxies, []);
  t.deepEqual(Object.keys(config.clients).sort(), [
    'tokenim-admin',
    'tokenim-cli',
    'tokenim-developer',
    'tokenim-mobile',
    'tokenim-web',
  ]);
  t.deepEqual(config.clients['tokenim-mobile']?.redirect_uris, ['http://127.0.0.1/callback']);
  t.deepEqual(config.roles['member']?.scopes, ['messages:read', 'messages:send', 'contacts:read']);
  t.true(config.roles['member']?.default);
  for (const { description } of Object.values(config.scopes)) t.truthy(description['zh-CN'] && description['zh-TW']);
});

test('lifetimes have the defaults of the contract, in seconds', async (t) => {
  const { lifetimes } = await (await development(t)).load();
  t.deepEqual(lifetimes, {
    access_token: 600,
    refresh_token: 30 * 86_400,
    grant: 31 * 86_400,
    authorization_code: 60,
    id_token: 600,
    session_idle: 86_400,
    session_absolute: 14 * 86_400,
    device_code: 600,
    qr_link: 180,
    activation: 86_400,
    reset: 3600,
    account_deletion: 1_209_600,
  });
});

test('a grant without a lifetime of its own lasts as long as a longer refresh token', async (t) => {
  const general = await (await development(t, 'lifetimes: { refresh_token: 60d }')).load();
  t.is(general.lifetimes.grant, 60 * 86_400);
  const files = await development(
    t,
    'clients:',
    '  cli: { name: CLI, grants: [device_code, refresh_token], lifetimes: { refresh_token: 90d } }',
  );
  t.is((await files.load()).clients['cli']?.lifetimes.grant, 90 * 86_400);
});

test('a client says only which lifetimes differ', async (t) => {
  const files = await development(
    t,
    'clients:',
    '  cli: { name: C, grants: [device_code], lifetimes: { access_token: 5m } }',
  );
  t.deepEqual((await files.load()).clients['cli']?.lifetimes, { access_token: 300 });
});

test('the mode is production unless the file says otherwise', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': 'version: 1\n' });
  const problems = await files.problems();
  t.true(problems.some((problem) => problem.includes('production needs one')));
});

test('production binds every address and has the built-in client too', async (t) => {
  const config = await (await production(t)).load({ env: PRODUCTION_ENV });
  t.is(config.host, '0.0.0.0');
  t.deepEqual(config.clients['tokenim-web']?.grants, ['device_code']);
  t.deepEqual(config.clients['tokenim-web']?.scopes, ['openid', 'profile']);
  t.is(config.resources['api']?.indicator, 'https://id.example/api/v1');
  t.is(config.scopes['qr:approve']?.resource, 'api');
});

test('PORT, HOST, TOKENIM_DATA and TOKENIM_STORAGE go before the file', async (t) => {
  const files = await development(t, 'port: 4000', 'host: 127.0.0.9', 'data: here', 'storage: sqlite:a.db');
  const env = {
    PORT: '5000',
    HOST: '127.0.0.5',
    TOKENIM_DATA: 'elsewhere',
    TOKENIM_STORAGE: 'redis://127.0.0.1:6379/1',
  };
  const config = await files.load({ env });
  t.is(config.port, 5000);
  t.is(config.issuer, 'http://localhost:5000');
  t.is(config.host, '127.0.0.5');
  t.is(config.dataFolder, join(files.cwd, 'elsewhere'));
  t.is(config.storage, 'redis://127.0.0.1:6379/1');
});

test('an argument goes before the environment', async (t) => {
  const files = await development(t, 'port: 4000');
  const config = await files.load({
    env: { PORT: '5000' },
    port: 6000,
    host: '192.0.2.1',
    issuer: 'http://192.0.2.1:6000',
  });
  t.is(config.port, 6000);
  t.is(config.host, '192.0.2.1');
  t.is(config.issuer, 'http://192.0.2.1:6000');
});

test('an empty variable is as good as none', async (t) => {
  const config = await (await development(t, 'port: 4000')).load({ env: { PORT: '', HOST: '' } });
  t.is(config.port, 4000);
  t.is(config.host, '127.0.0.1');
});

test('a wrong variable is a problem that names it', async (t) => {
  const files = await development(t);
  t.deepEqual(await files.problems({ env: { PORT: '70x' } }), ['$PORT:1:1: `port` must be a whole number']);
  const storage = await files.problems({ env: { TOKENIM_STORAGE: 'mysql://user:hidden@db/x' } });
  t.regex(storage.join(), /^\$TOKENIM_STORAGE:1:1: `storage` must be a URL of sqlite:/);
  t.notRegex(storage.join(), /hidden/);
});

test('TOKENIM_CONFIG names a file or a folder, and an argument goes before it', async (t) => {
  const files = await configFiles(t, {
    'a/tokenim.yaml': 'version: 1\nmode: development\nport: 4001\n',
    'b.yaml': 'version: 1\nmode: development\nport: 4002\n',
  });
  const { cwd } = files;
  t.is((await loadConfig({ cwd, env: { TOKENIM_CONFIG: 'a' } })).port, 4001);
  t.is((await loadConfig({ cwd, env: { TOKENIM_CONFIG: 'b.yaml' } })).port, 4002);
  t.is((await loadConfig({ cwd, env: { TOKENIM_CONFIG: 'a' }, configPath: 'b.yaml' })).port, 4002);
});

test('a configuration that is not there is a problem that names the path', async (t) => {
  const { problems } = await configFiles(t, {});
  t.deepEqual(await problems(), ['config:1:1: the configuration cannot be read (ENOENT): there is no such file']);
});

test('entries tell where they stand, for messages that name what manages them', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': 'version: 1\nmode: development\nroles:\n  member: {}\n',
    'config/conf.d/10-crm.yaml': 'clients:\n  # the shop\n  crm:\n    name: CRM\n    grants: [device_code]\n',
  });
  const { origins } = await files.load();
  t.is(origins['clients.crm'], 'config/conf.d/10-crm.yaml:3');
  t.is(origins['roles.member'], 'config/tokenim.yaml:4');
});

test('a name that every object has is no client', async (t) => {
  const { clients, roles } = await (await development(t)).load();
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.is(clients[name], undefined);
    t.is(roles[name], undefined);
  }
});

test('a mail relay with a password may be named instead of written', async (t) => {
  const files = await development(t, 'mail: { url: { env: MAIL }, from: "T <t@id.example>" }');
  const { mail } = await files.load({ env: { MAIL: 'smtps://user:hidden@relay:465' } });
  t.is(mail?.url, 'smtps://user:hidden@relay:465');
  const problems = await files.problems({ env: { MAIL: 'https://user:hidden@relay' } });
  t.deepEqual(problems, [
    'config/tokenim.yaml:3:9: what this names must be a URL such as smtp://relay:587 or smtps://relay:465',
  ]);
});

for (const [sentence, mail] of [
  ['a relay without a host', '{ url: "smtp://:587", from: t@id.example }'],
  ['a relay with options of a library', '{ url: "smtp://relay:587?logger=true", from: t@id.example }'],
  ['a sender that is no address', '{ url: "smtp://relay", from: TokenIM }'],
  ['a sender that adds a header', '{ url: "smtp://relay", from: "T <t@id.example>\\r\\nBcc: eve@x.example" }'],
  ['two addresses for answers', '{ url: "smtp://relay", from: t@id.example, reply_to: "a@x.example, b@x.example" }'],
] as const) {
  test(`${sentence} is refused`, async (t) => {
    const files = await development(t, `mail: ${mail}`);
    t.regex((await files.problems()).join(), /^config\/tokenim\.yaml:3:\d+: .*must be/);
  });
}
