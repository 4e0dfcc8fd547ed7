// A whole authorization server on a free port of the loopback interface, composed as `tokenim serve` does, gone with the
// test. Its configuration is tokenim.yaml beside this file; stores are chosen by `storages.ts`.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Administration, createAdministration } from '../../src/compose/administration.ts';
import { compose, type Server } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig, type LoadOptions } from '../../src/config/load.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { listen } from '../../src/ops/listen.ts';
import { createLogger } from '../../src/ops/logger.ts';

export interface AuthServer {
  issuer: string;
  /** Where this process listens; with `beside` not the issuer. */
  origin: string;
  server: Server;
  administration: Administration;
  /** Everything written to the log so far. */
  logged(): string;
  /** Where its configuration is read from; a reload reads it again. */
  files: LoadOptions;
  /** Changes its tokenim.yaml; a reload takes it. */
  edit(change: (text: string) => string): Promise<void>;
  /** A person who can sign in. */
  createPerson(person?: { roles?: readonly string[]; email?: string }): Promise<TestPerson>;
  stop(): Promise<void>;
}

export interface TestPerson {
  id: string;
  email: string;
  password: string;
}

export interface AuthServerOptions {
  /** Storage URL; default: an SQLite file of its own. */
  storage?: string;
  /** Sections beside those of tokenim.yaml. */
  config?: Record<string, unknown>;
  /** The other process of the same installation, whose configuration is taken as it is. */
  beside?: AuthServer;
  /** Of this process, where it differs. oidc-provider keeps its own. */
  clock?: Clock;
}

export const OPERATOR = { actor: 'operator' } as const;
export const PASSWORD = 'correct horse battery staple';

/** All tests of a file come from one address. */
const ROOMY_LIMITS = {
  sign_in: { per_address: 10_000 },
  account_mail: { per_address: 10_000 },
  user_code: { per_address: 10_000 },
  scan: { per_account: 10_000, per_address: 10_000 },
  device_authorization: { per_address: 10_000, per_client: 10_000, total: 100_000 },
  event_streams: { per_address: 10_000 },
};

interface Teardown {
  teardown(work: () => Promise<void>): void;
}

/** Without `t` the caller must call `stop`. */
export async function startAuthServer(t: Teardown | undefined, options: AuthServerOptions = {}): Promise<AuthServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-flow-'));
  const composed: { answer?: RequestListener } = {};
  // The issuer names the port, so the port comes first.
  const app = { callback: (): RequestListener => (req, res) => composed.answer?.(req, res) };
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  const files = options.beside?.files ?? (await writeConfig(folder, listener.port, options));
  const load = (): Promise<Config> => loadConfig(files);
  const config = options.beside?.server.config.files() ?? (await load());
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const server = await compose(config, { log, load, ...(options.clock && { clock: options.clock }) });
  composed.answer = server.app.callback();

  const stop = async (): Promise<void> => {
    server.leave();
    await listener.close(1000);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  t?.teardown(stop);
  const administration = createAdministration(server.domain);
  return {
    issuer: config.issuer,
    origin: `http://127.0.0.1:${listener.port}`,
    server,
    administration,
    logged: () => lines.join(''),
    files,
    edit: options.beside?.edit ?? ((change) => editFile(join(folder, 'tokenim.yaml'), change)),
    createPerson: (person) => createPerson(administration, person),
    stop,
  };
}

async function editFile(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** Answers where to read what it wrote. */
async function writeConfig(folder: string, port: number, { storage, config }: AuthServerOptions): Promise<LoadOptions> {
  await copyFile(join(packageRoot, 'test', 'helpers', 'tokenim.yaml'), join(folder, 'tokenim.yaml'));
  // JSON is YAML.
  await mkdir(join(folder, 'conf.d'));
  const own = { ...config, limits: { ...ROOMY_LIMITS, ...(config?.['limits'] as object | undefined) } };
  await writeFile(join(folder, 'conf.d', 'own.yaml'), JSON.stringify(own));
  const env = { TOKENIM_DATA: folder, ...(storage !== undefined && { TOKENIM_STORAGE: storage }) };
  return { env, cwd: folder, configPath: folder, port };
}

async function createPerson(
  administration: Administration,
  { roles = [], email = `${randomUUID()}@example.com` }: { roles?: readonly string[]; email?: string } = {},
): Promise<TestPerson> {
  const account = await administration.createPerson(OPERATOR, { email, password: PASSWORD, roles, active: true });
  return { id: account.id, email, password: PASSWORD };
}
