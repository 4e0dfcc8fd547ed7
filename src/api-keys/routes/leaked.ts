// `POST /api/v1/keys/leaked`: for secret scanners and whoever finds a key. Who presents a whole key has it, and needs no other
// proof to end it. The answer is the same for keys that nobody has.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { DomainError } from '../../lib/errors.ts';
import { readJson } from '../../web/middleware/body.ts';
import type { ApiKey } from '../api-key.ts';
import { parseApiKey } from '../format.ts';
import type { Verifier } from '../verify.ts';

export interface LeakedDeps {
  verify: Verifier['verify'];
  /** Counts a report; throws `throttled`. */
  admit(ctx: Context): Promise<void>;
  /** Revokes the key, records it, and tells its owner. */
  end(ctx: Context, key: ApiKey): Promise<void>;
}

const body = z.object({ key: z.string().max(1024) });

export function mountLeaked(router: Router, { verify, admit, end }: LeakedDeps): void {
  router.post('/api/v1/keys/leaked', async (ctx) => {
    await admit(ctx);
    const { success, data } = body.safeParse(await readJson(ctx));
    if (!success) throw new DomainError('invalid', 'body_malformed', { detail: 'key: the whole key that was found' });
    const key = await holdable(data.key.trim());
    if (key) await end(ctx, key);
    ctx.status = 204;
  });

  /** A secret that a rotation has ended opens nothing: finding it must not take the key away from who rotated it in time. */
  async function holdable(text: string): Promise<ApiKey | undefined> {
    const parsed = parseApiKey(text);
    if (!parsed.ok) return undefined;
    const verification = await verify(parsed.clientId, text);
    if (verification.kind === 'valid') return verification.key;
    const { key, reason } = verification;
    return reason === 'disabled' || reason === 'owner_inactive' ? key : undefined;
  }
}
