// Rotation of an API key under load, at two processes: while both secrets are accepted no token request fails, and afterwards each
// with the former secret is refused. Short here; the long form is `npm run test:rotation` (30 s of overlap).
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import type { Target } from '../helpers/http.ts';
import { startProcess } from '../helpers/second-process.ts';
import { onEachStorage } from '../helpers/storages.ts';
import { type Key, tokenByKey } from './mixed-load.ts';

const OVERLAP = Number(process.env['ROTATION_TEST_SECONDS'] ?? 2);
const WORKERS = 6;
/** Before the rotation, and after the overlap. */
const MARGIN_MS = 700;

interface Outcome {
  sentAt: number;
  answeredAt: number;
  /** `200`, or the status and the error. */
  answer: string;
}

/** Asks for tokens, one after the other at each process in turn, until `signal`. */
async function load(targets: readonly Target[], key: Key, signal: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const worker = async (first: number): Promise<void> => {
    for (let turn = first; !signal.aborted; turn++) {
      const sentAt = Date.now();
      const { status, body } = await tokenByKey(targets[turn % targets.length] as Target, key);
      const answer = status === 200 ? '200' : `${status} ${String(body['error'])}`;
      outcomes.push({ sentAt, answeredAt: Date.now(), answer });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, index) => worker(index)));
  return outcomes;
}

const answersOf = (outcomes: readonly Outcome[]): Record<string, number> =>
  outcomes.reduce<Record<string, number>>((all, { answer }) => ({ ...all, [answer]: (all[answer] ?? 0) + 1 }), {});

onEachStorage(({ on, server }) => {
  test.serial(on('no request fails while both secrets are accepted, each with the former one after'), async (t) => {
    t.timeout((OVERLAP + 60) * 1000);
    const other = await startProcess(server());
    t.teardown(other.end);
    const targets = [server(), other.target];
    const ending = new AbortController();

    const { key } = await createKey(server(), ['messages:read']);
    const withFormer = load(targets, key, ending.signal);
    await sleep(MARGIN_MS);
    const rotated = await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: OVERLAP });
    const withNew = load(targets, rotated, ending.signal);
    const record = await server().server.domain.keys.lifecycle.find(key.client_id);
    const endsAt = record?.secrets[1]?.expiresAt ?? 0;
    await sleep(endsAt - Date.now() + MARGIN_MS);
    ending.abort();

    const [former, now] = await Promise.all([withFormer, withNew]);
    const during = former.filter(({ answeredAt }) => answeredAt < endsAt);
    const after = former.filter(({ sentAt }) => sentAt >= endsAt);
    t.log(`former secret: ${during.length} requests before its end, ${after.length} after; new one: ${now.length}`);
    t.deepEqual(answersOf(during), { '200': during.length });
    t.deepEqual(answersOf(after), { '401 invalid_client': after.length });
    t.deepEqual(answersOf(now), { '200': now.length });
    t.true(during.length > 0 && after.length > 0 && now.length > 0);
  });
});
