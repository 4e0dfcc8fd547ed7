// Secrets that development makes for itself: once, in `secrets.json` of the data folder, readable by the owner alone.
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { randomToken } from '../lib/random.ts';
import type { Config } from './config.ts';
import { ConfigError } from './problem.ts';
import { MIN_SECRET_LENGTH } from './secrets.ts';

const secret = z.string().min(MIN_SECRET_LENGTH);
const secretsFile = z.object({ pepper: secret, key_encryption_key: secret, cookie_keys: z.tuple([secret], secret) });

/** The same at every start, also of several processes at once. Throws `ConfigError` when the file is damaged. */
export async function developmentSecrets(dataFolder: string, cwd: string): Promise<Config['secrets']> {
  const file = join(dataFolder, 'secrets.json');
  const text = (await read(file)) ?? (await make(file, dataFolder));
  const parsed = secretsFile.safeParse(parseJson(text));
  if (!parsed.success) {
    const message = 'these secrets are damaged; restore the file, or delete the data folder to begin anew';
    throw new ConfigError([{ file: relative(cwd, file), line: 1, column: 1, message }]);
  }
  const { pepper, key_encryption_key, cookie_keys } = parsed.data;
  return { pepper: [pepper], key_encryption_key: [key_encryption_key], cookie_keys };
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A link appears whole or not at all, and only once: whoever comes second takes what the first one made. */
async function make(file: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomToken(9)}`;
  const made = { pepper: randomToken(), key_encryption_key: randomToken(), cookie_keys: [randomToken()] };
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(made, null, 2)}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
