// The element for other sites, as a file: small, complete in three languages, and without what strict policies forbid. In a
// browser: flows/qr-login-element.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { packageRoot } from '../../src/lib/package-root.ts';
import { LOCALES } from '../../src/web/i18n.ts';

const LIMIT_BYTES = 8 * 1024;
const file = readFileSync(join(packageRoot, 'views', 'assets', 'qr-login.js'), 'utf8');

test('the element is smaller than 8 KB, compressed', (t) => {
  t.true(gzipSync(file).length < LIMIT_BYTES, `${gzipSync(file).length} bytes`);
});

test('it loads nothing else and makes neither code, markup nor style attributes from strings', (t) => {
  t.notRegex(file, /\bimport\b|\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.write|'style'/);
});

test('each language has all texts', (t) => {
  const keysOf = (locale: string) => {
    const block = new RegExp(`^    '?${locale}'?: \\{$([^}]*)`, 'm').exec(file)?.[1] ?? '';
    return [...block.matchAll(/^ {6}(\w+): './gm)].map(([, key]) => key);
  };
  t.true(keysOf('en').length > 10);
  for (const locale of LOCALES) t.deepEqual(keysOf(locale), keysOf('en'), locale);
});
