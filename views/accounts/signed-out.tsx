// Where signing out ends.
import type { View } from '../../src/web/view.ts';
import { Outcome } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export const signedOut: View<Record<never, never>> = {
  name: 'accounts/signed-out',
  title: (_props, { t }) => t('signed_out.title'),
  body: (_props, { t }) => (
    <Outcome icon="check" tone="good" title={t('signed_out.title')} text={t('signed_out.text')}>
      <LinkButton kind="secondary" href="/account" label={t('signed_out.again')} />
    </Outcome>
  ),
  samples: { done: {} },
};
