// `/account`: who the person is here, and the way out.
import type { View } from '../../src/web/view.ts';
import { AccountNav } from '../partials/account-nav.tsx';
import { Card } from '../partials/card.tsx';
import { Button, LinkButton, PostForm } from '../partials/form.tsx';

export interface AccountProps {
  name?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
  roles: readonly string[];
  signOutAction: string;
}

export const account: View<AccountProps> = {
  name: 'accounts/account',
  title: (_props, { t }) => t('account.title'),
  body: (props, ui) => (
    <Card title={ui.t('account.title')}>
      <AccountNav ui={ui} current="/account" />
      <dl class="facts">
        <Fact label={ui.t('account.name')} value={props.name} />
        <Fact label={ui.t('account.username')} value={props.username} />
        <Fact label={ui.t('account.email')} value={props.email} />
        <dt>{ui.t('account.roles')}</dt>
        <dd>
          {props.roles.length === 0
            ? ui.t('account.no_roles')
            : props.roles.map((role) => <code class="chip">{role}</code>)}
        </dd>
      </dl>
      <LinkButton kind="secondary" href="/device" label={ui.t('account.device')} />
      <PostForm ui={ui} action={props.signOutAction}>
        <Button kind="secondary" label={ui.t('account.sign_out')} />
      </PostForm>
    </Card>
  ),
  samples: {
    full: {
      name: 'Lin Xiaoyu',
      username: 'lin',
      email: 'lin@example.com',
      roles: ['member', 'support'],
      signOutAction: '/sign-out',
    },
    bare: { email: 'lin@example.com', roles: [], signOutAction: '/sign-out' },
  },
};

const Fact = ({ label, value }: { label: string; value: string | undefined }) =>
  value === undefined ? null : (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
