// Commands count the applications that no file manages: what they do is right for those too.
import test from 'ava';
import { createAdministration } from '../../src/compose/administration.ts';
import { composeDomain } from '../../src/compose/domain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createConfigSource } from '../../src/config/source.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { kindOf } from '../../src/oidc/kinds.ts';
import { openStorage } from '../../src/storage/open.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { program } from './program.ts';

const SETTINGS = {
  name: 'Vault',
  grants: ['authorization_code'],
  redirect_uris: ['http://127.0.0.1:9/vault'],
  scopes: ['openid'],
  backchannel_logout_uri: 'http://127.0.0.1:9/bye',
  lifetimes: { access_token: '1d' },
};

test('a rotation waits for their tokens, and they are told of sessions that a command ends', async (t) => {
  const cli = await program(t);
  const config = await loadConfig({ env: { TOKENIM_DATA: cli.folder }, cwd: packageRoot });
  const onError = (error: unknown): void => t.fail(String(error));
  const store = await openStorage(config.storage, { dataFolder: config.dataFolder, clock: systemClock, onError });
  const domain = composeDomain({ config: createConfigSource(config), store, clock: systemClock, onError });
  t.teardown(async () => {
    await domain.close();
    await store.close();
  });
  const administration = createAdministration(domain);
  const { client } = await administration.createClient(OPERATOR, { settings: SETTINGS, isConfidential: true });
  const { id } = await administration.createPerson(OPERATOR, { email: 'anna@example.com', roles: [], active: true });
  const session = { uid: 'u', accountId: id, authorizations: { [client.id]: { sid: 's', grantId: 'g' } } };
  await store.put(kindOf('Session'), 'one', session, { indexes: { accountId: [id] }, unique: { uid: 'u' } });

  const rotated = await cli.json<Record<'signs_from' | 'former_until', string>>(['jwks', 'rotate']);
  const outlived = Date.parse(rotated.former_until) - Date.parse(rotated.signs_from);
  t.true(outlived >= 86_400_000, `tokens of a day, former keys verify for ${outlived / 1000} s`);

  await cli.json(['account', 'disable', 'anna@example.com']);
  t.like(await domain.logoutNotices.waiting(), [{ clientId: client.id }]);
});
