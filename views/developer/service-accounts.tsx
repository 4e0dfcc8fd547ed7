// `/developer/service-accounts`: those that the person looks after, and those they are asked to.
import type { ServiceAccountFace } from '../../src/api-keys/service-accounts.ts';
import type { Done } from '../../src/web/done.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { DoneAlert } from '../partials/done.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';
import { ServiceState } from '../partials/service-account.tsx';

type Entry = Pick<ServiceAccountFace, 'id' | 'name' | 'purpose' | 'state' | 'roles'>;

export interface ServiceAccountsProps {
  accounts: readonly Entry[];
  /** Asked, and not answered yet. */
  asking: readonly { id: string; name: string }[];
  done?: Done | undefined;
}

export const serviceAccountsPage: View<ServiceAccountsProps> = {
  name: 'developer/service-accounts',
  title: (_props, { t }) => t('services.title'),
  body: ({ accounts, asking, done }, ui) => (
    <Card title={ui.t('services.title')} lead={ui.t('services.lead')} wide>
      <DoneAlert done={done} ui={ui} />
      {asking.length === 0 ? null : <Asking asking={asking} ui={ui} />}
      <div class="acts start">
        <LinkButton href="/developer/service-accounts/new" label={ui.t('services.new')} />
      </div>
      {accounts.length === 0 ? <p>{ui.t('services.none')}</p> : null}
      <ul class="keys">
        {accounts.map((account) => (
          <Row of={account} ui={ui} />
        ))}
      </ul>
      <p class="fine">
        <a href="/developer/keys">{ui.t('keys.back')}</a>
      </p>
    </Card>
  ),
  samples: {
    none: { accounts: [], asking: [], done: 'saved' },
    some: {
      accounts: [
        { id: 'a1', name: 'crm-sync', purpose: 'Copies customers every night', state: 'active', roles: ['member'] },
        { id: 'a2', name: '报表', state: 'active', roles: [] },
        { id: 'a3', name: 'old-import', state: 'disabled', roles: ['member'] },
      ],
      asking: [{ id: 'a4', name: 'billing' }],
    },
  },
};

const Row = ({ of: { id, name, purpose, state, roles }, ui }: { of: Entry; ui: Ui }) => (
  <li>
    <div class="key-head">
      <a href={`/developer/service-accounts/${encodeURIComponent(id)}`}>
        <bdi>{name}</bdi>
      </a>
      <ServiceState state={state} ui={ui} />
    </div>
    {purpose === undefined ? null : (
      <p>
        <bdi>{purpose}</bdi>
      </p>
    )}
    <p class="muted">
      {roles.length === 0 ? ui.t('services.roles.none') : ui.t('services.roles.named', { roles: roles.join(', ') })}
    </p>
  </li>
);

const Asking = ({ asking, ui }: Pick<ServiceAccountsProps, 'asking'> & { ui: Ui }) => (
  <section class="section">
    <h2>{ui.t('services.asked')}</h2>
    <p class="muted">{ui.t('services.asked.text')}</p>
    <ul class="rights">
      {asking.map(({ id, name }) => (
        <li>
          <bdi>{name}</bdi>
          <PostForm ui={ui} action={`/developer/service-accounts/${encodeURIComponent(id)}/answer`} class="acts">
            <Button kind="secondary" name="decision" value="decline" label={ui.t('services.decline')} />
            <Button kind="secondary" name="decision" value="accept" label={ui.t('services.accept')} />
          </PostForm>
        </li>
      ))}
    </ul>
  </section>
);
