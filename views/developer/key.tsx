// `/developer/keys/<client_id>`: one key, what it may do, how it was used, and rotating and revoking it.
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { Expiry, KeyScopes, KeyState, keySamples, LastUse, reasonText, revokedText } from '../partials/api-key.tsx';
import { Alert, Card } from '../partials/card.tsx';
import { Button, PostForm, Select } from '../partials/form.tsx';
import { dayText, Time } from '../partials/time.tsx';
import { LIFETIMES } from './key-new.tsx';

export interface KeyProps {
  key: KeyFace;
  /** Uses that were refused, the newest first. */
  refusals: readonly { at: Date; address?: string | undefined; reason: string }[];
  /** Why the last step was refused. */
  error?: string | undefined;
}

const OVERLAPS: readonly [hours: number, label: MessageKey][] = [
  [0, 'keys.overlap.none'],
  [1, 'keys.overlap.hour'],
  [24, 'keys.overlap.day'],
  [168, 'keys.overlap.week'],
  [720, 'keys.overlap.month'],
];
const DEFAULT_OVERLAP = 24;

const ERRORS: Readonly<Record<string, MessageKey>> = {
  second_factor_needed: 'keys.error.second_factor_needed',
  key_not_active: 'keys.error.key_not_active',
};

export const keyPage: View<KeyProps> = {
  name: 'developer/key',
  title: ({ key }) => key.name,
  body: ({ key, refusals, error }, ui) => (
    <Card title={key.name} wide>
      {error === undefined ? null : <Alert tone="bad">{ui.t(ERRORS[error] ?? 'keys.error.other')}</Alert>}
      {key.revoked === undefined ? null : <Alert tone="warning">{revokedText(key.revoked, ui)}</Alert>}
      <Facts of={key} ui={ui} />
      <section class="section">
        <h2>{ui.t('keys.scopes')}</h2>
        <KeyScopes of={key} ui={ui} />
      </section>
      {key.state === 'active' ? <Secrets of={key} ui={ui} /> : null}
      {refusals.length === 0 ? null : <Refusals refusals={refusals} ui={ui} />}
      {key.state === 'active' ? <Rotate of={key} ui={ui} /> : null}
      {key.state === 'revoked' ? null : <Revoke of={key} ui={ui} />}
      <p class="fine">
        <a href="/developer/keys">{ui.t('keys.back')}</a>
      </p>
    </Card>
  ),
  samples: {
    rotated: {
      key: keySamples.active,
      refusals: [
        { at: new Date('2026-11-20T12:00:00Z'), address: '198.51.100.7', reason: 'address_not_allowed' },
        { at: new Date('2026-11-19T12:00:00Z'), reason: 'disabled' },
      ],
    },
    ending: { key: keySamples.ending, refusals: [] },
    revoked: { key: keySamples.revoked, refusals: [] },
    refused: { key: keySamples.ending, refusals: [], error: 'second_factor_needed' },
    raced: { key: keySamples.revoked, refusals: [], error: 'key_not_active' },
    failed: { key: keySamples.ending, refusals: [], error: 'expiry_invalid' },
  },
};

const Facts = ({ of: key, ui }: { of: KeyFace; ui: Ui }) => (
  <dl class="facts">
    <dt>client_id</dt>
    <dd>
      <code>{key.clientId}</code>
    </dd>
    <dt>{ui.t('keys.state')}</dt>
    <dd>
      <KeyState of={key} ui={ui} />
    </dd>
    {key.service === undefined ? null : (
      <>
        <dt>{ui.t('keys.service')}</dt>
        <dd>
          <bdi>{key.service}</bdi>
        </dd>
      </>
    )}
    <dt>{ui.t('keys.expires')}</dt>
    <dd>
      <Expiry of={key} ui={ui} />
    </dd>
    <dt>{ui.t('keys.last_used')}</dt>
    <dd>
      <LastUse of={key} ui={ui} />
    </dd>
    {key.resource === undefined ? null : (
      <>
        <dt>{ui.t('keys.resource')}</dt>
        <dd>
          <bdi class="address">{key.resource}</bdi>
        </dd>
      </>
    )}
    <dt>{ui.t('keys.addresses')}</dt>
    <dd>
      {key.addresses.length === 0
        ? ui.t('keys.addresses.any')
        : key.addresses.map((range) => <code class="chip">{range}</code>)}
    </dd>
  </dl>
);

/** Two of them after a rotation: which one is still in use somewhere shows whether the change is complete. */
const Secrets = ({ of: { secrets }, ui }: { of: KeyFace; ui: Ui }) => (
  <section class="section">
    <h2>{ui.t('keys.secrets')}</h2>
    <ul class="factors">
      {secrets.map(({ createdAt, expiresAt, lastUsedAt, isLatest }, place) => (
        <li>
          <p>
            <strong>
              {ui.t(place === 0 ? 'keys.secret.present' : 'keys.secret.former')}{' '}
              {isLatest ? <span class="chip good">{ui.t('keys.secret.latest')}</span> : null}
            </strong>
            <span class="muted">
              {ui.t('keys.secret.made', { date: dayText(ui.locale, createdAt) })} ·{' '}
              {lastUsedAt === undefined ? (
                ui.t('keys.never_used')
              ) : (
                <>
                  {ui.t('keys.last_used')} <Time at={lastUsedAt} ui={ui} />
                </>
              )}
            </span>
            {expiresAt === undefined ? null : (
              <span class="muted">
                {ui.t('keys.secret.ends')} <Time at={expiresAt} ui={ui} />
              </span>
            )}
          </p>
        </li>
      ))}
    </ul>
  </section>
);

const Refusals = ({ refusals, ui }: { refusals: KeyProps['refusals']; ui: Ui }) => (
  <section class="section">
    <h2>{ui.t('keys.refusals')}</h2>
    <ul class="rights">
      {refusals.map(({ at, address, reason }) => (
        <li>
          <span>
            {reasonText(reason, ui)}
            {address === undefined ? null : (
              <>
                {' '}
                <bdi class="address muted">{address}</bdi>
              </>
            )}
          </span>
          <Time at={at} ui={ui} />
        </li>
      ))}
    </ul>
  </section>
);

const Rotate = ({ of: { clientId }, ui }: { of: KeyFace; ui: Ui }) => (
  <section class="section">
    <h2>{ui.t('keys.rotate')}</h2>
    <p class="muted">{ui.t('keys.rotate.text')}</p>
    <PostForm ui={ui} action={`/developer/keys/${encodeURIComponent(clientId)}/rotate`} class="stack">
      <div class="pair">
        <Select
          name="overlap"
          label={ui.t('keys.overlap')}
          options={OVERLAPS.map(([hours, label]) => ({ value: String(hours), label: ui.t(label) }))}
          value={String(DEFAULT_OVERLAP)}
        />
        <Select
          name="days"
          label={ui.t('keys.lifetime')}
          options={LIFETIMES.map((days) => ({ value: days, label: ui.t('keys.days', { days }) }))}
          value="90"
        />
      </div>
      <Button kind="secondary" label={ui.t('keys.rotate.submit')} />
    </PostForm>
  </section>
);

const Revoke = ({ of: { clientId }, ui }: { of: KeyFace; ui: Ui }) => (
  <section class="section">
    <h2>{ui.t('keys.revoke')}</h2>
    <p class="muted">{ui.t('keys.revoke.text')}</p>
    <PostForm ui={ui} action={`/developer/keys/${encodeURIComponent(clientId)}/revoke`} class="stack">
      <Button kind="danger" label={ui.t('keys.revoke.submit')} />
    </PostForm>
  </section>
);
