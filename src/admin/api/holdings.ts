// `/api/v1/account-keys` and `/api/v1/grants`: the API keys of everybody, and what people gave to applications. One's own keys are
// at `/api/v1/keys`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { answer } from '../../web/json.ts';
import type { ApiDoor } from './door.ts';

export interface HoldingsApiDeps {
  door: ApiDoor;
  /** Throws `key_unknown` (`not_found`). */
  key(clientId: string): Promise<object>;
  /** Throws `grant_unknown` (`not_found`). */
  grant(id: string): Promise<object>;
}

const KEY = '/api/v1/account-keys/:id';
const GRANT = '/api/v1/grants/:id';

export function mountHoldingsApi(router: Router, { door, key, grant }: HoldingsApiDeps): void {
  router.get(KEY, async (ctx) => {
    await door.reader(ctx);
    answer(ctx, 200, await key(idOf(ctx)));
  });

  for (const act of ['disable', 'enable'] as const) {
    router.post(`${KEY}/${act}`, async (ctx) => {
      const { acts } = await door.writer(ctx);
      await (act === 'disable' ? acts.disableKey(idOf(ctx)) : acts.enableKey(idOf(ctx)));
      answer(ctx, 200, await key(idOf(ctx)));
    });
  }

  router.delete(KEY, async (ctx) => {
    const { acts } = await door.writer(ctx);
    await acts.revokeKey(idOf(ctx));
    ctx.status = 204;
  });

  router.get(GRANT, async (ctx) => {
    await door.reader(ctx);
    answer(ctx, 200, await grant(idOf(ctx)));
  });

  router.delete(GRANT, async (ctx) => {
    const { acts } = await door.writer(ctx);
    await acts.revokeGrant(idOf(ctx));
    ctx.status = 204;
  });
}

const idOf = (ctx: Context): string => String(ctx['params'].id);
