// Polls of pending device codes by a public client (RFC 8628 §3.5) per CPU-second: this server on SQLite and, where a URL is
// given in REDIS_URL, on Redis, beside a bare oidc-provider. `npm run bench:polls`.
import { interleave, print, startServer, type Target } from './measure.ts';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const seconds = Number(process.env['SECONDS'] ?? 4);
const redis = process.env['REDIS_URL'];
/** So many that each is asked for at its interval or later, or nearly so: the usual case is `authorization_pending`. */
const CODES = '60000';

const servers = [
  { name: 'bare oidc-provider, memory', script: './bare-provider.js', args: [] },
  { name: 'tokenim, SQLite', script: './tokenim-server.js', args: ['sqlite:tokenim.db', CODES] },
  ...(redis ? [{ name: 'tokenim, Redis', script: './tokenim-server.js', args: [redis, CODES] }] : []),
];

const started = await Promise.all(
  servers.map(async ({ name, script, args }) => {
    const { child, ready } = await startServer(new URL(script, import.meta.url), args);
    const { clientId, codes } = ready.device;
    const target: Target = {
      name,
      pid: child.pid ?? 0,
      url: ready.url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      bodies: codes.map((code) =>
        new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          client_id: clientId,
          device_code: code,
        }).toString(),
      ),
      status: 400,
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
