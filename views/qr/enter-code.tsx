// `/device`: where a user code is typed in (RFC 8628 §3.3, §6.1).
import type { View, Ui } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Button, Field, PostForm } from '../partials/form.tsx';

export type EnterCodeError =
  { code: 'unknown' | 'expired' | 'already_used' } | { code: 'throttled'; retryAfterMinutes: number };

export interface EnterCodeProps {
  action: string;
  /** As typed before an error, or brought by the address. */
  userCode?: string | undefined;
  error?: EnterCodeError | undefined;
}

export const enterCode: View<EnterCodeProps> = {
  name: 'qr/enter-code',
  title: (_props, { t }) => t('device.title'),
  body: (props, ui) => (
    <Card title={ui.t('device.title')} lead={ui.t('device.lead')}>
      <PostForm ui={ui} action={props.action} class="stack">
        <Field
          name="user_code"
          class="code-input"
          label={ui.t('device.code')}
          hint={ui.t('device.code.hint')}
          error={props.error && errorText(props.error, ui)}
          value={props.userCode}
          autocomplete="off"
          autocapitalize="characters"
          maxlength={32}
          autofocus
        />
        <Button label={ui.t('device.submit')} />
      </PostForm>
      <Alert tone="warning">{ui.t('device.warning')}</Alert>
    </Card>
  ),
  samples: {
    empty: { action: '/device' },
    prefilled: { action: '/device', userCode: 'WDJB-MJHT' },
    unknown: { action: '/device', userCode: 'WDJB-MJHX', error: { code: 'unknown' } },
    expired: { action: '/device', userCode: 'WDJB-MJHT', error: { code: 'expired' } },
    already_used: { action: '/device', userCode: 'WDJB-MJHT', error: { code: 'already_used' } },
    throttled: { action: '/device', userCode: 'WDJB-MJHT', error: { code: 'throttled', retryAfterMinutes: 10 } },
  },
};

function errorText(error: EnterCodeError, { t }: Ui): string {
  if (error.code === 'throttled') return t('device.error.throttled', { minutes: error.retryAfterMinutes });
  return t(`device.error.${error.code}`);
}
