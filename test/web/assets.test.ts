// Static files: what lies in the folder at the start, and nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { mountAssets } from '../../src/web/assets.ts';
import type { TestHost } from './host.ts';
import { startHost } from './host.ts';

function startWithAssets(t: ExecutionContext): Promise<TestHost> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenim-assets-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'own.css'), 'body{}');
  writeFileSync(join(folder, 'qr-login.js'), 'export {};');
  writeFileSync(join(folder, 'notes.txt'), 'not for visitors');
  return startHost(t, { mountRoutes: (router) => mountAssets(router, folder) });
}

test('an asset comes with its type, a validator and a short life in caches', async (t) => {
  const host = await startWithAssets(t);
  const answer = await host.ask('/assets/own.css');
  t.is(answer.status, 200);
  t.is(answer.text, 'body{}');
  t.is(answer.headers['content-type'], 'text/css; charset=utf-8');
  t.is(answer.headers['cache-control'], 'public, max-age=300');
  t.regex(String(answer.headers.etag), /^"[\w-]{43}"$/);
});

test('an asset that the browser has is not sent again', async (t) => {
  const host = await startWithAssets(t);
  const { headers } = await host.ask('/assets/own.css');
  const again = await host.ask('/assets/own.css', { headers: { 'If-None-Match': headers.etag } });
  t.is(again.status, 304);
  t.is(again.text, '');
});

for (const path of [
  '/assets/',
  '/assets/notes.txt',
  '/assets/../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/package.json',
  '/assets/__proto__',
]) {
  test(`${path} is not found`, async (t) => {
    const host = await startWithAssets(t);
    t.is((await host.ask(path)).status, 404);
  });
}

test('the element for other sites may be loaded by them, other assets may not', async (t) => {
  const host = await startWithAssets(t);
  const element = await host.ask('/qr-login.js');
  t.is(element.headers['cross-origin-resource-policy'], 'cross-origin');
  t.is(element.headers['access-control-allow-origin'], '*');
  t.is((await host.ask('/assets/own.css')).headers['cross-origin-resource-policy'], 'same-origin');
});
