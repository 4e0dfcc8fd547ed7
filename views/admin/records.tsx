// `/admin/records`: who got or used which permission, when and from where.
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, Field, PostForm, QueryForm } from '../partials/form.tsx';
import { Pager } from '../partials/pager.tsx';
import { type RecordFace, RecordList, recordSamples } from '../partials/record-list.tsx';

/** Whether the chain holds. */
export interface ChainFace {
  entries: number;
  writers: number;
  faults: readonly { writer: string; seq: number; fault: string }[];
}

export interface RecordsProps {
  records: readonly RecordFace[];
  /** As it was asked. */
  filter: {
    account?: string | undefined;
    client?: string | undefined;
    type?: string | undefined;
    /** Days, `YYYY-MM-DD`. */
    since?: string | undefined;
    until?: string | undefined;
  };
  older?: string | undefined;
  newer?: string | undefined;
  csvHref: string;
  /** When it was just looked at. */
  chain?: ChainFace | undefined;
}

export const records: View<RecordsProps> = {
  name: 'admin/records',
  title: (_props, { t }) => t('admin.nav.records'),
  body: ({ records: found, filter, older, newer, csvHref, chain }, ui) => (
    <AdminPage ui={ui} tab="/admin/records" title={ui.t('admin.nav.records')} lead={ui.t('admin.records.lead')}>
      {chain === undefined ? null : <Chain of={chain} ui={ui} />}
      <QueryForm action="/admin/records" submit={ui.t('admin.filter')}>
        <div class="pair">
          <Field name="account" label={ui.t('admin.records.account')} value={filter.account} {...OPEN} />
          <Field name="client" label={ui.t('admin.records.client')} value={filter.client} {...OPEN} />
          <Field name="type" label={ui.t('admin.records.type')} value={filter.type} {...OPEN} />
          <Field name="since" type="date" label={ui.t('admin.records.since')} value={filter.since} {...OPEN} />
          <Field name="until" type="date" label={ui.t('admin.records.until')} value={filter.until} {...OPEN} />
        </div>
      </QueryForm>
      <RecordList records={found} ui={ui} />
      <Pager newer={newer} older={older} ui={ui} />
      <div class="acts start">
        <a class="button secondary" href={csvHref} download>
          {ui.t('admin.csv')}
        </a>
        <PostForm ui={ui} action="/admin/records/verify">
          <Button kind="secondary" label={ui.t('admin.records.verify')} />
        </PostForm>
      </div>
    </AdminPage>
  ),
  samples: {
    none: { records: [], filter: {}, csvHref: '/admin/records.csv' },
    some: {
      records: Object.values(recordSamples),
      filter: { account: 'lin@example.com', client: 'crm', type: 'account.', since: '2026-11-01', until: '2026-11-21' },
      older: '/admin/records?after=e4',
      newer: '/admin/records?before=e1',
      csvHref: '/admin/records.csv?type=account.',
      chain: { entries: 1204, writers: 3, faults: [] },
    },
    altered: {
      records: [],
      filter: {},
      csvHref: '/admin/records.csv',
      chain: { entries: 1204, writers: 3, faults: [{ writer: 'x7Qk', seq: 12, fault: 'altered' }] },
    },
  },
};

const OPEN = { autocomplete: 'off', maxlength: 254, optional: true } as const;

const Chain = ({ of: { entries, writers, faults }, ui }: { of: ChainFace; ui: Ui }) =>
  faults.length === 0 ? (
    <Alert tone="good">{ui.t('admin.records.intact', { entries, writers })}</Alert>
  ) : (
    <div class="group">
      <Alert tone="bad">{ui.t('admin.records.broken', { entries, faults: faults.length })}</Alert>
      <ul class="problems">
        {faults.map(({ writer, seq, fault }) => (
          <li>
            <code>{`${fault} ${writer} ${seq}`}</code>
          </li>
        ))}
      </ul>
    </div>
  );
