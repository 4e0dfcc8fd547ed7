// Who may speak to administration by JSON: a person whose roles in force grant `admin:read`, and `admin:write` with a sign-in of lately
// (RFC 9470) for whatever changes something, as `guard.ts` asks of pages. Asked at every request anew.
import type { Context } from 'koa';
import { ADMIN_READ, ADMIN_WRITE } from '../../config/built-in.ts';
import type { Bearer } from '../../web/bearer.ts';
import type { AdminActs } from '../acts.ts';

export interface ApiDoorDeps {
  bearer: Bearer;
  /** Acts done and recorded in the person's name. */
  actsOf(ctx: Context, accountId: string): AdminActs;
}

export interface ApiWriter {
  accountId: string;
  acts: AdminActs;
}

/** Both throw as `Bearer` does. */
export interface ApiDoor {
  reader(ctx: Context): Promise<void>;
  writer(ctx: Context): Promise<ApiWriter>;
}

export const createApiDoor = ({ bearer, actsOf }: ApiDoorDeps): ApiDoor => ({
  async reader(ctx) {
    await bearer.require(ctx, ADMIN_READ);
  },
  async writer(ctx) {
    const { accountId } = await bearer.requireRecent(ctx, ADMIN_WRITE);
    return { accountId, acts: actsOf(ctx, accountId) };
  },
});
