// `/admin/configuration`: what is in force, what was refused and why, what the files would change and for whom, and what was
// changed before.
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { Alert } from '../partials/card.tsx';
import { consequenceSamples } from '../partials/consequences.tsx';
import { type FilesFace, FilesPlan, Problems } from '../partials/files-plan.tsx';
import { Pager } from '../partials/pager.tsx';
import { type RecordFace, RecordList, recordSamples } from '../partials/record-list.tsx';
import { momentText, Time } from '../partials/time.tsx';

export interface RefusalFace {
  at: Date;
  /** `host:pid:…` of who refused. */
  process: string;
  /** One sentence for each problem, such as `file:line:column: message`. */
  problems: readonly string[];
}

export interface ConfigurationProps {
  process: string;
  digest: string;
  generation: number;
  since: Date;
  files: readonly string[];
  /** The last reload of this process, when it was refused. */
  refused?: RefusalFace | undefined;
  /** Other processes of the installation whose last reload was refused. */
  others: readonly RefusalFace[];
  present: FilesFace;
  history: readonly RecordFace[];
  older?: string | undefined;
  mayWrite: boolean;
  /** Why the last form was refused. Of files that were, `refused` tells. */
  error?: string | undefined;
  done?: Done | undefined;
}

const ERRORS: Readonly<Record<string, MessageKey>> = {
  confirmation_needed: 'admin.config.confirm.missing',
  files_changed: 'admin.config.files_changed',
};

export const configuration: View<ConfigurationProps> = {
  name: 'admin/configuration',
  title: (_props, { t }) => t('admin.nav.configuration'),
  body: ({ error: code = '', ...props }, ui) => {
    const error = ERRORS[code];
    return (
      <AdminPage
        ui={ui}
        tab="/admin/configuration"
        title={ui.t('admin.nav.configuration')}
        lead={ui.t('admin.config.lead')}
        done={props.done}
      >
        {error === undefined ? null : <Alert tone="bad">{ui.t(error)}</Alert>}
        {props.refused === undefined ? null : <Refused of={props.refused} ui={ui} own />}
        {props.others.map((refused) => (
          <Refused of={refused} ui={ui} />
        ))}
        <InForce of={props} ui={ui} />
        <section class="section">
          <h2>{ui.t('admin.config.files')}</h2>
          <FilesPlan of={props.present} told={props.refused?.problems} mayWrite={props.mayWrite} ui={ui} />
        </section>
        <section class="section">
          <h2>{ui.t('admin.config.history')}</h2>
          <RecordList records={props.history} ui={ui} />
          <Pager older={props.older} ui={ui} />
        </section>
      </AdminPage>
    );
  },
  samples: samples(),
};

const Refused = ({ of, ui, own = false }: { of: RefusalFace; ui: Ui; own?: boolean }) => (
  <div class="group">
    <Alert tone="bad" title={ui.t(own ? 'admin.config.refused' : 'admin.config.refused.other')}>
      {ui.t('admin.config.refused.text', { time: momentText(ui.locale, of.at), process: of.process })}
    </Alert>
    <Problems of={of.problems} />
  </div>
);

const InForce = ({ of, ui }: { of: ConfigurationProps; ui: Ui }) => (
  <dl class="facts roomy">
    <dt>{ui.t('admin.config.since')}</dt>
    <dd>
      <Time at={of.since} ui={ui} />
    </dd>
    <dt>{ui.t('admin.config.digest')}</dt>
    <dd>
      <code>{of.digest}</code> · {ui.t('admin.config.generation', { generation: of.generation })}
    </dd>
    <dt>{ui.t('admin.config.process')}</dt>
    <dd>
      <code>{of.process}</code>
    </dd>
    <dt>{ui.t('admin.config.read')}</dt>
    <dd>
      {of.files.map((file) => (
        <code class="chip">{file}</code>
      ))}
    </dd>
  </dl>
);

function samples(): Record<string, ConfigurationProps> {
  const quiet: ConfigurationProps = {
    process: 'auth-1:4711:x7Qk',
    digest: 'h2Jk0OBv3QmY6r1sTnZcWA',
    generation: 4,
    since: new Date('2026-11-21T06:00:00Z'),
    files: ['config/tokenim.yaml', 'config/conf.d/clients.yaml'],
    others: [],
    present: { state: 'same' },
    history: [recordSamples.act],
    mayWrite: true,
  };
  const changed = {
    state: 'changed',
    digest: 'p3Lx',
    changes: [
      {
        entry: 'roles.support',
        state: 'changed',
        place: 'config/tokenim.yaml:54',
        fields: [
          { field: 'scopes', taken: ['calls:read'], given: ['contacts:read'] },
          { field: 'require_mfa', before: 'false', after: 'true' },
          { field: 'description', after: '{"en":"Helps"}' },
          { field: 'uri', before: 'https://a.example' },
        ],
      },
      { entry: 'clients.crm', state: 'removed', fields: [] },
      { entry: 'clients.desk', state: 'added', place: 'config/conf.d/clients.yaml:3', fields: [] },
    ],
    consequences: consequenceSamples,
    people: 14,
    needsConfirmation: false,
    restarts: [],
  } as const;
  const refused = {
    at: new Date('2026-11-21T08:00:00Z'),
    process: 'auth-1:4711:x7Qk',
    problems: [
      'config/tokenim.yaml:54:14: unknown scope `calls:raed`; did you mean `calls:read`?',
      'config/tokenim.yaml:71:5: unknown key `nam`; did you mean `name`?',
    ],
  };
  return {
    quiet: { ...quiet, done: 'applied' },
    refused: { ...quiet, refused, present: { state: 'refused', problems: refused.problems } },
    other_refused: { ...quiet, others: [{ ...refused, process: 'auth-2:4712:9sdA' }] },
    changed: { ...quiet, present: changed, older: '/admin/configuration?after=e3' },
    many: { ...quiet, present: { ...changed, people: 1204, needsConfirmation: true }, error: 'confirmation_needed' },
    too_late: { ...quiet, present: changed, error: 'files_changed' },
    nobody: { ...quiet, present: { ...changed, people: 0, consequences: [] } },
    restart: { ...quiet, present: { ...changed, restarts: ['issuer', 'storage'] } },
    read_only: { ...quiet, present: changed, mayWrite: false },
  };
}
