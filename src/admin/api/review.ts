// `/api/v1/review/decisions`: what somebody holds stays, which is recorded, or is taken back, which is the act of its kind. The words
// are those in which `/api/v1/review` tells of it.
import type Router from '@koa/router';
import { z } from 'zod';
import { readBody } from '../../web/json.ts';
import type { ApiDoor } from './door.ts';

const text = z.string().min(1).max(256);
const decision = z.enum(['keep', 'take_back']);
const decisionBody = z.discriminatedUnion('kind', [
  z.strictObject({ decision, account_id: text, kind: z.literal('role'), name: text }),
  z.strictObject({ decision, account_id: text, kind: z.literal('key'), name: text }),
  /** The application alone does not name a grant: somebody with several devices has several. */
  z.strictObject({ decision, account_id: text, kind: z.literal('grant'), grant_id: text, name: text.exactOptional() }),
]);

export function mountReviewApi(router: Router, { door }: { door: ApiDoor }): void {
  router.post('/api/v1/review/decisions', async (ctx) => {
    const { acts } = await door.writer(ctx);
    const decided = await readBody(ctx, decisionBody);
    const ref = decided.kind === 'grant' ? decided.grant_id : decided.name;
    const holding = { kind: decided.kind, account: decided.account_id, ref };
    await (decided.decision === 'keep' ? acts.keepHolding(holding) : acts.takeBack(holding));
    ctx.status = 204;
  });
}
