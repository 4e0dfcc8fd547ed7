// `/admin/roles`: what each role grants and through which other, who holds it, and which applications let in only some. Roles are
// written in files; people are given and lose them here.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { PersonFace } from '../../../views/admin/people.tsx';
import { rolePage } from '../../../views/admin/role.tsx';
import { rolesPage } from '../../../views/admin/roles.tsx';
import type { RoleFace } from '../../../views/partials/role-facts.tsx';
import type { Locale } from '../../config/config.ts';
import { DomainError } from '../../lib/errors.ts';
import { doneOf } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Guard } from '../guard.ts';
import { olderThan } from '../paging.ts';

export interface RolesDeps {
  guard: Guard;
  /** Scopes with the role, itself or one that it includes, which grants each. */
  scopesOf(role: string, locale: Locale): RoleFace['scopes'];
  /** To whom it was granted. */
  countHolders(role: string): Promise<number>;
  listHolders(role: string, after: string | undefined): Promise<{ items: PersonFace[]; next?: string }>;
}

const HERE = '/admin/roles';

export function mountRoles(router: Router, { guard, scopesOf, countHolders, listHolders }: RolesDeps): void {
  router.get(HERE, async (ctx) => {
    if (!(await guard.reader(ctx))) return;
    const names = Object.keys(stateOf(ctx).config.roles);
    page(ctx, rolesPage, { roles: await Promise.all(names.map((name) => faceOf(ctx, name))) });
  });

  router.get(`${HERE}/:id`, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const name = String(ctx['params'].id);
    if (!Object.hasOwn(stateOf(ctx).config.roles, name)) throw new DomainError('not_found', 'role_unknown');
    const { items, next } = await listHolders(name, readQuery(ctx)['after']);
    const older = olderThan(next, `${HERE}/${encodeURIComponent(name)}`);
    const { mayWrite } = reader;
    page(ctx, rolePage, { role: await faceOf(ctx, name), holders: items, older, mayWrite, done: doneOf(ctx) });
  });

  async function faceOf(ctx: Context, name: string): Promise<RoleFace> {
    const { roles, clients, origins } = stateOf(ctx).config;
    const { description, includes = [], default: isDefault = false, require_mfa = false } = roles[name] ?? {};
    const locale = localeOf(ctx);
    return {
      name,
      description: description?.[locale] ?? description?.en,
      includes,
      includedBy: Object.keys(roles).filter((other) => roles[other]?.includes.includes(name)),
      isDefault,
      needsFactor: require_mfa,
      scopes: scopesOf(name, locale),
      clients: Object.entries(clients).flatMap(([, client]) =>
        client.allowed_roles?.includes(name) ? client.name : [],
      ),
      place: origins[`roles.${name}`],
      holders: await countHolders(name),
    };
  }
}
