// `/developer/service-accounts/new`: a name, and what it is for. Roles are given by administrators.
import type { View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { Button, PostForm } from '../partials/form.tsx';
import { ServiceError, ServiceNames, type TypedNames } from '../partials/service-account.tsx';

export interface ServiceAccountNewProps {
  typed: TypedNames;
  error?: string | undefined;
}

export const serviceAccountNew: View<ServiceAccountNewProps> = {
  name: 'developer/service-account-new',
  title: (_props, { t }) => t('services.new'),
  body: ({ typed, error }, ui) => (
    <Card title={ui.t('services.new')} lead={ui.t('services.new.lead')}>
      <ServiceError code={error} ui={ui} />
      <PostForm ui={ui} action="/developer/service-accounts" class="stack">
        <ServiceNames typed={typed} ui={ui} />
        <Button label={ui.t('services.new.submit')} />
      </PostForm>
      <p class="fine">
        <a href="/developer/service-accounts">{ui.t('services.back')}</a>
      </p>
    </Card>
  ),
  samples: {
    empty: { typed: {} },
    taken: { typed: { name: 'crm-sync', purpose: 'Copies customers' }, error: 'account_exists' },
    refused: { typed: { name: 'a b' }, error: 'username_invalid' },
    too_many: { typed: { name: 'robot-101' }, error: 'service_accounts_too_many' },
  },
};
