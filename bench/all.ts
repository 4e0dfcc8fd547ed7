// Every benchmark, one after the other, each with an empty Redis of its own where `redis-server` is installed. `npm run bench`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { redisAvailable, startRedis } from '../test/helpers/redis-server.ts';

/** What is told of Redis beside SQLite, and what is told of one storage at a time. */
const COMPARING = ['./token-requests.js', './pending-polls.js'];
const ALONE = ['./waiting-pages.js', './logins.js'];

function run(script: string, redisUrl?: string): void {
  const env = { ...process.env, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  console.log(`\n${script.slice(2, -3)}`);
  spawnSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], { env, stdio: 'inherit' });
}

async function withRedis(script: string): Promise<void> {
  const redis = await startRedis();
  run(script, redis.url);
  await redis.stop();
}

const redis = redisAvailable();
for (const script of COMPARING) await (redis ? withRedis(script) : run(script));
for (const script of ALONE) {
  run(script);
  if (redis) await withRedis(script);
}
