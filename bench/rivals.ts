// This server on SQLite and, where a URL is given in REDIS_URL, on Redis, beside a bare oidc-provider: the same requests to
// each, in turns. ROUNDS and SECONDS say how long.
import { interleave, print, type Ready, startServer, type Target } from './measure.ts';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const seconds = Number(process.env['SECONDS'] ?? 4);
const redis = process.env['REDIS_URL'];

/** Asks all of them and prints the rates; `codes` is how many device codes wait at each. */
export async function compareRivals(
  requests: (ready: Ready) => Pick<Target, 'headers' | 'bodies' | 'status'>,
  codes = 1,
): Promise<void> {
  const started = [
    await start('bare oidc-provider, memory', './bare-provider.js', []),
    await start('tokenim, SQLite', './tokenim-server.js', ['sqlite:tokenim.db', String(codes)]),
    ...(redis ? [await start('tokenim, Redis', './tokenim-server.js', [redis, String(codes)])] : []),
  ];

  async function start(name: string, script: string, args: string[]) {
    const { child, ready } = await startServer(new URL(script, import.meta.url), args);
    return { child, target: { name, pid: child.pid ?? 0, url: ready.url, ...requests(ready) } };
  }

  const targets = started.map(({ target }) => target);
  const results = await interleave(targets, { rounds, seconds, connections: 32 });
  console.log(`Node ${process.version}, ${rounds} rounds of ${seconds} s`);
  print(results);
  for (const { child } of started) child.disconnect();
}
