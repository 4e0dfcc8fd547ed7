// Finds and reads the files of a configuration: one file, or a folder with `tokenim.yaml` and `conf.d/*.yaml`.
import { lstat, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readText, Unreadable } from '../lib/read-text.ts';
import { createPlaces } from './places.ts';
import { emptyTree, readYaml, type Reading } from './yaml-file.ts';

/** 200 clients take some 100 KiB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Merges all files at `path` (absolute); files are shown relative to `cwd`. What cannot be read is a problem. */
export async function readFiles(path: string, cwd: string): Promise<Reading> {
  const files = await filesOf(path);
  const shown = (file: string): string => relative(cwd, file) || file;
  const start = { file: shown(files[0] ?? path), line: 1, column: 1 };
  const reading: Reading = {
    tree: emptyTree(),
    places: createPlaces(start),
    files: files.map(shown),
    problems: [],
    untaken: [],
    isPartial: false,
  };
  for (const file of files) {
    try {
      readYaml(reading, shown(file), await readText(file, MOST_BYTES));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      reading.isPartial = true;
      reading.problems.push({ file: shown(file), line: 1, column: 1, message: `the configuration ${error.message}` });
    }
  }
  if (reading.problems.length === 0 && Object.keys(reading.tree).length === 0) {
    reading.isPartial = true;
    reading.problems.push({ ...start, message: 'the configuration is empty; it needs at least `version: 1`' });
  }
  return reading;
}

/** The files that belong to a configuration at `path` (absolute), in the order in which they are read. */
export async function filesOf(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  return [join(path, 'tokenim.yaml'), ...(await partsOf(join(path, 'conf.d')))];
}

/**
 * What is there and cannot be listed, such as a link to a mount that is away, may hold protections: its path stands for its files,
 * with a slash, so that reading it fails and tells why.
 */
async function partsOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return lstat(folder).then(
      () => [`${folder}/`],
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [`${folder}/`]),
    );
  }
}
