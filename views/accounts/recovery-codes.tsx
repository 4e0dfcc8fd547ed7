// Recovery codes, shown this once.
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface RecoveryCodesProps {
  codes: readonly string[];
  continueHref: string;
}

export const recoveryCodes: View<RecoveryCodesProps> = {
  name: 'accounts/recovery-codes',
  title: (_props, { t }) => t('codes.title'),
  body: ({ codes, continueHref }, { t }) => (
    <Card title={t('codes.title')} lead={t('codes.lead')}>
      <ol class="recovery-codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <Alert tone="warning">{t('codes.once')}</Alert>
      <LinkButton href={continueHref} label={t('codes.kept')} />
    </Card>
  ),
  samples: {
    shown: {
      codes: ['7KWT2-9XBHN', 'QMV4D-3FGRZ', 'B8JPC-6WKXT', 'H2NVR-5DQMZ', 'G9TFW-4CXKB', '3MRHV-8PJND'],
      continueHref: '/account/security',
    },
  },
};
