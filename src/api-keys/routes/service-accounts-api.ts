// `/api/v1/service-accounts`: the same as the pages, by JSON, with an access token of a person that holds `keys:read` or `keys:write`;
// what changes something needs a sign-in of lately (RFC 9470).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { KEYS_READ, KEYS_WRITE } from '../../config/built-in.ts';
import type { Bearer } from '../../web/bearer.ts';
import { answer, readBody } from '../../web/json.ts';
import { type ServiceAccountActs, serviceAccountJson, type ServiceAccounts } from '../service-accounts.ts';

export interface ServiceAccountsApiDeps {
  bearer: Bearer;
  accounts: ServiceAccounts;
  actsOf(ctx: Context, accountId: string): ServiceAccountActs;
}

export const SERVICE_ACCOUNTS_API = '/api/v1/service-accounts';
const ONE = `${SERVICE_ACCOUNTS_API}/:id`;

const newBody = z.strictObject({ name: z.string(), purpose: z.string().prefault('') });
const changeBody = z.strictObject({
  name: z.string().exactOptional(),
  purpose: z.string().exactOptional(),
  disabled: z.boolean().exactOptional(),
});
const askBody = z.strictObject({ login: z.string() });

export function mountServiceAccountsApi(router: Router, { bearer, accounts, actsOf }: ServiceAccountsApiDeps): void {
  router.get(SERVICE_ACCOUNTS_API, async (ctx) => {
    const { accountId } = await bearer.require(ctx, KEYS_READ);
    const [own, asking] = await Promise.all([accounts.of(accountId), accounts.asking(accountId)]);
    answer(ctx, 200, {
      service_accounts: own.map(serviceAccountJson),
      asked: asking.map(({ id, name }) => ({ account_id: id, name })),
    });
  });

  router.post(SERVICE_ACCOUNTS_API, async (ctx) => {
    const { accountId, acts } = await managing(ctx);
    const id = await acts.create(await readBody(ctx, newBody));
    ctx.set('Location', `${SERVICE_ACCOUNTS_API}/${id}`);
    answer(ctx, 201, serviceAccountJson(await accounts.find(accountId, id)));
  });

  router.get(ONE, async (ctx) => {
    const { accountId } = await bearer.require(ctx, KEYS_READ);
    answer(ctx, 200, serviceAccountJson(await accounts.find(accountId, idOf(ctx))));
  });

  router.patch(ONE, async (ctx) => {
    const { accountId, acts } = await managing(ctx);
    const { disabled, ...names } = await readBody(ctx, changeBody);
    await acts.amend(idOf(ctx), { ...names, ...(disabled !== undefined && { isEnabled: !disabled }) });
    answer(ctx, 200, serviceAccountJson(await accounts.find(accountId, idOf(ctx))));
  });

  /** The same answer whether or not there is such an account. */
  router.post(`${ONE}/maintainers`, async (ctx) => {
    const { acts } = await managing(ctx);
    await acts.ask(idOf(ctx), (await readBody(ctx, askBody)).login);
    ctx.status = 202;
  });

  const mountAct = (
    method: 'post' | 'delete',
    path: string,
    act: (acts: ServiceAccountActs, id: string, last: string) => Promise<void>,
  ): void =>
    void router[method](`${ONE}/${path}`, async (ctx) => {
      const { acts } = await managing(ctx);
      await act(acts, idOf(ctx), ctx['params'].last ?? '');
      ctx.status = 204;
    });
  mountAct('delete', 'maintainers/:last', (acts, id, maintainer) => acts.remove(id, maintainer));
  mountAct('delete', 'invitations/:last', (acts, id, login) => acts.retract(id, login));
  mountAct('post', 'accept', (acts, id) => acts.answer(id, true));
  mountAct('post', 'decline', (acts, id) => acts.answer(id, false));

  async function managing(ctx: Context) {
    const { accountId } = await bearer.requireRecent(ctx, KEYS_WRITE);
    return { accountId, acts: actsOf(ctx, accountId) };
  }
}

const idOf = (ctx: Context): string => String(ctx['params'].id);
