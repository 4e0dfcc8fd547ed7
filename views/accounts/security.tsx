// `/account/security`: what the person can prove themselves with beside the password, and how to add or take away.
import type { ComponentChildren } from 'preact';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { AccountPage } from '../partials/account-page.tsx';
import { Alert } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { dayText } from '../partials/time.tsx';

export interface PasskeyShown {
  id: string;
  name: string;
  isSynced: boolean;
  createdAt: number;
  lastUsedAt?: number | undefined;
}

export interface SecurityProps {
  passkeys: readonly PasskeyShown[];
  /** The address of this server can have passkeys. */
  takesPasskeys: boolean;
  totp?: { createdAt: number; lastUsedAt?: number | undefined } | undefined;
  recoveryCodesLeft: number;
  /** A role of the person demands a second factor. */
  isRequired: boolean;
  /** Where the person was going when they were asked to set one up. */
  returnTo?: string | undefined;
  /** Takes the second factor once, when the roles that demand it have no effect in this session yet. */
  confirmHref?: string | undefined;
  problem?: 'factor_required' | undefined;
  done?: Done | undefined;
}

const BASE = '/account/security';

export const security: View<SecurityProps> = {
  name: 'accounts/security',
  title: (_props, { t }) => t('security.title'),
  body: (props, ui) => {
    const { t } = ui;
    const hasFactor = props.passkeys.length > 0 || props.totp !== undefined;
    return (
      <AccountPage ui={ui} tab="/account/security" title={t('security.title')} done={props.done}>
        {props.problem === undefined ? null : <Alert tone="bad">{t('security.problem.factor_required')}</Alert>}
        {props.isRequired && !hasFactor ? (
          <Alert tone="warning" title={t('security.required.title')}>
            {t('security.required.text')}
          </Alert>
        ) : null}
        {props.confirmHref === undefined ? null : (
          <>
            <Alert tone="warning">{t('security.effect')}</Alert>
            <LinkButton href={props.confirmHref} label={t('security.effect.confirm')} />
          </>
        )}
        {hasFactor && props.returnTo !== undefined ? (
          <LinkButton href={props.returnTo} label={t('security.continue')} />
        ) : null}
        <Passkeys props={props} ui={ui} />
        <Totp props={props} ui={ui} />
        {hasFactor ? <RecoveryCodes props={props} ui={ui} /> : null}
        <Section title={t('sign_in.password')} text={t('security.password.text')}>
          <LinkButton kind="secondary" href={`${BASE}/password`} label={t('security.password.change')} />
        </Section>
      </AccountPage>
    );
  },
  samples: {
    nothing: { passkeys: [], takesPasskeys: true, recoveryCodesLeft: 0, isRequired: false },
    required: {
      passkeys: [],
      takesPasskeys: false,
      recoveryCodesLeft: 0,
      isRequired: true,
      returnTo: '/interaction/x',
    },
    everything: {
      passkeys: [
        { id: 'a1', name: 'Phone', isSynced: true, createdAt: 1_750_000_000_000, lastUsedAt: 1_760_000_000_000 },
        { id: 'b2', name: 'Blue security key', isSynced: false, createdAt: 1_740_000_000_000 },
      ],
      takesPasskeys: true,
      totp: { createdAt: 1_730_000_000_000, lastUsedAt: 1_755_000_000_000 },
      recoveryCodesLeft: 2,
      isRequired: true,
      returnTo: '/interaction/x',
      problem: 'factor_required',
    },
    no_codes: {
      passkeys: [],
      takesPasskeys: true,
      totp: { createdAt: 1_730_000_000_000 },
      done: 'totp_added',
      recoveryCodesLeft: 0,
      isRequired: false,
    },
    without_effect: {
      passkeys: [],
      takesPasskeys: true,
      totp: { createdAt: 1_730_000_000_000 },
      recoveryCodesLeft: 10,
      isRequired: true,
      confirmHref: '/account/confirm?return_to=%2Faccount',
    },
  },
};

interface Part {
  props: SecurityProps;
  ui: Ui;
}

