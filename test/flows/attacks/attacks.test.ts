// The list of attacks is complete: each number is declared once in this folder, and so on each storage.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../../src/lib/package-root.ts';
import { ATTACKS } from './attacks.ts';

const folder = join(packageRoot, 'test', 'flows', 'attacks');

/** A test that is skipped or expected to fail is written otherwise, and not found. */
const declared = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^\w+(?:\.alone)?\(\s*(\d+),/gm)])
  .map(([, number]) => Number(number));

test('every attack of the list is tested, once', (t) => {
  const all = Array.from({ length: 42 }, (_, index) => index + 1);
  t.deepEqual(Object.keys(ATTACKS).map(Number), all);
  t.deepEqual(
    declared.toSorted((one, other) => one - other),
    all,
  );
});
