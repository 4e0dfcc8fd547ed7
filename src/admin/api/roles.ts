// `/api/v1/roles`: what each role grants, and which line of the files says so. Roles are changed there; who asks here is told where.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError } from '../../lib/errors.ts';
import { answer } from '../../web/json.ts';
import { stateOf } from '../../web/request-state.ts';
import type { ApiDoor } from './door.ts';

export interface RolesApiDeps {
  door: ApiDoor;
  role(name: string): Promise<object>;
}

const ROLES_API = '/api/v1/roles';
const ONE = `${ROLES_API}/:name`;

export function mountRolesApi(router: Router, { door, role }: RolesApiDeps): void {
  router.get(ROLES_API, async (ctx) => {
    await door.reader(ctx);
    const roles = await Promise.all(Object.keys(stateOf(ctx).config.roles).map(role));
    answer(ctx, 200, { roles });
  });

  router.get(ONE, async (ctx) => {
    await door.reader(ctx);
    answer(ctx, 200, await role(nameOf(ctx)));
  });

  for (const method of ['put', 'patch', 'delete'] as const) {
    router[method](ONE, async (ctx) => {
      await door.writer(ctx);
      const name = nameOf(ctx);
      const place = stateOf(ctx).config.origins[`roles.${name}`];
      throw new DomainError('conflict', 'managed_by_file', {
        detail: `the role ${name} is managed by ${place}; change it there`,
      });
    });
  }
}

/** Throws `role_unknown` (`not_found`). */
function nameOf(ctx: Context): string {
  const name = String(ctx['params'].name);
  if (Object.hasOwn(stateOf(ctx).config.roles, name)) return name;
  throw new DomainError('not_found', 'role_unknown', { detail: `there is no role ${name}` });
}
