// Says at the top of a page what the person has just done.
import type { Done } from '../../src/web/done.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import { Alert } from './card.tsx';

const DONE = {
  saved: 'done.saved',
  kept: 'done.kept',
  passkey_added: 'done.passkey_added',
  passkey_renamed: 'done.passkey_renamed',
  passkey_removed: 'done.passkey_removed',
  totp_added: 'done.totp_added',
  totp_removed: 'done.totp_removed',
  right_withdrawn: 'done.right_withdrawn',
  access_ended: 'done.access_ended',
  signed_out: 'done.signed_out',
  applied: 'done.applied',
  recorded: 'done.recorded',
  invited: 'done.invited',
  kept_held: 'done.kept_held',
} as const satisfies Record<Done, MessageKey>;

export const DoneAlert = ({ done, ui: { t } }: { done: Done | undefined; ui: Ui }) =>
  done === undefined ? null : <Alert tone="good">{t(DONE[done])}</Alert>;
