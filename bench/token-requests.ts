// Client credentials tokens (RFC 9068, ES256) per CPU-second: API keys of this server on SQLite and, where a URL is given in
// REDIS_URL, on Redis, beside a bare oidc-provider. `npm run bench:tokens`.
import { interleave, print, startServer, type Target } from './measure.ts';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const seconds = Number(process.env['SECONDS'] ?? 4);
const redis = process.env['REDIS_URL'];

const servers = [
  { name: 'bare oidc-provider, memory', script: './bare-provider.js', args: [] },
  { name: 'tokenim, SQLite', script: './tokenim-server.js', args: ['sqlite:tokenim.db'] },
  ...(redis ? [{ name: 'tokenim, Redis', script: './tokenim-server.js', args: [redis] }] : []),
];

const started = await Promise.all(
  servers.map(async ({ name, script, args }) => {
    const { child, ready } = await startServer(new URL(script, import.meta.url), args);
    const basic = Buffer.from(`${ready.id}:${ready.secret}`).toString('base64');
    const target: Target = {
      name,
      pid: child.pid ?? 0,
      url: ready.url,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      bodies: ['grant_type=client_credentials&scope=messages:read'],
      status: 200,
    };
    return { child, target };
  }),
);

const results = await interleave(
  started.map(({ target }) => target),
  { rounds, seconds, connections: 32 },
);
console.log(`Node ${process.version}, ${rounds} rounds of ${seconds} s`);
print(results);
for (const { child } of started) child.disconnect();
