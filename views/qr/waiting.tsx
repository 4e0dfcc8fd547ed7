// The parts of a screen that waits for the phone: the code and its state, and how to use it. `sign-in.tsx` and `scan.tsx` are
// the pages; `assets/waiting-page.js` changes what stands here.
import type { ComponentChildren } from 'preact';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import { Alert } from '../partials/card.tsx';
import { Button, Field, LinkButton, PostForm } from '../partials/form.tsx';
import { Countdown, UserCode } from '../partials/user-code.tsx';

export type LiveState = 'pending' | 'scanned' | 'confirming' | 'approved';

/** Between two loadings of a page without JavaScript. */
export const SECONDS_BETWEEN_RELOADS = 5;

export interface QrPanelProps {
  ui: Ui;
  state: LiveState;
  /** The QR as SVG markup drawn by this server: dark on white, with its quiet zone. Inserted without escaping. */
  svg: string;
  /** Seconds. */
  expiresIn: number;
  /** Takes a POST that shows a new code. */
  refreshAction: string;
  /** The form for the digits that the phone shows; seen only while they are owed. */
  digits: { action: string; isWrong: boolean };
  children?: ComponentChildren;
}

export const QrPanel = ({ ui, state, svg, expiresIn, refreshAction, digits, children }: QrPanelProps) => (
  <div class="qr-panel">
    <div class="qr-code" role="img" aria-label={ui.t('qr.label')} dangerouslySetInnerHTML={{ __html: svg }} />
    <Status text={ui.t(`qr.status.${state}`)} />
    <DigitsForm digits={digits} ui={ui} />
    <p class="qr-expiry">
      {ui.t('qr.expires')} <Countdown seconds={expiresIn} />
    </p>
    <PostForm ui={ui} action={refreshAction} class="qr-refresh">
      <Button label={ui.t('qr.refresh')} />
    </PostForm>
    {children}
  </div>
);

export interface QrGuideProps {
  ui: Ui;
  userCode: string;
  verificationUri: string;
  passwordHref: string;
}

export const QrGuide = ({ ui, userCode, verificationUri, passwordHref }: QrGuideProps) => (
  <div class="qr-guide">
    <ol class="steps">
      <li>{ui.t('qr.step.open')}</li>
      <li>{ui.t('qr.step.scan')}</li>
      <li>{ui.t('qr.step.confirm')}</li>
    </ol>
    <UserCode code={userCode} label={ui.t('qr.code')} />
    <p class="qr-manual">
      {ui.t('qr.manual')} <span class="address">{verificationUri}</span>
    </p>
    <PasswordInstead href={passwordHref} ui={ui} />
  </div>
);

export interface EndedProps {
  ui: Ui;
  state: 'denied' | 'expired' | 'failed';
  refreshAction: string;
  passwordHref: string;
}

export const Ended = ({ ui, state, refreshAction, passwordHref }: EndedProps) => (
  <>
    <Alert tone="warning">{ui.t(`qr.status.${state}`)}</Alert>
    <PostForm ui={ui} action={refreshAction}>
      <Button label={ui.t('qr.refresh')} />
    </PostForm>
    <PasswordInstead href={passwordHref} ui={ui} />
  </>
);

export const RateLimited = ({ ui, minutes, passwordHref }: { ui: Ui; minutes: number; passwordHref: string }) => (
  <>
    <Alert tone="warning">{ui.t('qr.status.rate_limited', { minutes })}</Alert>
    <LinkButton kind="secondary" href={passwordHref} label={ui.t('qr.password')} />
  </>
);

/** The words of each state, for the script. */
export const stateTexts = (states: readonly StateName[], { t }: Ui): Record<string, string> =>
  Object.fromEntries(states.map((state) => [`data-text-${state}`, t(`qr.status.${state}` satisfies MessageKey)]));

type StateName = LiveState | 'denied' | 'expired' | 'offline' | 'failed';

/** Announced by screen readers when the script changes it (WCAG 2.2, 4.1.3). */
const Status = ({ text }: { text: string }) => (
  <p class="qr-status" role="status">
    <span class="dot" aria-hidden="true" />
    <span data-status>{text}</span>
  </p>
);

const DigitsForm = ({ digits: { action, isWrong }, ui }: Pick<QrPanelProps, 'digits' | 'ui'>) => (
  <PostForm ui={ui} action={action} class="qr-digits stack">
    <Field
      name="digits"
      class="code-input"
      label={ui.t('qr.digits')}
      autocomplete="off"
      inputmode="numeric"
      minlength={2}
      maxlength={2}
    />
    <p class="field-error" role="alert" data-digits-wrong={ui.t('qr.digits.wrong')}>
      {isWrong ? ui.t('qr.digits.wrong') : null}
    </p>
    <Button label={ui.t('qr.digits.submit')} />
  </PostForm>
);

const PasswordInstead = ({ href, ui }: { href: string; ui: Ui }) => (
  <p>
    <a href={href}>{ui.t('qr.password')}</a>
  </p>
);
