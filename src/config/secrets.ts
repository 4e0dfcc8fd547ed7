// Reads the secrets that the configuration names. A secret never becomes part of a problem, only its place does.
// Development makes its own in `development-secrets.ts`.
import { dirname, resolve } from 'node:path';
import { secretHash } from '../lib/hash.ts';
import { readText, Unreadable } from '../lib/read-text.ts';
import type { Config, SecretList } from './config.ts';
import type { Places } from './places.ts';
import type { Path, Report } from './problem.ts';
import type { ConfigInput } from './schema.ts';
import type { ClientSecret, SecretReference } from './sections/secret.ts';

/** Characters that a secret of the server has at least. */
export const MIN_SECRET_LENGTH = 32;

const MOST_BYTES = 64 * 1024;

export type GivenSecrets = Partial<Config['secrets']>;
export type ReadSecret = (reference: SecretReference, path: Path) => Promise<string | undefined>;

export interface SecretReaderDeps {
  env: NodeJS.ProcessEnv;
  cwd: string;
  places: Places;
  report: Report;
  /** Gathers the absolute paths of the files that secrets name, readable or not. */
  named?: Set<string> | undefined;
}

/** Answers the secret without a newline at its end; otherwise reports a problem and answers `undefined`. */
export function createSecretReader({ env, cwd, places, report, named }: SecretReaderDeps): ReadSecret {
  return async (reference, path) => {
    const secret = reference.env === undefined ? await fromFile(reference.file ?? '') : fromEnvironment(reference.env);
    if (secret === '') report(path, 'the secret that this names is empty');
    return secret || undefined;

    function fromEnvironment(name: string): string | undefined {
      const value = env[name];
      if (value === undefined) report(path, `the environment variable ${name} is not set`);
      return value;
    }

    async function fromFile(file: string): Promise<string | undefined> {
      const whole = resolve(cwd, dirname(places.value(path).file), file);
      named?.add(whole);
      try {
        const text = await readText(whole, MOST_BYTES);
        return text.replace(/\r?\n$/, '');
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        report(path, `the file ${file} ${error.message}`);
        return undefined;
      }
    }
  };
}

/** The server's secrets that are written in the configuration; each too short one, or one for two uses, is reported. */
export async function serverSecrets(
  secrets: ConfigInput['secrets'],
  read: ReadSecret,
  report: Report,
): Promise<GivenSecrets> {
  const given: GivenSecrets = {};
  const uses = new Map<string, string>();
  for (const name of ['pepper', 'key_encryption_key', 'cookie_keys'] as const) {
    const values: string[] = [];
    for (const [index, reference] of (secrets[name] ?? []).entries()) {
      const path = ['secrets', name, index];
      const value = await read(reference, path);
      if (value === undefined) continue;
      if (value.length < MIN_SECRET_LENGTH)
        report(path, `the secret that this names has less than ${MIN_SECRET_LENGTH} characters`);
      const use = uses.get(value) ?? name;
      if (use !== name) report(path, `the secret that this names is also in \`${use}\`; each needs one of its own`);
      uses.set(value, use);
      values.push(value);
    }
    const [first, ...others] = values;
    if (first !== undefined) given[name] = [first, ...others] satisfies SecretList;
  }
  return given;
}

/** `sha256:<base64url>` of each secret of a client. */
export async function clientSecretHashes(
  secrets: readonly ClientSecret[],
  path: Path,
  read: ReadSecret,
): Promise<string[]> {
  const hashes: string[] = [];
  for (const [index, { hash, ...reference }] of secrets.entries()) {
    const value = hash ?? (await hashOf(reference, [...path, index], read));
    if (value !== undefined) hashes.push(value);
  }
  return hashes;
}

async function hashOf(reference: SecretReference, path: Path, read: ReadSecret): Promise<string | undefined> {
  const secret = await read(reference, path);
  return secret === undefined ? undefined : secretHash(secret);
}
