// `/api/v1/keys`: the same as developer settings, by JSON, with an access token of a person that holds `keys:read` or
// `keys:write`. What changes something needs a sign-in of lately (RFC 9470). Refusals are problem details (RFC 9457).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { KEYS_READ, KEYS_WRITE } from '../../config/built-in.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Bearer, Caller } from '../../web/bearer.ts';
import { answer, readBody } from '../../web/json.ts';
import { keyJson } from '../faces.ts';
import type { KeyActs, KeyHolder, Keyring } from '../keyring.ts';

export interface KeysApiDeps {
  bearer: Bearer;
  keyring: Keyring;
  clock: Clock;
  /** The API scopes that the account's roles grant now to who signed in so. */
  scopesOf(accountId: string, amr: readonly string[]): Promise<ReadonlySet<string>>;
  actsOf(ctx: Context, accountId: string): KeyActs;
}

export const KEYS_API = '/api/v1/keys';

/** The interface does not choose for its caller: without `scopes` nothing is made. */
const newKeyBody = z.strictObject({
  name: z.string(),
  scopes: z.array(z.string()).max(200),
  expires_in: z.int().exactOptional(),
  addresses: z.array(z.string()).exactOptional(),
  resource: z.string().exactOptional(),
  owner: z.string().exactOptional(),
});
const rotationBody = z.strictObject({ overlap: z.int().exactOptional(), expires_in: z.int().exactOptional() });

export function mountKeysApi(router: Router, { bearer, keyring, clock, scopesOf, actsOf }: KeysApiDeps): void {
  router.get(KEYS_API, async (ctx) => {
    const holder = await holderOf(ctx, await bearer.require(ctx, KEYS_READ));
    const keys = await keyring.list(holder);
    answer(ctx, 200, { keys: keys.map(({ key, owner }) => keyJson(key, owner, clock.now())) });
  });

  router.post(KEYS_API, async (ctx) => {
    const holder = await managing(ctx);
    const { name, scopes, expires_in, addresses, resource, owner } = await readBody(ctx, newKeyBody);
    const issued = await keyring.create(holder, {
      name,
      scopes,
      ...(expires_in !== undefined && { expiresIn: expires_in }),
      ...(addresses && { addresses }),
      ...(resource !== undefined && { resource }),
      ...(owner !== undefined && { ownerId: owner }),
    });
    ctx.set('Location', `${KEYS_API}/${issued.client_id}`);
    answer(ctx, 201, issued);
  });

  router.get(`${KEYS_API}/:id`, async (ctx) => {
    const holder = await holderOf(ctx, await bearer.require(ctx, KEYS_READ));
    const { key, owner } = await keyring.find(holder, idOf(ctx));
    answer(ctx, 200, keyJson(key, owner, clock.now()));
  });

  router.post(`${KEYS_API}/:id/rotate`, async (ctx) => {
    const holder = await managing(ctx);
    const { overlap, expires_in } = await readBody(ctx, rotationBody);
    const rotation = {
      ...(overlap !== undefined && { overlap }),
      ...(expires_in !== undefined && { expiresIn: expires_in }),
    };
    answer(ctx, 200, await keyring.rotate(holder, idOf(ctx), rotation));
  });

  router.delete(`${KEYS_API}/:id`, async (ctx) => {
    await keyring.revoke(await managing(ctx), idOf(ctx));
    ctx.status = 204;
  });

  const managing = async (ctx: Context): Promise<KeyHolder> =>
    holderOf(ctx, await bearer.requireRecent(ctx, KEYS_WRITE));

  async function holderOf(ctx: Context, { accountId, amr }: Caller): Promise<KeyHolder> {
    return { accountId, scopes: await scopesOf(accountId, amr), acts: actsOf(ctx, accountId) };
  }
}

const idOf = (ctx: Context): string => String(ctx['params'].id);
