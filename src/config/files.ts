// Finds and reads the files of a configuration: one file, or a folder with `tokenim.yaml` and `conf.d/*.yaml`.
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createPlaces } from './places.ts';
import { emptyTree, readYaml, type Reading } from './yaml-file.ts';

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
    isPartial: false,
  };
  for (const file of files) {
    try {
      readYaml(reading, shown(file), await readFile(file, 'utf8'));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      reading.isPartial = true;
      reading.problems.push({
        file: shown(file),
        line: 1,
        column: 1,
        message: `the configuration cannot be read (${code})`,
      });
    }
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
