// `/account/activity`: what happened to the account, in plain words, newest first.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Time } from '../partials/time.tsx';
import { parseUserAgent } from '../partials/user-agent.ts';

/** Types of authorization records that people are told of, and in which words. */
const WORDS = {
  'sign_in.succeeded': 'activity.sign_in_succeeded',
  'sign_in.failed': 'activity.sign_in_failed',
  'sign_in.second_factor_failed': 'activity.second_factor_failed',
  'factor.added': 'activity.factor_added',
  'factor.removed': 'activity.factor_removed',
  'factor.recovery_codes_made': 'activity.recovery_codes_made',
  'factor.recovery_code_used': 'activity.recovery_code_used',
  'factor.reset': 'activity.factor_reset',
  'sign_in.disowned': 'activity.sign_in_disowned',
  'session.ended': 'activity.session_ended',
  'account.created': 'activity.account_created',
  'admin_link.used': 'activity.account_created',
  'account.activated': 'activity.account_activated',
  'account.password_changed': 'activity.password_changed',
  'account.profile_changed': 'activity.profile_changed',
  'account.deletion_scheduled': 'activity.deletion_scheduled',
  'account.kept': 'activity.kept',
  'account.signed_out': 'activity.signed_out',
  'account.role_granted': 'activity.role_granted',
  'account.role_revoked': 'activity.role_revoked',
  'key.created': 'activity.key_created',
  'key.rotated': 'activity.key_rotated',
  'key.revoked': 'activity.key_revoked',
  'consent.approved': 'activity.consent_approved',
  'consent.denied': 'activity.consent_denied',
  'consent.withdrawn': 'activity.consent_withdrawn',
  'grant.revoked': 'activity.grant_revoked',
  'device.approved': 'activity.device_approved',
  'device.denied': 'activity.device_denied',
  'device.mismatch': 'activity.device_mismatch',
} as const satisfies Record<string, MessageKey>;

export const ACTIVITIES: readonly string[] = Object.keys(WORDS);

export interface ActivityEntry {
  type: string;
  at: Date;
  /** The application's name. */
  client?: string | undefined;
  /** What was added or removed. */
  factor?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
}

export interface ActivityProps {
  entries: readonly ActivityEntry[];
  /** Where older ones begin. */
  next?: string | undefined;
}

export const activity: View<ActivityProps> = {
  name: 'accounts/activity',
  title: (_props, { t }) => t('activity.title'),
  body: ({ entries, next }, ui) => (
    <AccountPage ui={ui} tab="/account/activity" title={ui.t('activity.title')} lead={ui.t('activity.lead')}>
      {entries.length === 0 ? <p>{ui.t('activity.none')}</p> : null}
      <ol class="log">
        {entries.map((entry) => (
          <Entry entry={entry} ui={ui} />
        ))}
      </ol>
      {next === undefined ? null : (
        <p>
          <a href={`/account/activity?${new URLSearchParams({ after: next })}`}>{ui.t('activity.older')}</a>
        </p>
      )}
    </AccountPage>
  ),
  samples: {
    none: { entries: [] },
    some: {
      entries: [
        {
          type: 'sign_in.succeeded',
          at: new Date('2026-11-21T08:30:00Z'),
          address: '192.0.2.7',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0',
        },
        {
          type: 'consent.approved',
          at: new Date('2026-11-20T19:02:00Z'),
          client: 'Harbour CRM',
          address: '2001:db8::1',
        },
        { type: 'factor.added', at: new Date('2026-11-03T10:00:00Z'), factor: 'passkey' },
        { type: 'key.revoked', at: new Date('2026-11-02T10:00:00Z') },
      ],
      next: 'cursor',
    },
  },
};

const FACTORS: Readonly<Record<string, MessageKey>> = { passkey: 'sign_ins.method.key', totp: 'security.totp' };

const Entry = ({ entry, ui }: { entry: ActivityEntry; ui: Ui }) => {
  const words = (WORDS as Readonly<Record<string, MessageKey>>)[entry.type];
  const factor = FACTORS[entry.factor ?? ''];
  const browser = parseUserAgent(entry.userAgent);
  const from = [browser && [browser.name, browser.system].filter(Boolean).join(', '), entry.address];
  return (
    <li>
      <span>
        {words === undefined ? entry.type : ui.t(words)}
        {factor === undefined ? null : ` · ${ui.t(factor)}`}
        {entry.client === undefined ? null : (
          <>
            {' · '}
            <bdi>{entry.client}</bdi>
          </>
        )}
      </span>
      <span class="fine">
        <Time at={entry.at} ui={ui} />
        {from.filter(Boolean).map((part) => ` · ${part}`)}
      </span>
    </li>
  );
};
