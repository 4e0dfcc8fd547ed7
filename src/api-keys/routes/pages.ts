// `/developer/keys`: people see their API keys, make, rotate and revoke them. A key is shown in the answer to the form that made
// it and never again. The rules are `keyring.ts`'s; the form is read in `key-form.ts`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { keyPage } from '../../../views/developer/key.tsx';
import { keyMade } from '../../../views/developer/key-made.tsx';
import { keyNew } from '../../../views/developer/key-new.tsx';
import { keysPage } from '../../../views/developer/keys.tsx';
import type { Locale } from '../../config/config.ts';
import type { Clock } from '../../lib/clock.ts';
import { isDomainError } from '../../lib/errors.ts';
import { KEYS_PATH } from '../../web/account-links.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { ApiKey } from '../api-key.ts';
import { keyFace, type KeyFace } from '../faces.ts';
import type { ScopeStanding } from '../inspect.ts';
import type { IssuedApiKey } from '../issue.ts';
import type { KeyHolder, Keyring, OwnedKey } from '../keyring.ts';
import type { Desk } from './desk.ts';
import { readKeyForm, readRotationForm } from './key-form.ts';

export interface KeyPagesDeps {
  desk: Desk;
  keyring: Keyring;
  clock: Clock;
  describeScope(scope: string, locale: Locale): string;
  scopesNow(key: ApiKey): Promise<ScopeStanding[]>;
  /** Uses of the key that were refused lately, the newest first. */
  refusalsOf(clientId: string): Promise<{ at: Date; address?: string | undefined; reason: string }[]>;
}

const NEW_PATH = `${KEYS_PATH}/new`;

export function mountKeyPages(router: Router, deps: KeyPagesDeps): void {
  const { desk, keyring, clock, describeScope, scopesNow, refusalsOf } = deps;

  router.get(KEYS_PATH, async (ctx) => {
    const holder = await desk.reader(ctx);
    if (!holder) return;
    const keys = await Promise.all((await keyring.list(holder)).map((owned) => faceOf(ctx, owned)));
    const isOver = ({ state }: KeyFace): number => (state === 'active' ? 0 : 1);
    page(ctx, keysPage, { keys: keys.toSorted((a, b) => isOver(a) - isOver(b)) });
  });

  router.get(NEW_PATH, async (ctx) => {
    const holder = await desk.manager(ctx);
    if (holder) await showNew(ctx, holder, readQuery(ctx));
  });

  router.post(KEYS_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const holder = await desk.manager(ctx, NEW_PATH);
    if (!holder) return;
    try {
      showMade(ctx, await keyring.create(holder, readKeyForm(form)), 'created');
    } catch (error) {
      if (!isDomainError(error) || !(error.kind === 'invalid' || error.kind === 'forbidden')) throw error;
      await showNew(ctx, holder, form, error.code);
    }
  });

  router.get(`${KEYS_PATH}/:id`, async (ctx) => {
    const holder = await desk.reader(ctx);
    if (holder) await showKey(ctx, holder);
  });

  router.post(`${KEYS_PATH}/:id/rotate`, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const holder = await desk.manager(ctx, pathOf(ctx));
    if (!holder) return;
    try {
      showMade(ctx, await keyring.rotate(holder, idOf(ctx), readRotationForm(form)), 'rotated');
    } catch (error) {
      if (!isDomainError(error) || error.kind === 'not_found') throw error;
      await showKey(ctx, holder, error.code);
    }
  });

  router.post(`${KEYS_PATH}/:id/revoke`, async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    const holder = await desk.manager(ctx, pathOf(ctx));
    if (!holder) return;
    await keyring.revoke(holder, idOf(ctx));
    ctx.redirect(pathOf(ctx));
    ctx.status = 303;
  });

  const idOf = (ctx: Context): string => String(ctx['params'].id);
  const pathOf = (ctx: Context): string => `${KEYS_PATH}/${encodeURIComponent(idOf(ctx))}`;

  async function faceOf(ctx: Context, { key, owner }: OwnedKey): Promise<KeyFace> {
    const standing = await scopesNow(key);
    const words = standing.map((one) => ({ ...one, description: describeScope(one.scope, localeOf(ctx)) }));
    return keyFace(key, owner, words, clock.now());
  }

  async function showKey(ctx: Context, holder: KeyHolder, error?: string): Promise<void> {
    const owned = await keyring.find(holder, idOf(ctx));
    const [key, refusals] = await Promise.all([faceOf(ctx, owned), refusalsOf(owned.key.clientId)]);
    page(ctx, keyPage, { key, refusals, error }, { status: error === undefined ? 200 : 409 });
  }

  async function showNew(ctx: Context, holder: KeyHolder, form: Record<string, string>, error?: string): Promise<void> {
    const ownerId = form['owner'] ?? holder.accountId;
    const owner = await keyring.requireOwner(holder.accountId, ownerId);
    const others = (await keyring.owners(holder.accountId)).filter(({ id }) => id !== ownerId);
    const { scopes: known, resources } = stateOf(ctx).config;
    const scopes = (await keyring.grantable(holder, ownerId)).map((name) => ({
      name,
      description: describeScope(name, localeOf(ctx)),
      resource: known[name]?.resource ?? '',
      isChosen: form[`scope:${name}`] !== undefined,
    }));
    const used = new Set(scopes.map(({ resource }) => resource));
    page(
      ctx,
      keyNew,
      {
        owner: { id: owner.id, service: owner.kind === 'service' ? owner.username : undefined },
        others: others.map(({ id, kind, username }) => ({ id, service: kind === 'service' ? username : undefined })),
        scopes,
        resources: Object.entries(resources).flatMap(([id, { indicator }]) =>
          used.has(id) ? [{ id, indicator }] : [],
        ),
        typed: { name: form['name'], addresses: form['addresses'], resource: form['resource'], days: form['days'] },
        error,
      },
      { status: error === undefined ? 200 : 422 },
    );
  }

  function showMade(ctx: Context, issued: IssuedApiKey, purpose: 'created' | 'rotated'): void {
    const { issuer, scopes } = stateOf(ctx).config;
    const first = scopes[issued.scopes[0] ?? '']?.resource;
    const ofFirst = issued.scopes.filter((scope) => scopes[scope]?.resource === first);
    const scope = ofFirst.length === issued.scopes.length ? '' : ` -d 'scope=${ofFirst.join(' ')}'`;
    const grant = `-d grant_type=client_credentials${scope}`;
    page(ctx, keyMade, {
      purpose,
      clientId: issued.client_id,
      secret: issued.client_secret,
      curl: `curl -s -u ${issued.client_id}:${issued.client_secret} ${grant} ${issuer}/oauth/token`,
      expiresAt: new Date(issued.expires_at),
      href: `${KEYS_PATH}/${issued.client_id}`,
    });
  }
}
