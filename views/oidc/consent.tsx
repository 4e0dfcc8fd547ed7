// Consent of the person to what an application asks for (OpenID Connect Core §3.1.2.4). New scopes stand apart from those
// granted before, so that nothing slips in unseen.
import type { View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { ClientCard, SignedInPerson, Unchecked, type ClientFace, type Person } from '../partials/client.tsx';
import { Decision, PostForm } from '../partials/form.tsx';
import { ScopeList, type Scope } from '../partials/scope-list.tsx';

export interface ConsentProps {
  action: string;
  client: ClientFace;
  person: Person;
  switchAction: string;
  /** Asked for now. */
  scopes: readonly Scope[];
  grantedScopes: readonly Scope[];
  /** The application keeps access by refresh tokens (OpenID Connect Core §11). */
  offlineAccess: boolean;
}

export const consent: View<ConsentProps> = {
  name: 'oidc/consent',
  title: ({ client }, { t }) => t('consent.title', { client: client.name }),
  body: (props, ui) => (
    <Card title={ui.t('consent.title', { client: props.client.name })}>
      <ClientCard client={props.client} />
      <Unchecked client={props.client} ui={ui} />
      {props.scopes.length === 0 ? <p>{ui.t(nothingKey(props), { client: props.client.name })}</p> : null}
      <ScopeList ui={ui} label={ui.t('consent.lead', { client: props.client.name })} scopes={props.scopes} />
      <ScopeList ui={ui} label={ui.t('consent.granted')} scopes={props.grantedScopes} granted />
      {props.offlineAccess ? <p class="note">{ui.t('consent.offline')}</p> : null}
      <PostForm ui={ui} action={props.action}>
        <Decision approve={ui.t('consent.approve')} deny={ui.t('consent.deny')} />
      </PostForm>
      <p class="fine">{ui.t('consent.revoke')}</p>
      <SignedInPerson ui={ui} person={props.person} switchAction={props.switchAction} />
    </Card>
  ),
  samples: {
    new_scopes: {
      action: '/interaction/k3v9/consent',
      client: { name: 'Harbour CRM', uri: 'https://crm.example' },
      person: { name: 'Lin Xiaoyu', email: 'lin@example.com' },
      switchAction: '/interaction/k3v9/switch',
      scopes: [
        { name: 'openid' },
        { name: 'profile' },
        { name: 'messages:read', description: 'Read messages' },
        { name: 'messages:send', description: 'Send messages' },
      ],
      grantedScopes: [],
      offlineAccess: true,
    },
    more_scopes: {
      action: '/interaction/k3v9/consent',
      client: { name: 'Harbour CRM' },
      person: { name: 'lin@example.com', email: 'lin@example.com' },
      switchAction: '/interaction/k3v9/switch',
      scopes: [{ name: 'calls:read', description: 'See call records' }, { name: 'phone' }, { name: 'offline_access' }],
      grantedScopes: [{ name: 'openid' }, { name: 'email' }, { name: 'messages:read', description: 'Read messages' }],
      offlineAccess: false,
    },
    unchecked: {
      action: '/interaction/k3v9/consent',
      client: {
        name: 'TokenIM',
        uri: 'https://tokenim.stranger.example',
        unchecked: { at: new Date('2026-11-21T09:30:00Z'), goesTo: 'tokenim.stranger.example' },
      },
      person: { name: 'Lin Xiaoyu', email: 'lin@example.com' },
      switchAction: '/interaction/k3v9/switch',
      scopes: [{ name: 'openid' }, { name: 'messages:read', description: 'Read messages' }],
      grantedScopes: [],
      offlineAccess: false,
    },
    nothing_new: {
      action: '/interaction/k3v9/consent',
      client: { name: 'Harbour CRM' },
      person: { name: 'Lin Xiaoyu' },
      switchAction: '/interaction/k3v9/switch',
      scopes: [],
      grantedScopes: [{ name: 'openid' }],
      offlineAccess: false,
    },
    nothing: {
      action: '/interaction/k3v9/consent',
      client: { name: '智慧客服', logoUri: '/assets/icon.svg' },
      person: { name: 'Lin Xiaoyu' },
      switchAction: '/interaction/k3v9/switch',
      scopes: [],
      grantedScopes: [],
      offlineAccess: false,
    },
  },
};

const nothingKey = ({ grantedScopes }: ConsentProps) =>
  grantedScopes.length > 0 ? 'consent.nothing_new' : 'consent.nothing';
