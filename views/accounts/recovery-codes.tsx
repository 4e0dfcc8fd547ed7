// Recovery codes, shown this once.
import type { Done } from '../../src/web/done.ts';
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { DoneAlert } from '../partials/done.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface RecoveryCodesProps {
  codes: readonly string[];
  continueHref: string;
  /** What was added, when these are the first codes. */
  done?: Done | undefined;
}

export const recoveryCodes: View<RecoveryCodesProps> = {
  name: 'accounts/recovery-codes',
  title: (_props, { t }) => t('codes.title'),
  body: ({ codes, continueHref, done }, ui) => (
    <Card title={ui.t('codes.title')} lead={ui.t('codes.lead')}>
      <DoneAlert done={done} ui={ui} />
      <ol class="recovery-codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <Alert tone="warning">
        {ui.t('codes.once')} {done === undefined ? ui.t('codes.former') : null}
      </Alert>
      <LinkButton href={continueHref} label={ui.t('codes.kept')} />
    </Card>
  ),
  samples: {
    shown: {
      codes: ['7KWT2-9XBHN', 'QMV4D-3FGRZ', 'B8JPC-6WKXT', 'H2NVR-5DQMZ', 'G9TFW-4CXKB', '3MRHV-8PJND'],
      continueHref: '/account/security',
    },
    first: { codes: ['7KWT2-9XBHN', 'QMV4D-3FGRZ'], continueHref: '/account/security', done: 'passkey_added' },
  },
};
