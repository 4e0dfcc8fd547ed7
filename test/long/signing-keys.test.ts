// Signing keys rotate under load: two server processes issue tokens, and verifiers who keep the key set for exactly as long as its
// header says, and never fetch it for an unknown key, accept each one to its end. Short here; the long form is `npm run test:jwks`.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { isDomainError } from '../../src/lib/errors.ts';
import { SIGNING_ALGORITHMS } from '../../src/oidc/keys.ts';
import { type AuthServer, OPERATOR, startAuthServer } from '../helpers/auth-server.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { ask, basic, post, type Target } from '../helpers/http.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { startProcess } from '../helpers/second-process.ts';
import { skipRedis } from '../helpers/storages.ts';

const SECONDS = Number(process.env['JWKS_TEST_SECONDS'] ?? 10);
const TOKEN_SECONDS = 3;
const CONFIG = {
  signing_keys: { cache: '1s', publish_before: '3s' },
  lifetimes: { access_token: `${TOKEN_SECONDS}s`, id_token: `${TOKEN_SECONDS}s` },
};
const VERIFIERS = 3;
const WORKERS = 4;
const CLIENT_CREDENTIALS = { grant_type: 'client_credentials', scope: 'messages:read' };

type Verifier = ReturnType<typeof createRemoteJWKSet>;

async function createVerifier(target: Target): Promise<Verifier> {
  const path = '/.well-known/jwks.json';
  const { headers } = await ask(target, path);
  const maxAge = Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]);
  return createRemoteJWKSet(new URL(path, target.issuer), {
    cacheMaxAge: maxAge * 1000,
    cooldownDuration: Infinity,
    [customFetch]: async () => new Response((await ask(target, path)).text, { status: 200 }),
  });
}

interface Tally {
  tokens: number;
  verified: number;
  rotations: number;
  kids: Set<unknown>;
  failures: string[];
}

const endOf = (token: string): number => (decodeJwt(token).exp ?? 0) * 1000;

/** Verifies a new token at once, and again just before it ends. */
async function work(targets: readonly Target[], verifiers: readonly Verifier[], tally: Tally, signal: AbortSignal) {
  const late: Promise<void>[] = [];
  const verify = async (token: string, when: string) => {
    for (const keys of verifiers) {
      const currentDate = new Date();
      // A busy machine may come too late: what has expired is nobody's concern.
      if (currentDate.getTime() >= endOf(token)) return;
      try {
        await jwtVerify(token, keys, { typ: 'at+jwt', currentDate });
        tally.verified++;
      } catch (error) {
        tally.failures.push(`${when}: ${String(error)}`);
      }
    }
  };
  for (let turn = 0; !signal.aborted; turn++) {
    const target = targets[turn % targets.length] ?? targets[0];
    if (!target) return;
    const { status, body } = await post(target, 'token', CLIENT_CREDENTIALS, basic('reports', SECRETS.reports));
    const token = String(body['access_token']);
    if (status !== 200) tally.failures.push(`no token: ${status}`);
    else {
      tally.tokens++;
      tally.kids.add(decodeProtectedHeader(token).kid);
      await verify(token, 'new');
      late.push(sleep(Math.max(0, endOf(token) - Date.now() - 500)).then(() => verify(token, 'late')));
    }
    await sleep(10);
  }
  await Promise.all(late);
}

/** One rotation after the other. */
async function rotate({ administration }: AuthServer, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await administration.rotateSigningKeys(OPERATOR, SIGNING_ALGORITHMS, { atOnce: false });
      tally.rotations++;
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error;
    }
    await sleep(200);
  }
}

async function rotateUnderLoad(t: ExecutionContext, storage?: string): Promise<void> {
  t.timeout((SECONDS + 60) * 1000);
  const server = await startAuthServer(t, { config: CONFIG, ...(storage !== undefined && { storage }) });
  const processes = await Promise.all([startProcess(server), startProcess(server)]);
  t.teardown(async () => void (await Promise.all(processes.map((each) => each.end()))));
  const targets = processes.map(({ target }) => target);
  const verifiers = await Promise.all(
    Array.from({ length: VERIFIERS }, async (_, index) => {
      await sleep(index * 300);
      return createVerifier(targets[index % 2] ?? server);
    }),
  );
  const tally: Tally = { tokens: 0, verified: 0, rotations: 0, kids: new Set(), failures: [] };
  const end = new AbortController();
  const load = Array.from({ length: WORKERS }, () => work(targets, verifiers, tally, end.signal));
  const turning = rotate(server, tally, end.signal);
  await sleep(SECONDS * 1000);
  end.abort();
  await Promise.all([...load, turning]);
  t.log(
    `${tally.tokens} tokens of ${tally.kids.size} keys, ${tally.verified} verifications, ${tally.rotations} rotations`,
  );
  t.deepEqual(tally.failures.slice(0, 5), []);
  t.true(tally.kids.size >= 2 && tally.rotations >= 2, 'keys were promoted and retired');
}

test.serial('sqlite: no verification fails while keys rotate under load', (t) => rotateUnderLoad(t));

if (redisAvailable()) {
  test.serial('redis: no verification fails while keys rotate under load', async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await rotateUnderLoad(t, redis.url);
  });
} else skipRedis();
