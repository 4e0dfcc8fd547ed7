// Setting up an authenticator application: the QR and the same secret as text; it counts once a code of it was typed.
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { Button, Field, PostForm } from '../partials/form.tsx';

export interface TotpProps {
  action: string;
  /** Drawn by the server. */
  svg: string;
  /** The same as an address, for an application on this device. */
  uri: string;
  /** Base32, in groups. */
  secret: string;
  returnTo?: string | undefined;
  isWrong?: boolean | undefined;
}

export const totp: View<TotpProps> = {
  name: 'accounts/totp',
  title: (_props, { t }) => t('totp.title'),
  body: ({ action, svg, uri, secret, returnTo, isWrong = false }, ui) => (
    <Card title={ui.t('totp.title')} lead={ui.t('totp.lead')}>
      {isWrong ? <Alert tone="bad">{ui.t('totp.wrong')}</Alert> : null}
      {/* The server's own drawing of an address that it made. */}
      <div class="qr-code" role="img" aria-label={ui.t('totp.qr')} dangerouslySetInnerHTML={{ __html: svg }} />
      <div>
        <p class="label">{ui.t('totp.secret')}</p>
        <p class="command">
          <code>{secret}</code>
        </p>
        <p class="fine">
          <a href={uri}>{ui.t('totp.open')}</a>
        </p>
      </div>
      <PostForm ui={ui} action={action} class="stack" hidden={{ return_to: returnTo }}>
        <Field
          name="code"
          label={ui.t('second.code')}
          autocomplete="one-time-code"
          inputmode="numeric"
          maxlength={10}
          autofocus
        />
        <Button label={ui.t('totp.submit')} />
      </PostForm>
      <p class="fine">
        <a href="/account/security">{ui.t('second.confirm.cancel')}</a>
      </p>
    </Card>
  ),
  samples: {
    shown: {
      action: '/account/security/totp/confirm',
      svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"></svg>',
      uri: 'otpauth://totp/TokenIM:lin?secret=LOM5',
      secret: 'LOM5 Q5GV 7UZK L4H2 FPMM AY5J CMDA PJUM',
    },
    wrong: {
      action: '/account/security/totp/confirm',
      svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"></svg>',
      uri: 'otpauth://totp/TokenIM:lin?secret=LOM5',
      secret: 'LOM5 Q5GV 7UZK L4H2 FPMM AY5J CMDA PJUM',
      returnTo: '/account',
      isWrong: true,
    },
  },
};
