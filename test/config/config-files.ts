// A folder of configuration files for one test, and what judging it finds.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { loadConfig, readConfig, type LoadOptions } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';

export interface ConfigFiles {
  cwd: string;
  load(options?: LoadOptions): ReturnType<typeof loadConfig>;
  /** `file:line:column: message` of each problem; empty for a valid configuration. */
  problems(options?: LoadOptions): Promise<string[]>;
}

/** Writes the files into a new folder, with `config` as the configuration's folder in it. */
export async function configFiles(t: ExecutionContext, files: Record<string, string>): Promise<ConfigFiles> {
  const cwd = await mkdtemp(join(tmpdir(), 'tokenim-config-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  const complete = (options: LoadOptions = {}): LoadOptions => ({ env: {}, cwd, configPath: 'config', ...options });
  return {
    cwd,
    load: (options) => loadConfig(complete(options)),
    async problems(options) {
      try {
        await readConfig(complete(options));
        return [];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return error.message.split('\n');
      }
    },
  };
}

/** One development configuration: two lines, then the given ones; so `lines` begin at line 3. */
export const development = (t: ExecutionContext, ...lines: string[]): Promise<ConfigFiles> =>
  configFiles(t, { 'config/tokenim.yaml': ['version: 1', 'mode: development', ...lines, ''].join('\n') });

export const PRODUCTION_ENV = {
  PEPPER: 'pepper-pepper-pepper-pepper-pepper-1',
  KEK: 'encryption-encryption-encryption-1',
  COOKIES: 'cookies-cookies-cookies-cookies-1',
};

/** One valid production configuration: four lines, then the given ones; so `lines` begin at line 5. */
export const production = (t: ExecutionContext, ...lines: string[]): Promise<ConfigFiles> =>
  configFiles(t, {
    'config/tokenim.yaml': [
      'version: 1',
      'mode: production',
      'issuer: https://id.example',
      'secrets: { pepper: { env: PEPPER }, key_encryption_key: { env: KEK }, cookie_keys: [{ env: COOKIES }] }',
      ...lines,
      '',
    ].join('\n'),
  });
