// `/api/v1/configuration`: what is in force in the answering process, why files were refused, and what they would change for whom; and
// taking them by the digest of what somebody has looked at.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { answer, readBody } from '../../web/json.ts';
import type { ApiDoor } from './door.ts';

export interface ConfigurationApiDeps {
  door: ApiDoor;
  configuration(): Promise<object>;
  /** Throws `confirmation_needed`, or why the files were refused (`conflict`). */
  apply(ctx: Context, accountId: string, asked: { digest: string; isConfirmed: boolean }): Promise<void>;
}

const CONFIGURATION_API = '/api/v1/configuration';
const applyBody = z.strictObject({ digest: z.string().min(1).max(256), confirmed: z.boolean().default(false) });

export function mountConfigurationApi(router: Router, { door, configuration, apply }: ConfigurationApiDeps): void {
  router.get(CONFIGURATION_API, async (ctx) => {
    await door.reader(ctx);
    answer(ctx, 200, await configuration());
  });

  router.post(`${CONFIGURATION_API}/apply`, async (ctx) => {
    const { accountId } = await door.writer(ctx);
    const { digest, confirmed } = await readBody(ctx, applyBody);
    await apply(ctx, accountId, { digest, isConfirmed: confirmed });
    answer(ctx, 200, await configuration());
  });
}
