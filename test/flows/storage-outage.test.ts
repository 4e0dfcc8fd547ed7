// While the store is away requests are refused as temporary, not with errors; service comes back by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { startAuthServer } from '../helpers/auth-server.ts';
import { createKey } from '../helpers/api-key.ts';
import { signedInPhone } from '../helpers/device.ts';
import { ask, basic, post, type Reply } from '../helpers/http.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { skipRedis } from '../helpers/storages.ts';

const GRANT = { grant_type: 'client_credentials', scope: 'messages:read' };
const PATIENCE_MS = 15_000;

async function until(request: () => Promise<Reply>, status: number): Promise<Reply> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const reply = await request();
    if (reply.status === status || Date.now() > deadline) return reply;
    await sleep(200);
  }
}

if (redisAvailable()) {
  test('redis: while it is away tokens and readiness are 503, pages say so, and all recovers', async (t) => {
    // Append-only, so that what was acknowledged is there after the restart.
    const redis = await startRedis(t, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const server = await startAuthServer(t, { storage: redis.url });
    const { key } = await createKey(server, ['messages:read']);
    const token = () => post(server, 'token', GRANT, basic(key.client_id, key.client_secret));
    t.is((await token()).status, 200);
    const phone = await signedInPhone(server, await server.createPerson());

    await redis.kill();
    const refused = await until(token, 503);
    t.is(refused.status, 503);
    t.is(refused.body['error'], 'temporarily_unavailable');
    t.true(Number(refused.headers.get('Retry-After')) > 0);
    t.is((await ask(server, '/readyz')).status, 503);
    t.is((await ask(server, '/healthz')).status, 200);
    const page = await phone.open('/account');
    t.is(page.status, 503);
    t.regex(page.headers.get('Content-Type') ?? '', /^text\/html/);

    await redis.restart();
    t.is((await until(() => ask(server, '/readyz'), 200)).status, 200);
    t.is((await until(token, 200)).status, 200);
  });
} else {
  skipRedis();
}
