// `/admin/review`: what people hold, since when and from whom, when it was last used, and what was decided about it.
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, PostForm, QueryForm, Select } from '../partials/form.tsx';
import { Pager } from '../partials/pager.tsx';
import { AccountLink, type Named } from '../partials/record-list.tsx';
import { dayText } from '../partials/time.tsx';

export interface HoldingFace {
  /** `kind:account:ref`. */
  key: string;
  state: 'role' | 'key' | 'grant';
  /** The role, or the name of the key or the application. */
  name: string;
  account: Named;
  scopes: readonly string[];
  since?: Date | undefined;
  by?: Named | undefined;
  lastUsedAt?: Date | undefined;
  /** Lately decided to stay. */
  kept?: { at: Date; by: Named } | undefined;
}

export interface ReviewPageProps {
  /** Days without use; `0` for everything. */
  stale: string;
  holdings: readonly HoldingFace[];
  action: string;
  csvHref: string;
  older?: string | undefined;
  mayWrite: boolean;
  error?: string | undefined;
  done?: Done | undefined;
}

export const HOLDING_KINDS = {
  role: 'admin.review.role',
  key: 'admin.review.key',
  grant: 'admin.review.grant',
} as const satisfies Record<HoldingFace['state'], MessageKey>;

const ERRORS: Readonly<Record<string, MessageKey>> = {
  nothing_chosen: 'admin.review.nothing_chosen',
  some_failed: 'admin.review.some_failed',
};

export const reviewPage: View<ReviewPageProps> = {
  name: 'admin/review',
  title: (_props, { t }) => t('admin.nav.review'),
  body: (props, ui) => (
    <AdminPage
      ui={ui}
      tab="/admin/review"
      title={ui.t('admin.nav.review')}
      lead={ui.t('admin.review.lead')}
      done={props.done}
    >
      {props.error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[props.error] ?? 'admin.error.other')}</Alert>}
      <QueryForm action="/admin/review" class="search" submit={ui.t('admin.filter')}>
        <Select
          name="stale"
          label={ui.t('admin.keys.unused')}
          options={['0', '30', '90', '180', '365'].map((days) => ({
            value: days,
            label: days === '0' ? ui.t('admin.any') : ui.t('keys.days', { days }),
          }))}
          value={props.stale}
        />
      </QueryForm>
      <Progress of={props} ui={ui} />
      {props.mayWrite ? <Decide of={props} ui={ui} /> : <List of={props} ui={ui} />}
      <Pager older={props.older} ui={ui} />
      <p>
        <a href={props.csvHref} download>
          {ui.t('admin.csv')}
        </a>
      </p>
    </AdminPage>
  ),
  samples: samples(),
};

const Progress = ({ of: { holdings, older }, ui }: { of: ReviewPageProps; ui: Ui }) => {
  if (holdings.length === 0) return <p>{ui.t('admin.review.none')}</p>;
  const kept = holdings.filter((holding) => holding.kept !== undefined).length;
  const total = holdings.length;
  return (
    <p>
      <progress max={total} value={kept} aria-label={ui.t('admin.review.progress')} />{' '}
      {ui.t(older === undefined ? 'admin.review.decided' : 'admin.review.decided.page', { kept, open: total - kept })}
    </p>
  );
};

const Decide = ({ of: props, ui }: { of: ReviewPageProps; ui: Ui }) =>
  props.holdings.length === 0 ? null : (
    <PostForm ui={ui} action={props.action} class="stack">
      <List of={props} ui={ui} />
      <div class="acts start">
        <Button kind="secondary" name="decision" value="keep" label={ui.t('admin.review.keep_ticked')} />
        <Button kind="danger" name="decision" value="take" label={ui.t('admin.review.take_ticked')} />
      </div>
    </PostForm>
  );

const List = ({ of: { holdings, mayWrite }, ui }: { of: ReviewPageProps; ui: Ui }) => (
  <ul class="keys">
    {holdings.map((holding) => (
      <Entry of={holding} mayWrite={mayWrite} ui={ui} />
    ))}
  </ul>
);

const Entry = ({ of: holding, mayWrite, ui }: { of: HoldingFace; mayWrite: boolean; ui: Ui }) => {
  const what = `${holding.account.name} · ${ui.t(HOLDING_KINDS[holding.state])} ${holding.name}`;
  return (
    <li>
      <div class="key-head">
        <span class="check">
          {mayWrite ? <input type="checkbox" name={`pick:${holding.key}`} value="on" aria-label={what} /> : null}
          <AccountLink of={holding.account} />
        </span>
        <span>
          {ui.t(HOLDING_KINDS[holding.state])} <bdi>{holding.name}</bdi>
        </span>
        {holding.kept === undefined ? null : (
          <span class="chip good">
            {ui.t('admin.review.kept', { name: holding.kept.by.name, date: dayText(ui.locale, holding.kept.at) })}
          </span>
        )}
      </div>
      <History of={holding} ui={ui} />
      {holding.scopes.length === 0 ? null : (
        <p>
          {holding.scopes.map((scope) => (
            <code class="chip">{scope}</code>
          ))}
        </p>
      )}
      {mayWrite ? (
        <p class="links">
          <button
            type="submit"
            class="link"
            name="keep"
            value={holding.key}
            aria-label={`${ui.t('admin.review.keep')}: ${what}`}
          >
            {ui.t('admin.review.keep')}
          </button>
          <button
            type="submit"
            class="link"
            name="take"
            value={holding.key}
            aria-label={`${ui.t('admin.review.take')}: ${what}`}
          >
            {ui.t('admin.review.take')}
          </button>
        </p>
      ) : null}
    </li>
  );
};

const History = ({ of: { since, by, lastUsedAt }, ui }: { of: HoldingFace; ui: Ui }) => (
  <p class="muted">
    {since === undefined ? null : ui.t('admin.review.since', { date: dayText(ui.locale, since) })}
    {by === undefined ? null : (
      <>
        {' · '}
        {ui.t('admin.records.by')} <AccountLink of={by} />
      </>
    )}
    {' · '}
    {lastUsedAt === undefined ? ui.t('keys.never_used') : `${ui.t('keys.last_used')} ${dayText(ui.locale, lastUsedAt)}`}
  </p>
);

function samples(): Record<string, ReviewPageProps> {
  const account = { id: 'a2', name: 'wang@example.com', isKnown: true };
  const lin = { id: 'a1', name: 'lin@example.com', isKnown: true };
  const since = new Date('2026-02-01T00:00:00Z');
  const scopes = ['calls:read', 'messages:read'];
  const holdings: HoldingFace[] = [
    { key: 'role:a2:support', state: 'role', name: 'support', account, scopes, since, by: lin },
    {
      key: 'key:a2:tim_live_1',
      state: 'key',
      name: 'CRM sync',
      account,
      scopes,
      since,
      by: account,
      lastUsedAt: since,
    },
    { key: 'grant:a2:g1', state: 'grant', name: 'Harbour CRM', account, scopes: [], kept: { at: since, by: lin } },
  ];
  const open: ReviewPageProps = {
    stale: '90',
    holdings,
    action: '/admin/review?stale=90',
    csvHref: '/admin/review.csv?stale=90',
    mayWrite: true,
    done: 'kept_held',
  };
  return {
    open,
    long: { ...open, older: '/admin/review?stale=90&after=x' },
    none: { ...open, holdings: [] },
    read_only: { ...open, mayWrite: false },
    nothing_chosen: { ...open, error: 'nothing_chosen' },
    some_failed: { ...open, error: 'some_failed' },
  };
}
