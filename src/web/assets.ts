// Stylesheets, scripts and images of `views/assets`, served from memory: what was not there at the start does not exist,
// so no path leads out of the folder. `/qr-login.js` is the one that other sites load.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError } from '../lib/errors.ts';
import { packageRoot } from '../lib/package-root.ts';
import { allowEmbedding } from './middleware/security-headers.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};
const EMBEDDED = 'qr-login.js';

interface Asset {
  body: Buffer;
  type: string;
  /** Strong validator (RFC 9110 §8.8.3): a digest of the content. */
  etag: string;
}

export function mountAssets(router: Router, folder = join(packageRoot, 'views', 'assets')): void {
  const assets = readAssets(folder);
  router.get('/assets/:name', (ctx: Context) => serve(ctx, assets.get(String(ctx['params'].name))));
  router.get(`/${EMBEDDED}`, (ctx: Context) => {
    allowEmbedding(ctx);
    ctx.set('Access-Control-Allow-Origin', '*');
    serve(ctx, assets.get(EMBEDDED));
  });
}

function serve(ctx: Context, asset: Asset | undefined): void {
  if (asset === undefined) throw new DomainError('not_found', 'not_found');
  ctx.set({ 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=300', ETag: asset.etag });
  ctx.status = 200;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = asset.body;
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = MEDIA_TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    assets.set(name, { body, type, etag: `"${createHash('sha256').update(body).digest('base64url')}"` });
  }
  return assets;
}
