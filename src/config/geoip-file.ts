// Finds the database of places and sees that it is one, without reading all of it: each command loads the configuration, and
// such files have 60 MB. `geo/place.ts` opens it.
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Places } from './places.ts';
import type { Report } from './problem.ts';

/** Stands before the metadata, in the last 128 KiB (MaxMind DB format 2.0, "Database Metadata"). */
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const TAIL = 128 * 1024;
const PATH = ['geoip', 'file'];

/** The absolute path. Reports a file that cannot be read or is no such database. */
export async function geoipFile(
  file: string,
  { cwd, places, report }: { cwd: string; places: Places; report: Report },
): Promise<string> {
  const path = resolve(cwd, dirname(places.value(PATH).file), file);
  try {
    if (!(await tailOf(path)).includes(MARKER)) {
      report(PATH, `the file ${file} is no MaxMind DB (.mmdb), or is not whole`);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    report(PATH, `the file ${file} cannot be read (${code})`);
  }
  return path;
}

async function tailOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
