// `GET /api/v1/explain`: why a scope is granted or denied, for tokens with `admin:read`. `compose/explain.ts` answers.
import type Router from '@koa/router';
import { z } from 'zod';
import { ADMIN_READ } from '../config/built-in.ts';
import { DomainError } from '../lib/errors.ts';
import type { Bearer } from '../web/bearer.ts';
import type { Explanation } from './explain.ts';

export interface ExplainRoutesDeps {
  bearer: Bearer;
  explain: {
    scope(question: { account?: string; client?: string; scope: string }): Promise<Explanation>;
    request(id: string): Promise<{ record: object; why?: string; explanations: Explanation[] }[]>;
  };
}

const text = z.string().min(1).max(256);
const question = z.union([
  z.strictObject({ request: text }),
  z.strictObject({ account: text.exactOptional(), client: text.exactOptional(), scope: text }),
]);

export function mountExplain(router: Router, { bearer, explain }: ExplainRoutesDeps): void {
  router.get('/api/v1/explain', async (ctx) => {
    await bearer.require(ctx, ADMIN_READ);
    const { success, data } = question.safeParse({ ...ctx.query });
    if (!success) {
      throw new DomainError('invalid', 'question_incomplete', {
        detail: 'ask with request, or with scope and account or client or both',
      });
    }
    ctx.set('Cache-Control', 'no-store');
    ctx.body = 'request' in data ? { refusals: await explain.request(data.request) } : await explain.scope(data);
  });
}
