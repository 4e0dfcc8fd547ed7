// `/developer/service-accounts`: people see the service accounts that they look after, make, rename and rest them, and decide with
// whom. Who may stand here at all is `desk.ts`'s; what each act demands is looked at where it is done.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { serviceAccountNew } from '../../../views/developer/service-account-new.tsx';
import { serviceAccountPage, type ServiceAccountProps } from '../../../views/developer/service-account.tsx';
import { serviceAccountsPage } from '../../../views/developer/service-accounts.tsx';
import type { Locale } from '../../config/config.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { SERVICE_ACCOUNTS_PATH } from '../../web/account-links.ts';
import { doneOf, seeDone } from '../../web/done.ts';
import { statusOf } from '../../web/error-status.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import type { KeyHolder, OwnedKey } from '../keyring.ts';
import { stateOf } from '../api-key.ts';
import type { ServiceAccountActs, ServiceAccounts } from '../service-accounts.ts';
import type { Desk } from './desk.ts';

export interface ServiceAccountPagesDeps {
  desk: Desk;
  accounts: ServiceAccounts;
  keysOf(ownerId: string): Promise<readonly OwnedKey['key'][]>;
  now(): number;
  describeScope(scope: string, locale: Locale): string;
  actsOf(ctx: Context, accountId: string): ServiceAccountActs;
}

type Form = Record<string, string>;
/** Answers what is said was done, and where; by default on the account's own page. */
type Act = (acts: ServiceAccountActs, id: string, form: Form, self: string) => Promise<'left' | 'asked' | void>;

const NEW_PATH = `${SERVICE_ACCOUNTS_PATH}/new`;

export function mountServiceAccountPages(router: Router, deps: ServiceAccountPagesDeps): void {
  const { desk, accounts, keysOf, now, describeScope, actsOf } = deps;

  router.get(SERVICE_ACCOUNTS_PATH, async (ctx) => {
    const holder = await desk.reader(ctx);
    if (!holder) return;
    const { accountId } = holder;
    const [own, asking] = await Promise.all([accounts.of(accountId), accounts.asking(accountId)]);
    page(ctx, serviceAccountsPage, { accounts: own, asking, done: doneOf(ctx) });
  });

  router.get(NEW_PATH, async (ctx) => {
    if (await desk.manager(ctx)) page(ctx, serviceAccountNew, { typed: {} });
  });

  router.post(SERVICE_ACCOUNTS_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const holder = await desk.manager(ctx, NEW_PATH);
    if (!holder) return;
    try {
      const id = await actsOf(ctx, holder.accountId).create(namesIn(form));
      seeDone(ctx, pathOf(id), 'saved');
    } catch (error) {
      if (!isAnswerable(error)) throw error;
      page(ctx, serviceAccountNew, { typed: form, error: error.code }, { status: statusOf(error) });
    }
  });

  router.get(`${SERVICE_ACCOUNTS_PATH}/:id`, async (ctx) => {
    const holder = await desk.reader(ctx);
    if (holder) await show(ctx, holder);
  });

  mountAct('rename', (acts, id, form) => acts.amend(id, namesIn(form)));
  mountAct('retract', (acts, id, form) => acts.retract(id, form['login'] ?? ''));
  mountAct('disable', (acts, id) => acts.amend(id, { isEnabled: false }));
  mountAct('enable', (acts, id) => acts.amend(id, { isEnabled: true }));
  mountAct('ask', async (acts, id, form) => {
    await acts.ask(id, form['login'] ?? '');
    return 'asked';
  });
  mountAct('remove', async (acts, id, { maintainer = '' }, self) => {
    await acts.remove(id, maintainer);
    return maintainer === self ? 'left' : undefined;
  });
  mountAct('answer', async (acts, id, { decision }) => {
    if (decision !== 'accept' && decision !== 'decline') throw new DomainError('invalid', 'decision_missing');
    await acts.answer(id, decision === 'accept');
    return decision === 'decline' ? 'left' : undefined;
  });

  function mountAct(name: string, act: Act): void {
    router.post(`${SERVICE_ACCOUNTS_PATH}/:id/${name}`, async (ctx) => {
      const form = await readForm(ctx);
      requireCsrf(ctx, form);
      const here = name === 'answer' ? SERVICE_ACCOUNTS_PATH : pathOf(idOf(ctx));
      const holder = await desk.manager(ctx, here);
      if (!holder) return;
      try {
        const ended = await act(actsOf(ctx, holder.accountId), idOf(ctx), form, holder.accountId);
        if (ended === 'left') seeDone(ctx, SERVICE_ACCOUNTS_PATH, 'saved');
        else seeDone(ctx, pathOf(idOf(ctx)), ended === 'asked' ? 'maintainer_asked' : 'saved');
      } catch (error) {
        if (!isAnswerable(error) || name === 'answer') throw error;
        await show(ctx, holder, { typed: form, error });
      }
    });
  }

  async function show(
    ctx: Context,
    { accountId }: KeyHolder,
    { typed, error }: { typed?: Form; error?: DomainError } = {},
  ): Promise<void> {
    const account = await accounts.find(accountId, idOf(ctx));
    const keys = await keysOf(account.id);
    const props: ServiceAccountProps = {
      account: {
        ...account,
        scopes: account.scopes.map((name) => ({ name, description: describeScope(name, localeOf(ctx)) })),
      },
      keys: keys.map((key) => ({ clientId: key.clientId, name: key.name, state: stateOf(key, now()) })),
      self: accountId,
      ...(typed && { typed }),
      done: doneOf(ctx),
      error: error?.code,
    };
    page(ctx, serviceAccountPage, props, { status: error ? statusOf(error) : 200 });
  }
}

const idOf = (ctx: Context): string => String(ctx['params'].id);
const pathOf = (id: string): string => `${SERVICE_ACCOUNTS_PATH}/${encodeURIComponent(id)}`;

const namesIn = ({ name = '', purpose = '' }: Form) => ({ name, purpose });

/** What the person can put right where they stand; anything else is for the error page. */
const isAnswerable = (error: unknown): error is DomainError =>
  isDomainError(error) &&
  ['invalid', 'conflict', 'forbidden'].includes(error.kind) &&
  error.code !== 'decision_missing';
