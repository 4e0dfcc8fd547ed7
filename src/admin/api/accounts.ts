// `/api/v1/accounts`: making people and service accounts, and what the page of one does: who may use it, its roles, and the ends of
// its sessions and second factors. Each change answers the account as it is afterwards; made twice it is as made once.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { answer, readBody } from '../../web/json.ts';
import type { AdminActs } from '../acts.ts';
import type { ApiDoor } from './door.ts';

export interface AccountsApiDeps {
  door: ApiDoor;
  /** One account and what it holds. Throws `account_unknown` (`not_found`). */
  account(id: string): Promise<object>;
}

const ACCOUNTS_API = '/api/v1/accounts';
const ONE = `${ACCOUNTS_API}/:id`;
const MOST = 100;

const names = z.array(z.string().max(256)).max(MOST);
const newBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    email: z.string(),
    username: z.string().exactOptional(),
    name: z.string().exactOptional(),
    locale: z.enum(['en', 'zh-CN', 'zh-TW']).exactOptional(),
    roles: names.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('service'),
    username: z.string(),
    name: z.string().exactOptional(),
    roles: names.exactOptional(),
    maintainers: names.exactOptional(),
  }),
]);

/** `last`: the second name in the address. */
type Act = (acts: AdminActs, id: string, last: string) => Promise<unknown>;

export function mountAccountsApi(router: Router, { door, account }: AccountsApiDeps): void {
  router.post(ACCOUNTS_API, async (ctx) => {
    const { acts } = await door.writer(ctx);
    const { kind, ...asked } = await readBody(ctx, newBody);
    const { id } =
      kind === 'person'
        ? await acts.createPerson({ email: '', ...asked, active: false })
        : await acts.createServiceAccount({ username: '', ...asked });
    ctx.set('Location', `${ACCOUNTS_API}/${id}`);
    answer(ctx, 201, await account(id));
  });

  router.get(ONE, async (ctx) => {
    await door.reader(ctx);
    answer(ctx, 200, await account(idOf(ctx)));
  });

  const mountAct = (method: 'post' | 'put' | 'delete', path: string, act: Act): void =>
    void router[method](`${ONE}/${path}`, async (ctx) => {
      const { acts } = await door.writer(ctx);
      // Of an account that is there: not every act would notice.
      await account(idOf(ctx));
      await act(acts, idOf(ctx), ctx['params'].last ?? '');
      answer(ctx, 200, await account(idOf(ctx)));
    });
  mountAct('post', 'disable', (acts, id) => acts.disableAccount(id));
  mountAct('post', 'enable', (acts, id) => acts.enableAccount(id));
  mountAct('delete', 'sessions', (acts, id) => acts.signOut(id));
  mountAct('delete', 'second-factors', (acts, id) => acts.resetSecondFactors(id));
  mountAct('put', 'roles/:last', (acts, id, role) => ofRole(acts.grantRole(id, role)));
  mountAct('delete', 'roles/:last', (acts, id, role) => ofRole(acts.revokeRole(id, role)));
  mountAct('put', 'maintainers/:last', (acts, id, person) => acts.addMaintainer(id, person));
  mountAct('delete', 'maintainers/:last', (acts, id, person) => acts.removeMaintainer(id, person));
}

const idOf = (ctx: Context): string => String(ctx['params'].id);

/** A role that the address names, and that is none, is not there. */
async function ofRole(change: Promise<unknown>): Promise<unknown> {
  try {
    return await change;
  } catch (error) {
    if (!isDomainError(error, 'invalid') || error.code !== 'role_unknown') throw error;
    throw new DomainError('not_found', 'role_unknown', { cause: error, detail: error.message });
  }
}
