// `/admin/act/<name>`: what an act does to whom, before it is done.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AdminPage } from '../partials/admin-page.tsx';
import { type AppFace, appSamples, ManagedBy } from '../partials/app-facts.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';

const TEXTS = {
  disable: 'admin.act.disable',
  enable: 'admin.act.enable',
  'reset-factors': 'admin.act.reset-factors',
  'sign-out': 'admin.act.sign-out',
  'grant-role': 'admin.act.grant-role',
  'revoke-role': 'admin.act.revoke-role',
  'revoke-grant': 'admin.act.revoke-grant',
  'revoke-key': 'admin.act.revoke-key',
  'disable-key': 'admin.act.disable-key',
  'enable-key': 'admin.act.enable-key',
  'disable-client': 'admin.act.disable-client',
  'enable-client': 'admin.act.enable-client',
} as const satisfies Record<string, MessageKey>;

export type ActName = keyof typeof TEXTS;

export interface ActFacts {
  /** Whom or what it is about. */
  name: string;
  /** The role, or the owner. */
  detail?: string | undefined;
  /** What ends, or begins, by it. */
  effects: readonly { state: Effect; count: number; names: readonly string[] }[];
  /** What manages it, where that is a file or we: then it cannot be done here. */
  manager?: AppFace['manager'] | undefined;
  /** Nobody gives rights to themselves. */
  isOwn?: boolean;
}

const EFFECTS = {
  sessions: 'admin.effect.sessions',
  grants: 'admin.effect.grants',
  keys: 'admin.effect.keys',
  factors: 'admin.effect.factors',
  scopes_lost: 'admin.effect.scopes_lost',
  scopes_gained: 'admin.effect.scopes_gained',
  keys_narrowed: 'admin.effect.keys_narrowed',
  scopes: 'admin.effect.scopes',
  people: 'admin.effect.people',
  client_grants: 'admin.effect.client_grants',
} as const satisfies Record<string, MessageKey>;

export type Effect = keyof typeof EFFECTS;

export interface ActProps {
  code: ActName;
  facts: ActFacts;
  action: string;
  cancelHref: string;
  /** Why it was refused. */
  error?: string | undefined;
}

/** What only gives back is no danger. */
const GIVING: readonly ActName[] = ['enable', 'grant-role', 'enable-key', 'enable-client'];

const ERRORS: Readonly<Record<string, MessageKey>> = {
  last_administrator: 'admin.error.last_administrator',
  key_revoked: 'admin.error.key_revoked',
  own_account: 'admin.error.own_account',
};

export const actPage: View<ActProps> = {
  name: 'admin/act',
  title: ({ code }, { t }) => t(TEXTS[code]),
  body: ({ code, facts, action, cancelHref, error }, ui) => (
    <AdminPage
      ui={ui}
      title={ui.t(TEXTS[code])}
      lead={<bdi>{[facts.name, facts.detail].filter(Boolean).join(' · ')}</bdi>}
    >
      {isPossible(facts) ? (
        <>
          {error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[error] ?? 'admin.error.other')}</Alert>}
          <p>{ui.t(`${TEXTS[code]}.text`)}</p>
          <Effects of={facts} ui={ui} />
          <PostForm ui={ui} action={action} class="acts start">
            <Button kind={GIVING.includes(code) ? 'primary' : 'danger'} label={ui.t(TEXTS[code])} />
            <LinkButton kind="secondary" href={cancelHref} label={ui.t('admin.act.cancel')} />
          </PostForm>
        </>
      ) : (
        <>
          <Impossible of={facts} ui={ui} />
          <LinkButton kind="secondary" href={cancelHref} label={ui.t('admin.act.back')} />
        </>
      )}
    </AdminPage>
  ),
  samples: samples(),
};

const isPossible = ({ manager, isOwn = false }: ActFacts): boolean => manager === undefined && !isOwn;

const Impossible = ({ of: { manager }, ui }: { of: ActFacts; ui: Ui }) => (
  <Alert tone="warning">
    {manager === undefined ? ui.t('admin.error.own_account') : <ManagedBy of={{ manager }} ui={ui} />}
  </Alert>
);

const Effects = ({ of: { effects }, ui }: { of: ActFacts; ui: Ui }) =>
  effects.length === 0 ? null : (
    <dl class="facts roomy">
      {effects.map(({ state, count, names }) => (
        <>
          <dt>{ui.t(EFFECTS[state])}</dt>
          <dd>
            {count}
            {names.map((item) => (
              <>
                {' '}
                <code class="chip">{item}</code>
              </>
            ))}
          </dd>
        </>
      ))}
    </dl>
  );

function samples(): Record<string, ActProps> {
  const names = Object.keys(TEXTS) as ActName[];
  const effects = (Object.keys(EFFECTS) as Effect[]).map((state) => ({
    state,
    count: 2,
    names: ['calls:read', 'CRM'],
  }));
  const act = (code: ActName): ActProps => ({
    code,
    facts: { name: 'wang@example.com', detail: 'support', effects },
    action: `/admin/act/${code}?account=a2&role=support`,
    cancelHref: '/admin/people/a2',
  });
  return {
    ...Object.fromEntries(names.map((name) => [name, act(name)])),
    last_administrator: {
      ...act('disable'),
      facts: { name: 'lin@example.com', effects: [] },
      error: 'last_administrator',
    },
    key_revoked: { ...act('enable-key'), error: 'key_revoked' },
    own_account: { ...act('grant-role'), facts: { ...act('grant-role').facts, isOwn: true } },
    file: { ...act('disable-client'), facts: { name: 'Harbour CRM', effects: [], manager: appSamples.file.manager } },
    other: { ...act('disable'), error: 'version_conflict' },
  };
}
