// `/admin/keys`: the API keys of everybody, and which of them nobody needs any more.
import type Router from '@koa/router';
import { type AdminKeyFace, keysAdmin } from '../../../views/admin/keys.tsx';
import { doneOf } from '../../web/done.ts';
import { readQuery } from '../../web/form.ts';
import { page } from '../../web/render.ts';
import type { Guard } from '../guard.ts';
import { address, olderThan } from '../paging.ts';

export interface KeyFilter {
  /** Account id, address, user name or service name. */
  owner?: string;
  state?: string;
  /** Days without use; a key that is younger is none of them. */
  unused?: number;
  /** Days within which it ends. */
  expiring?: number;
}

export interface KeysDeps {
  guard: Guard;
  /** A page may be short, or empty, and still have a next. */
  list(filter: KeyFilter, after: string | undefined): Promise<{ items: AdminKeyFace[]; next?: string }>;
}

const HERE = '/admin/keys';

export function mountKeys(router: Router, { guard, list }: KeysDeps): void {
  router.get(HERE, async (ctx) => {
    const reader = await guard.reader(ctx);
    if (!reader) return;
    const { owner, state, unused, expiring, after } = readQuery(ctx);
    const filter = { owner, state, unused, expiring };
    const { items, next } = await list(filterOf(filter), after);
    page(ctx, keysAdmin, {
      keys: items,
      filter,
      here: address(HERE, filter),
      older: olderThan(next, HERE, filter),
      mayWrite: reader.mayWrite,
      done: doneOf(ctx),
    });
  });
}

function filterOf({
  owner = '',
  state = '',
  unused,
  expiring,
}: Readonly<Record<string, string | undefined>>): KeyFilter {
  const days = (name: 'unused' | 'expiring', text: string | undefined) =>
    text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? { [name]: Number(text) } : {};
  return {
    ...(owner.trim() !== '' && { owner }),
    ...(state !== '' && { state }),
    ...days('unused', unused),
    ...days('expiring', expiring),
  };
}
