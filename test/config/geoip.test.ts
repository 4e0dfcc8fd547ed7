// The database of places: found beside the file that names it, and a problem of the configuration when it is none.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { writeMmdb } from '../helpers/mmdb.ts';
import { development } from './config-files.ts';

test('the file is relative to the file that names it', async (t) => {
  const files = await development(t, 'geoip: { file: ../places.mmdb }');
  await copyFile(await writeMmdb(), join(files.cwd, 'places.mmdb'));
  t.is((await files.load()).geoip?.file, join(files.cwd, 'places.mmdb'));
});

test('without the section there is none', async (t) => {
  t.is((await (await development(t)).load()).geoip, undefined);
});

test('a missing file, a folder and a file of another sort are problems with their place', async (t) => {
  const files = await development(t, 'geoip: { file: places.mmdb }');
  t.deepEqual(await files.problems(), ['config/tokenim.yaml:3:16: the file places.mmdb cannot be read (ENOENT)']);
  await writeFile(join(files.cwd, 'config', 'places.mmdb'), 'name,city\n');
  t.deepEqual(await files.problems(), [
    'config/tokenim.yaml:3:16: the file places.mmdb is no MaxMind DB (.mmdb), or is not whole',
  ]);
  await writeFile(join(files.cwd, 'config', 'places.mmdb'), '');
  t.is((await files.problems()).length, 1);
  const folder = await development(t, 'geoip: { file: . }');
  t.deepEqual(await folder.problems(), ['config/tokenim.yaml:3:16: the file . cannot be read (EISDIR)']);
});
