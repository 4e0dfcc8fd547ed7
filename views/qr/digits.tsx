// The check of a QR sign-in, on the phone: two digits that the person types on the other screen. Nothing was given yet.
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import { Countdown, UserCode } from '../partials/user-code.tsx';

export interface DigitsProps {
  digits: string;
  /** Takes a refusal, as long as the digits have not arrived. */
  action: string;
  /** Seconds. */
  expiresIn: number;
}

export const digits: View<DigitsProps> = {
  name: 'qr/digits',
  title: (_props, { t }) => t('digits.title'),
  body: (props, ui) => (
    <Card title={ui.t('digits.title')} lead={ui.t('digits.lead')}>
      <UserCode code={props.digits} label={ui.t('digits.label')} />
      <p class="muted">
        {ui.t('confirm.expires')} <Countdown seconds={props.expiresIn} />
      </p>
      <Alert tone="warning" title={ui.t('digits.warning.title')}>
        {ui.t('digits.warning')}
      </Alert>
      <PostForm ui={ui} action={props.action}>
        <Button kind="secondary" name="decision" value="deny" label={ui.t('confirm.deny')} />
      </PostForm>
    </Card>
  ),
  samples: {
    shown: { digits: '42', action: '/device/ab12cd', expiresIn: 127 },
  },
};
