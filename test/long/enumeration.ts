// How long answers take for addresses with and without an account: medians and the Kolmogorov-Smirnov distance, with what
// chance alone gives between two halves of the unknown. For reading, not for passing: `npm run test:enumeration`.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PASSWORD, startAuthServer } from '../helpers/auth-server.ts';
import type { TimedPost } from './timed-posts.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 150);
const UNLIMITED = 1_000_000;
const everything = { per_recipient: UNLIMITED, per_address: UNLIMITED, total: UNLIMITED };

const server = await startAuthServer(undefined, {
  config: {
    limits: { sign_in: { per_account: UNLIMITED, per_address: UNLIMITED, total: UNLIMITED }, account_mail: everything },
  },
});
const reader = fork(new URL('timed-posts.js', import.meta.url), [server.issuer]);

const questions: Readonly<Record<string, { path: string; fields(email: string): Record<string, string> }>> = {
  'sign-in': { path: '/account/sign-in', fields: (login) => ({ login, password: 'wrong password' }) },
  register: { path: '/account/register', fields: (email) => ({ email, password: PASSWORD }) },
  reset: { path: '/account/reset', fields: (email) => ({ email }) },
  resend: { path: '/account/activate/resend', fields: (email) => ({ email }) },
};

console.log(`${ROUNDS} requests each, in turns; milliseconds\n`);
for (const [name, { path, fields }] of Object.entries(questions)) {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let round = -5; round < ROUNDS; round++) {
    // The order alternates, so that a trend of the machine favours neither.
    const order = round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
    for (const kind of order) {
      // Both begin alike: what was done a moment ago changes how fast a machine is.
      const { email: account } = await server.createPerson();
      const email = kind === 'known' ? account : `${randomUUID()}@example.com`;
      await pause();
      const milliseconds = await timed({ path, fields: fields(email) });
      if (round >= 0) times[kind].push(milliseconds);
      await pause();
    }
  }
  const halves = [0, 1].map((half) => times.unknown.filter((_, place) => place % 2 === half));
  console.log(
    `${name.padEnd(9)} median known ${median(times.known).toFixed(2)}, unknown ${median(times.unknown).toFixed(2)}; ` +
      `KS ${distance(times.known, times.unknown).toFixed(3)} (5 % of equal samples exceed ${(1.36 * Math.sqrt(2 / ROUNDS)).toFixed(3)}; ` +
      `halves of the unknown ${distance(halves[0] ?? [], halves[1] ?? []).toFixed(3)})`,
  );
}
reader.kill();
await server.stop();

async function timed(post: TimedPost): Promise<number> {
  reader.send(post);
  const [milliseconds] = (await once(reader, 'message')) as [number];
  return milliseconds;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 15));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The greatest distance between the two distribution functions. */
function distance(a: readonly number[], b: readonly number[]): number {
  const share = (values: readonly number[], limit: number): number =>
    values.filter((value) => value <= limit).length / values.length;
  return Math.max(...[...a, ...b].map((limit) => Math.abs(share(a, limit) - share(b, limit))));
}
