// kill -9 in the middle of mixed load: everything that was acknowledged is there after a restart. Short here; the long form
// is `npm run test:kill` (30 s).
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { packageRoot } from '../../src/lib/package-root.ts';
import { program, type Running } from '../cli/program.ts';
import { PASSWORD, type TestPerson } from '../helpers/auth-server.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { createLedger, type Key, redeem, refresh, runLoad, tokenByKey } from './mixed-load.ts';
import { skipRedis } from '../helpers/storages.ts';

const SECONDS = Number(process.env['KILL_TEST_SECONDS'] ?? 8);
const PEOPLE = 3;
/** All load comes from one address and few accounts. */
const UNLIMITED = {
  sign_in: { per_account: 1e6, per_address: 1e6, total: 1e6 },
  device_authorization: { per_address: 1e6, per_client: 1e6, total: 1e6 },
};

test.serial('sqlite: a killed server has everything that it acknowledged', (t) => killAndCheck(t, {}));

if (redisAvailable()) {
  test.serial('redis: a killed server has everything that it acknowledged', async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await killAndCheck(t, { TOKENIM_STORAGE: redis.url });
  });
} else skipRedis();

async function killAndCheck(t: ExecutionContext, env: Record<string, string>): Promise<void> {
  t.timeout((SECONDS + 120) * 1000);
  const tokenim = await program(t, env);
  const { issuer } = tokenim;
  const config = join(tokenim.folder, 'tokenim.yaml');
  const text = await readFile(join(packageRoot, 'test', 'helpers', 'tokenim.yaml'), 'utf8');
  await writeFile(config, `${text}\nlimits: ${JSON.stringify(UNLIMITED)}\n`);
  const target = { issuer, origin: issuer.replace('localhost', '127.0.0.1') };

  const people: TestPerson[] = [];
  const keys: Key[] = [];
  for (let index = 0; index < PEOPLE; index++) {
    const email = `${randomUUID()}@example.com`;
    const create = ['account', 'create', '--email', email, '--active', '--password-stdin', '--config', config];
    const { account_id: id } = await tokenim.json<{ account_id: string }>(create, PASSWORD);
    people.push({ id, email, password: PASSWORD });
    keys.push(
      await tokenim.json<Key>([
        'key',
        'create',
        '--owner',
        email,
        '--name',
        'load',
        '--scope',
        'messages:read',
        '--config',
        config,
      ]),
    );
  }

  const ledger = createLedger();
  const half = async (end: (server: Running) => Promise<unknown>): Promise<Running> => {
    const stop = new AbortController();
    const server = await tokenim.serve('--config', config);
    const load = runLoad(target, { people, keys, signal: stop.signal, ledger });
    await sleep((SECONDS * 1000) / 2);
    await end(server);
    stop.abort();
    await load;
    return server;
  };
  await half((server) => server.stop('SIGKILL'));
  const again = await half(async () => undefined);
  t.log(
    `${ledger.tokens} tokens, ${ledger.phones.size} sessions, ${ledger.refreshTokens.size} refresh tokens, ` +
      `${ledger.revoked.size} revoked, ${ledger.approved.size} approved, ${ledger.pending.size} pending`,
  );
  const used = ledger.refreshTokens.size + ledger.revoked.size;
  t.true(ledger.tokens > 0 && used > 0 && ledger.phones.size > 0 && ledger.pending.size > 0);
  for (const key of keys) t.is((await tokenByKey(target, key)).status, 200);
  for (const phone of ledger.phones) t.is((await phone.open('/account')).url.pathname, '/account');
  for (const token of ledger.refreshTokens) t.is((await refresh(target, token)).status, 200);
  for (const token of ledger.revoked) t.is((await refresh(target, token)).body['error'], 'invalid_grant');
  for (const device of ledger.approved) t.is((await redeem(target, device)).status, 200);
  for (const device of ledger.pending) t.is((await redeem(target, device)).body['error'], 'authorization_pending');
  t.is((await tokenim.run(['audit', 'verify', '--config', config])).code, 0);
  await again.stop();
}
