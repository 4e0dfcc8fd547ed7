// `/admin/people`: finding accounts by the beginning of an address, a user name or a word of the name, one account with all that it
// holds, and inviting somebody.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { people, type PersonFace } from '../../../views/admin/people.tsx';
import { personPage } from '../../../views/admin/person.tsx';
import type { PersonProps } from '../../../views/admin/person-parts.tsx';
import { personNew } from '../../../views/admin/person-new.tsx';
import type { Locale } from '../../config/config.ts';
import { isDomainError } from '../../lib/errors.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Guard } from '../guard.ts';
import { olderThan } from '../paging.ts';

export interface PeopleQuery {
  prefix?: string;
  by?: { name: 'kind' | 'status'; value: string };
  after?: string;
}

export interface PeopleDeps {
  guard: Guard;
  list(query: PeopleQuery): Promise<{ items: PersonFace[]; next?: string }>;
  /** Throws `account_unknown` (`not_found`). */
  find(id: string, locale: Locale): Promise<Omit<PersonProps, 'mayWrite' | 'isOwn' | 'done'>>;
}

const HERE = '/admin/people';
const NEW = `${HERE}/new`;
const ROLE_FIELD = 'role:';

export function mountPeople(router: Router, { guard, list, find }: PeopleDeps): void {
  router.get(HERE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const query = readQuery(ctx);
    const { items, next } = await list(queryOf(query));
    const { q, kind, status } = query;
    const older = olderThan(next, HERE, { q, kind, status });
    page(ctx, people, { found: items, q, filter: status ?? kind, older, mayWrite: reader.mayWrite, done: doneOf(ctx) });
  });

  router.get(NEW, async (ctx) => {
    if (await guard.writer(ctx)) showNew(ctx, {});
  });

  router.post(NEW, async (ctx) => {
    const posted = await guard.posted(ctx, NEW);
    if (!posted) return;
    const { form, acts } = posted;
    const { email = '', name = '', username = '' } = form;
    try {
      const { id } = await acts.createPerson({
        email,
        roles: chosenRoles(form),
        active: false,
        ...(name.trim() !== '' && { name }),
        ...(username.trim() !== '' && { username }),
      });
      seeDone(ctx, `${HERE}/${id}`, 'invited');
    } catch (error) {
      if (!isDomainError(error, 'invalid') && !isDomainError(error, 'conflict')) throw error;
      showNew(ctx, form, error.code);
    }
  });

  router.get(`${HERE}/:id`, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const facts = await find(String(ctx['params'].id), localeOf(ctx));
    const { accountId: self, mayWrite } = reader;
    const isOwn = facts.person.id === self || facts.maintainers.some(({ id }) => id === self);
    page(ctx, personPage, { ...facts, mayWrite, isOwn, done: doneOf(ctx) });
  });

  function showNew(ctx: Context, form: Readonly<Record<string, string>>, error?: string): void {
    const { email, name, username } = form;
    const chosen = chosenRoles(form);
    const roles = Object.entries(stateOf(ctx).config.roles).flatMap(([id, role]) => {
      const description = role.description?.[localeOf(ctx)] ?? role.description?.en ?? id;
      return role.default ? [] : [{ name: id, description, isChosen: chosen.includes(id) }];
    });
    page(
      ctx,
      personNew,
      { roles, typed: { email, name, username }, error },
      { status: error === undefined ? 200 : 422 },
    );
  }
}

const chosenRoles = (form: Readonly<Record<string, string>>): string[] =>
  Object.keys(form).flatMap((field) => (field.startsWith(ROLE_FIELD) ? [field.slice(ROLE_FIELD.length)] : []));

function queryOf({ q = '', kind, status, after }: Readonly<Record<string, string>>): PeopleQuery {
  const from = after === undefined ? {} : { after };
  if (q.trim() !== '') return { ...from, prefix: q };
  if (status !== undefined) return { ...from, by: { name: 'status', value: status } };
  return { ...from, by: { name: 'kind', value: kind ?? 'person' } };
}
