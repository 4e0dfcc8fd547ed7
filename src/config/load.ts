// Loads the configuration: files → overrides → shape (`schema.ts`) → rules (`validate.ts`) → values (`resolve.ts`).
// The only reader of the process environment. Throws `ConfigError` with every problem at once.
import { join, resolve } from 'node:path';
import { packageRoot } from '../lib/package-root.ts';
import type { Config } from './config.ts';
import { developmentSecrets } from './development-secrets.ts';
import { readFiles } from './files.ts';
import { refuseProblems, type Report } from './problem.ts';
import type { Places } from './places.ts';
import { resolveConfig, type ConfigDraft } from './resolve.ts';
import type { ConfigInput } from './schema.ts';
import { createSecretReader } from './secrets.ts';
import { judgeShape } from './shape.ts';
import { validate } from './validate.ts';
import type { Reading } from './yaml-file.ts';

export interface LoadOptions {
  /** Default: the environment of the process. */
  env?: NodeJS.ProcessEnv;
  /** What relative paths start from and shown paths are relative to; default: the working directory. */
  cwd?: string;
  /** File or folder; before TOKENIM_CONFIG, before the `config` folder of the package. */
  configPath?: string;
  port?: number;
  host?: string;
  issuer?: string;
  /** Gathers the absolute paths of the files that secrets name, readable or not: `watch.ts` looks at them. */
  secretFiles?: Set<string>;
}

/** The configuration, whole. In development the first load makes the secrets that it does not name. */
export async function loadConfig(options: LoadOptions = {}): Promise<Config> {
  const { cwd = process.cwd() } = options;
  const draft = await readConfig(options);
  const { pepper, key_encryption_key, cookie_keys } = draft.secrets;
  if (pepper && key_encryption_key && cookie_keys)
    return { ...draft, secrets: { pepper, key_encryption_key, cookie_keys } };
  const made = await developmentSecrets(draft.dataFolder, cwd);
  return { ...draft, secrets: { ...made, ...draft.secrets } };
}

/** The same judgement, writing nothing: the secrets of development may be missing. */
export const readConfig = async (options: LoadOptions = {}): Promise<ConfigDraft> => (await readWritten(options)).draft;

/** What was written, with defaults, beside what it resolves to. */
export async function readWritten(
  options: LoadOptions = {},
): Promise<{ input: ConfigInput; draft: ConfigDraft; places: Places }> {
  const { env = process.env, cwd = process.cwd() } = options;
  const reading = await readFiles(configPathOf(options), cwd);
  const { places, files, problems } = reading;
  if (reading.isPartial) refuseProblems(problems);
  override(reading, env, options);

  const report: Report = (at, message) => void problems.push({ ...places.value(at), message });
  const input = judgeShape(reading);
  if (input) validate(input, reading, report);
  const readSecret = createSecretReader({ env, cwd, places, report, named: options.secretFiles });
  const draft = input && (await resolveConfig(input, { cwd, places, files, report, readSecret }));
  refuseProblems(problems);
  if (!input || !draft) throw new Error('a configuration of wrong shape had no problem');
  return { input, draft, places };
}

/** The file or folder that is read, absolute. */
export const configPathOf = ({ env = process.env, cwd = process.cwd(), configPath }: LoadOptions): string =>
  resolve(cwd, configPath ?? (env['TOKENIM_CONFIG'] || join(packageRoot, 'config')));

/** An argument goes before the environment, which goes before the files. */
function override({ tree, places }: Reading, env: NodeJS.ProcessEnv, options: LoadOptions): void {
  const port = env['PORT'];
  const overrides = [
    ['port', '$PORT', port && /^[0-9]+$/.test(port) ? Number(port) : port],
    ['host', '$HOST', env['HOST']],
    ['data', '$TOKENIM_DATA', env['TOKENIM_DATA']],
    ['storage', '$TOKENIM_STORAGE', env['TOKENIM_STORAGE']],
    ['port', '--port', options.port],
    ['host', '--host', options.host],
    ['issuer', '--issuer', options.issuer],
  ] as const;
  for (const [key, file, value] of overrides) {
    if (value === undefined || value === '') continue;
    const place = { file, line: 1, column: 1 };
    tree[key] = value;
    places.set([key], { key: place, value: place });
  }
}
