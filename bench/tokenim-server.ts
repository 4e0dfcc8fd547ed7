// This server as it runs in production, but for its log level, with one API key. Argument: a storage URL.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../src/compose/server.ts';
import { loadConfig } from '../src/config/load.ts';
import { createLogger } from '../src/ops/logger.ts';
import { listen } from '../src/ops/listen.ts';

const port = await freePort();
const config = await loadConfig({
  env: {
    PORT: String(port),
    TOKENIM_DATA: mkdtempSync(join(tmpdir(), 'tokenim-bench-')),
    TOKENIM_STORAGE: process.argv[2] ?? 'sqlite:tokenim.db',
  },
});
const server = await compose(config, { log: createLogger({ level: 'error' }) });
await listen(server.app, config);
const owner = await server.domain.directory.createServiceAccount({ username: `bench${port}`, roles: ['member'] });
const key = await server.domain.keys.issuer.create({ ownerId: owner.id, name: 'bench' });
process.send?.({ url: `${config.issuer}/oauth/token`, id: key.client_id, secret: key.client_secret });
process.on('disconnect', () => process.exit(0));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
