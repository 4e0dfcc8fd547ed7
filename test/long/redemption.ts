// The long form of contract §3, run by `npm run test:redemption`: 20 rounds for each bearer and store, 200 attempts each,
// staggered over 200 ms, at two server processes. Prints a line for each; exits 1 when one is wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { areAlive, BEARERS, type Redeem } from '../helpers/bearer.ts';
import type { Reply, Target } from '../helpers/http.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { startProcess } from '../helpers/second-process.ts';

const ROUNDS = 20;
const ATTEMPTS = 200;
const STAGGER_MS = 200;

type Bearer = keyof typeof BEARERS;

async function race(redeem: Redeem, targets: readonly [Target, Target]): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: ATTEMPTS }, async (_, count) => {
      await sleep((count * STAGGER_MS) / ATTEMPTS);
      return redeem(targets[count % 2 === 0 ? 0 : 1]);
    }),
  );
}

/** What is wrong with a round, or `undefined`. */
async function judge(replies: readonly Reply[], at: Target, clientId: string): Promise<string | undefined> {
  const winners = replies.filter(({ status }) => status === 200);
  const [winner] = winners;
  if (!winner || winners.length > 1) return `${winners.length} redemptions succeeded`;
  const strange = replies.find((reply) => reply !== winner && reply.body['error'] !== 'invalid_grant');
  if (strange) return `a loser got ${strange.status} ${String(strange.body['error'])}`;
  const { access, refresh } = await areAlive(at, winner, clientId);
  if (!access) return 'the access token of the winner is dead';
  return refresh ? undefined : 'the refresh token of the winner is dead';
}

async function tryBearer(server: AuthServer, targets: readonly [Target, Target], bearer: Bearer): Promise<number> {
  const { make, clientId } = BEARERS[bearer];
  let failures = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const problem = await judge(await race(await make(server), targets), targets[0], clientId);
    if (problem === undefined) continue;
    failures++;
    console.error(`  round ${round}: ${problem}`);
  }
  return failures;
}

async function tryStorage(name: string, storage: string | undefined): Promise<number> {
  const server = await startAuthServer(undefined, storage === undefined ? {} : { storage });
  const [first, second] = await Promise.all([startProcess(server), startProcess(server)]);
  let failures = 0;
  for (const bearer of Object.keys(BEARERS) as Bearer[]) {
    const failed = await tryBearer(server, [first.target, second.target], bearer);
    console.log(`${name}, ${bearer}: ${ROUNDS - failed} of ${ROUNDS} rounds right`);
    failures += failed;
  }
  for (const each of [first, second]) await each.end();
  await server.stop();
  return failures;
}

let failures = await tryStorage('sqlite', undefined);
if (redisAvailable()) {
  const redis = await startRedis();
  failures += await tryStorage('redis', redis.url);
  await redis.stop();
} else {
  console.log('redis: skipped, redis-server is not on PATH');
}
process.exitCode = failures === 0 ? 0 : 1;
