// `/admin`: what there is on this server, at a glance.
import type Router from '@koa/router';
import { overview } from '../../../views/admin/overview.tsx';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Guard } from '../guard.ts';

export interface OverviewDeps {
  guard: Guard;
  /** The last reload of the answering process was refused. */
  isRefused(): boolean;
  /** Accounts; an estimate where some were erased just now. */
  countAccounts(by: { name: 'kind' | 'status'; value: string }): Promise<number>;
}

export function mountOverview(router: Router, { guard, isRefused, countAccounts }: OverviewDeps): void {
  router.get('/admin', async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const [people, services, disabled] = await Promise.all([
      countAccounts({ name: 'kind', value: 'person' }),
      countAccounts({ name: 'kind', value: 'service' }),
      countAccounts({ name: 'status', value: 'disabled' }),
    ]);
    const { roles, clients } = stateOf(ctx).config;
    page(ctx, overview, {
      people,
      services,
      disabled,
      roles: Object.keys(roles).length,
      clients: Object.keys(clients).length,
      mayWrite: reader.mayWrite,
      isRefused: isRefused(),
    });
  });
}
