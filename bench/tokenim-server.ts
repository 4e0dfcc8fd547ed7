// This server as it runs in production, but for its log level and its limits, with one API key and pending device codes.
// Arguments: a storage URL, how many codes.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../src/compose/server.ts';
import { loadConfig } from '../src/config/load.ts';
import { randomToken } from '../src/lib/random.ts';
import { createLogger } from '../src/ops/logger.ts';
import { listen } from '../src/ops/listen.ts';

const CLIENT = 'tokenim-cli';
const UNLIMITED = 1_000_000;

const [storage = 'sqlite:tokenim.db', codeCount = '1'] = process.argv.slice(2);
const port = await freePort();
const loaded = await loadConfig({
  env: {
    PORT: String(port),
    TOKENIM_DATA: mkdtempSync(join(tmpdir(), 'tokenim-bench-')),
    TOKENIM_STORAGE: storage,
  },
});
const everything = { per_address: UNLIMITED, per_client: UNLIMITED, per_account: UNLIMITED, total: UNLIMITED };
const config = {
  ...loaded,
  limits: {
    sign_in: everything,
    second_factor: everything,
    account_mail: { ...everything, per_recipient: UNLIMITED },
    notices: { per_subject: UNLIMITED, per_author: UNLIMITED },
    authorization: everything,
    user_code: everything,
    scan: everything,
    device_authorization: everything,
    event_streams: everything,
    client_registration: everything,
    leaked_key: everything,
  },
};
const server = await compose(config, { log: createLogger({ level: 'error' }) });
await listen(server.app, config);
const { directory, keys } = server.domain;
const owner = await directory.createServiceAccount({ username: `bench${port}`, roles: ['member'] });
const key = await keys.issuer.create({ ownerId: owner.id, name: 'bench' });
const codes: string[] = [];
while (codes.length < Number(codeCount)) codes.push(...(await Promise.all(Array.from({ length: 200 }, pendingCode))));
process.send?.({
  url: `${config.issuer}/oauth/token`,
  id: key.client_id,
  secret: key.client_secret,
  device: {
    clientId: CLIENT,
    codes,
    events: codes.map(
      (code) => `${config.issuer}/qr/events/${server.authorization.deviceFlow.passFor('events', code)}`,
    ),
  },
});
const person = await directory.createPerson({ email: `bench${port}@example.com`, active: true });
process.on('message', (word) => {
  if (word === 'memory') answerMemory();
  else void approve((word as { approve: string }).approve);
});
process.on('disconnect', () => process.exit(0));

async function pendingCode(): Promise<string> {
  const { deviceCode } = await server.authorization.deviceFlow.start({
    clientId: CLIENT,
    scope: 'openid profile',
    nonce: randomToken(),
    device: { address: '192.0.2.7', userAgent: 'bench' },
    takesDigits: false,
    expiresIn: 3600,
  });
  return deviceCode;
}

/** As the phone's confirmation does it. */
async function approve(deviceCode: string): Promise<void> {
  const { authorizations, byDeviceCode } = server.authorization.deviceFlow;
  const found = await byDeviceCode(deviceCode);
  if (!found) throw new Error('the code is gone');
  const approver = { accountId: person.id, authTime: Math.floor(Date.now() / 1000), amr: ['pwd'], roles: ['member'] };
  await authorizations.approve(found, approver, () => ({ state: 'approved', accountId: person.id }));
}

/** What is held, after garbage has been collected where `--expose-gc` allows it. */
function answerMemory(): void {
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
