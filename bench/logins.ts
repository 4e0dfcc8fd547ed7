// A storm of sign-ins beside token requests: what hashing does to the token endpoint. 50 sign-ins a second for 20 seconds, wrong
// passwords of unknown people, each from a browser of its own; token requests come at a steady pace before and meanwhile.
// `npm run bench:logins`.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, startServer } from './measure.ts';

const seconds = Number(process.env['SECONDS'] ?? 20);
const loginsPerSecond = Number(process.env['LOGINS'] ?? 50);
const tokensPerSecond = 50;
const storage = process.env['REDIS_URL'] ?? 'sqlite:tokenim.db';

const { child, ready } = await startServer(new URL('./tokenim-server.js', import.meta.url), [storage], {
  pinned: false,
});
const issuer = new URL(ready.url).origin;
const form = await fetch(`${issuer}/account/sign-in`);
const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
const cookie = form.headers
  .getSetCookie()
  .map((line) => line.split(';', 1)[0])
  .join('; ');

interface Answer {
  status: number;
  ms: number;
  retryAfter: string | null;
}

async function timed(request: Promise<Response>): Promise<Answer> {
  const from = performance.now();
  const response = await request;
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - from, retryAfter: response.headers.get('Retry-After') };
}

const token = (): Promise<Answer> =>
  timed(
    fetch(ready.url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${ready.id}:${ready.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'messages:read' }),
    }),
  );

let guess = 0;
const login = (): Promise<Answer> =>
  timed(
    fetch(`${issuer}/account/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: issuer },
      body: new URLSearchParams({ csrf, login: `nobody${guess++}@example.com`, password: 'wrong password' }),
    }),
  );

/** Asks at a steady pace, whether or not answers come. */
async function atPace(perSecond: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const asked: Promise<Answer>[] = [];
  const from = performance.now();
  for (let count = 0; count < perSecond * seconds; count++) {
    await sleep(Math.max(0, from + (count * 1000) / perSecond - performance.now()));
    asked.push(ask());
  }
  return Promise.all(asked);
}

await Promise.all(Array.from({ length: 100 }, token));
const idle = await atPace(tokensPerSecond, token);
const [busy, logins] = await Promise.all([atPace(tokensPerSecond, token), atPace(loginsPerSecond, login)]);

const p99 = (answers: readonly Answer[]): number =>
  quantile(
    answers.map(({ ms }) => ms),
    0.99,
  );
const refused = logins.filter(({ status }) => status === 503);
const other = logins.filter(({ status }) => status !== 503 && status !== 403);
console.log(`Node ${process.version}, ${storage.split(':')[0]}, ${loginsPerSecond} sign-ins a second for ${seconds} s`);
console.log(
  `sign-ins: ${logins.length - refused.length - other.length} hashed, ${refused.length} refused with 503, of them ${
    refused.filter(({ retryAfter }) => retryAfter !== null).length
  } with Retry-After, ${other.length} others`,
);
console.log(
  `token requests: p99 idle ${p99(idle).toFixed(1)} ms, beside the storm ${p99(busy).toFixed(1)} ms: ${(
    p99(busy) / p99(idle)
  ).toFixed(1)} times; failed ${busy.filter(({ status }) => status !== 200).length}`,
);
child.disconnect();
