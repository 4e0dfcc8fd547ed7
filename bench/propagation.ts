// How long another process still accepts what was taken back at one: the time from the beginning of a revocation, a change of
// roles and a reload to the first refusal, at the token endpoint and by introspection. Ends with 1 when one takes a second.
import { startAuthServer } from '../test/helpers/auth-server.ts';
import { ACTS, restoreFiles, timesUntilSeen } from '../test/helpers/propagation.ts';
import { redisAvailable, startRedis } from '../test/helpers/redis-server.ts';
import { startProcess } from '../test/helpers/second-process.ts';

const ROUNDS = 20;
const LIMIT_MS = 1000;

async function measure(name: string, storage?: string): Promise<number> {
  const server = await startAuthServer(undefined, storage === undefined ? {} : { storage });
  await server.server.reload.start();
  const other = await startProcess(server);
  let slowest = 0;
  for (const [what, prepare] of Object.entries(ACTS)) {
    const rounds: Record<string, number>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await timesUntilSeen(prepare, server, other.target));
      await restoreFiles(server);
    }
    for (const way of Object.keys(rounds[0] ?? {})) {
      const times = rounds.map((round) => round[way] ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
      slowest = Math.max(slowest, ...times);
      const [median = 0, longest = 0] = [times[ROUNDS >> 1], times.at(-1)];
      console.log(`${name}: ${what}, ${way}: median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`);
    }
  }
  await other.end();
  await server.stop();
  return slowest;
}

const slowest = [await measure('sqlite')];
if (redisAvailable()) {
  const redis = await startRedis();
  slowest.push(await measure('redis', redis.url));
  await redis.stop();
} else {
  console.log('redis: skipped, redis-server is not on PATH');
}
process.exitCode = Math.max(...slowest) < LIMIT_MS ? 0 : 1;
