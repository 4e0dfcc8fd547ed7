// `/admin/act/<name>`: every single act of administration is asked once more on a page of its own, which says what it ends, and done
// by the form there. Where to go afterwards is a page of the console.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type ActFacts, type ActName, actPage } from '../../../views/admin/act.tsx';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { seeDone } from '../../web/done.ts';
import { statusOf } from '../../web/error-status.ts';
import { parseForm, readQuery } from '../../web/form.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import type { AdminActs } from '../acts.ts';
import type { Administrator, Guard } from '../guard.ts';

/** What an act is about, as far as it needs it. */
export interface ActTarget {
  account: string;
  role: string;
  grant: string;
  key: string;
  client: string;
}

export interface ActDeps {
  guard: Guard;
  /** Throws `account_unknown`, `role_unknown`, `grant_unknown`, `key_unknown` (`not_found`). `self`: who would do it. */
  factsOf(act: ActName, target: ActTarget, self: string): Promise<ActFacts>;
}

type Run = (acts: AdminActs, target: ActTarget) => Promise<unknown>;

const ACTS: Readonly<Record<ActName, Run>> = {
  disable: (acts, { account }) => acts.disableAccount(account),
  enable: (acts, { account }) => acts.enableAccount(account),
  'reset-factors': (acts, { account }) => acts.resetSecondFactors(account),
  'sign-out': (acts, { account }) => acts.signOut(account),
  'grant-role': (acts, { account, role }) => acts.grantRole(account, role),
  'revoke-role': (acts, { account, role }) => acts.revokeRole(account, role),
  'revoke-grant': (acts, { grant }) => acts.revokeGrant(grant),
  'revoke-key': (acts, { key }) => acts.revokeKey(key),
  'disable-key': (acts, { key }) => acts.disableKey(key),
  'enable-key': (acts, { key }) => acts.enableKey(key),
  'disable-client': (acts, { client }) => acts.disableClient(client),
  'enable-client': (acts, { client }) => acts.enableClient(client),
};

const PATH = '/admin/act/:act';

export function mountActs(router: Router, { guard, factsOf }: ActDeps): void {
  router.get(PATH, async (ctx) => {
    const writer = await guard.writer(ctx);
    if (writer) await show(ctx, writer);
  });

  router.post(PATH, async (ctx) => {
    const posted = await guard.posted(ctx, ctx.url);
    if (!posted) return;
    const act = actOf(ctx);
    const back = backOf(ctx);
    // Of something that is there, and as the page said.
    await factsOf(act, targetOf(ctx), posted.accountId);
    try {
      await ACTS[act](posted.acts, targetOf(ctx));
    } catch (error) {
      if (!isDomainError(error, 'conflict') && !isDomainError(error, 'forbidden')) throw error;
      return show(ctx, posted, error);
    }
    seeDone(ctx, back.path, 'recorded', { ...back.query, done: 'recorded' });
  });

  async function show(ctx: Context, { accountId }: Administrator, error?: DomainError): Promise<void> {
    const act = actOf(ctx);
    const facts = await factsOf(act, targetOf(ctx), accountId);
    const props = { code: act, facts, action: ctx.url, cancelHref: backOf(ctx).href, error: error?.code };
    page(ctx, actPage, props, { status: error === undefined ? 200 : statusOf(error) });
  }
}

function actOf(ctx: Context): ActName {
  const name = String(ctx['params'].act);
  if (!Object.hasOwn(ACTS, name)) throw new DomainError('not_found', 'not_found');
  return name as ActName;
}

function targetOf(ctx: Context): ActTarget {
  const { account = '', role = '', grant = '', key = '', client = '' } = readQuery(ctx);
  return { account, role, grant, key, client };
}

/** Throws `parameter_malformed` (`invalid`). */
function backOf(ctx: Context) {
  const local = localPath(readQuery(ctx)['return_to'], stateOf(ctx).config.issuer);
  const href = local !== undefined && /^\/admin(?:[/?]|$)/.test(local) ? local : '/admin';
  const [path = '', query = ''] = href.split('?', 2);
  return { href, path, query: parseForm(query) };
}