const Section = ({ title, text, children }: { title: string; text: string; children: ComponentChildren }) => (
  <section class="section stack">
    <div>
      <h2>{title}</h2>
      <p class="muted">{text}</p>
    </div>
    {children}
  </section>
);

const Passkeys = ({ props, ui }: Part) => {
  const { t } = ui;
  const query = props.returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: props.returnTo })}`;
  return (
    <Section title={t('security.passkeys')} text={t('security.passkeys.text')}>
      {props.passkeys.length === 0 ? null : (
        <ul class="factors">
          {props.passkeys.map((passkey) => (
            <Passkey passkey={passkey} ui={ui} />
          ))}
        </ul>
      )}
      {props.takesPasskeys ? (
        <LinkButton
          kind={props.passkeys.length === 0 ? 'primary' : 'secondary'}
          href={`${BASE}/passkeys/new${query}`}
          label={t('security.passkeys.add')}
        />
      ) : (
        <p class="muted">{t('security.passkeys.impossible')}</p>
      )}
    </Section>
  );
};

const Passkey = ({ passkey, ui }: { passkey: PasskeyShown; ui: Ui }) => {
  const { t } = ui;
  const renameId = `rename-${passkey.id}`;
  return (
    <li>
      <p>
        <bdi class="person-name">{passkey.name}</bdi>
        <span class="muted">{t(passkey.isSynced ? 'security.passkey.synced' : 'security.passkey.bound')}</span>
        <Dates of={passkey} ui={ui} />
      </p>
      <details class="more">
        <summary>{t('security.passkey.change')}</summary>
        <PostForm ui={ui} action={`${BASE}/passkeys/rename`} class="stack" hidden={{ passkey: passkey.id }}>
          <div class="field">
            <label for={renameId}>{t('security.passkey.name')}</label>
            <input
              type="text"
              id={renameId}
              name="name"
              value={passkey.name}
              required
              maxlength={60}
              autocomplete="off"
            />
          </div>
          <Button kind="secondary" label={t('security.passkey.rename')} />
        </PostForm>
        <PostForm ui={ui} action={`${BASE}/passkeys/remove`} hidden={{ passkey: passkey.id }}>
          <Button kind="secondary" label={t('security.passkey.remove')} />
        </PostForm>
      </details>
    </li>
  );
};

const Totp = ({ props: { totp, returnTo }, ui }: Part) => {
  const { t } = ui;
  return (
    <Section title={t('security.totp')} text={t('security.totp.text')}>
      {totp === undefined ? (
        <PostForm ui={ui} action={`${BASE}/totp`} hidden={{ return_to: returnTo }}>
          <Button kind="secondary" label={t('security.totp.add')} />
        </PostForm>
      ) : (
        <ul class="factors">
          <li>
            <p>
              <span class="person-name">{t('security.totp.on')}</span>
              <Dates of={totp} ui={ui} />
            </p>
            <details class="more">
              <summary>{t('security.passkey.change')}</summary>
              <PostForm ui={ui} action={`${BASE}/totp/remove`}>
                <Button kind="secondary" label={t('security.totp.remove')} />
              </PostForm>
            </details>
          </li>
        </ul>
      )}
    </Section>
  );
};

const RecoveryCodes = ({ props: { recoveryCodesLeft: left }, ui }: Part) => {
  const { t } = ui;
  return (
    <Section title={t('security.codes')} text={t('security.codes.text')}>
      {left <= 3 ? (
        <Alert tone="warning">{t('security.codes.left', { left })}</Alert>
      ) : (
        <p>{t('security.codes.left', { left })}</p>
      )}
      <PostForm ui={ui} action={`${BASE}/recovery-codes`}>
        <Button kind="secondary" label={t('security.codes.make')} />
      </PostForm>
    </Section>
  );
};

const Dates = ({ of, ui: { t, locale } }: { of: { createdAt: number; lastUsedAt?: number | undefined }; ui: Ui }) => (
  <span class="muted">
    {t('security.added', { date: dayText(locale, new Date(of.createdAt)) })}
    {of.lastUsedAt === undefined
      ? null
      : ` · ${t('security.used', { date: dayText(locale, new Date(of.lastUsedAt)) })}`}
  </span>
);
