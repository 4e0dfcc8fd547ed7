// Consent of the person to what an application asks for (OpenID Connect Core §3.1.2.4). New scopes stand apart from those
// granted before, so that nothing slips in unseen; those that the application can do without have a box to untick.
import type { View } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { ClientCard, SignedInPerson, Unchecked, type ClientFace, type Person } from '../partials/client.tsx';
import { Decision, PostForm } from '../partials/form.tsx';
import { ScopeChoices, type ScopeChoice } from '../partials/scope-choices.tsx';
import { ScopeList, type Scope } from '../partials/scope-list.tsx';

export interface ConsentProps {
  action: string;
  /** Which edition of the client this shows, where it had several. */
  edition?: string;
  client: ClientFace;
  person: Person;
  switchAction: string;
  /** Asked for now, and required. */
  scopes: readonly Scope[];
  /** Asked for now, and optional. */
  choices: readonly ScopeChoice[];
  grantedScopes: readonly Scope[];
  /** Asked for, and beyond what the person may give now. */
  unavailableScopes: readonly Scope[];
}

export const consent: View<ConsentProps> = {
  name: 'oidc/consent',
  title: ({ client }, { t }) => t('consent.title', { client: client.name }),
  body: (props, ui) => (
    <Card title={ui.t('consent.title', { client: props.client.name })}>
      <ClientCard client={props.client} />
      <Unchecked client={props.client} ui={ui} />
      {props.scopes.length + props.choices.length === 0 ? (
        <p>{ui.t(nothingKey(props), { client: props.client.name })}</p>
      ) : null}
      <ScopeList ui={ui} label={ui.t('consent.lead', { client: props.client.name })} scopes={props.scopes} />
      <ScopeList ui={ui} label={ui.t('consent.granted')} scopes={props.grantedScopes} kind="granted" />
      <ScopeList ui={ui} label={ui.t('consent.unavailable')} scopes={props.unavailableScopes} kind="unavailable" />
      {staysWhileAway(props) ? <p class="note">{ui.t('consent.offline')}</p> : null}
      <PostForm ui={ui} action={props.action} hidden={{ edition: props.edition }} class="stack">
        <ScopeChoices ui={ui} scopes={props.choices} />
        <Decision approve={ui.t('consent.approve')} deny={ui.t('consent.deny')} />
      </PostForm>
      <p class="fine">{ui.t('consent.revoke')}</p>
      <SignedInPerson ui={ui} person={props.person} switchAction={props.switchAction} />
    </Card>
  ),
  samples: {
    new_scopes: sample({
      client: { name: 'Harbour CRM', uri: 'https://crm.example' },
      scopes: [
        { name: 'openid' },
        { name: 'profile' },
        { name: 'messages:read', description: 'Read messages' },
        { name: 'messages:send', description: 'Send messages' },
        { name: 'offline_access' },
      ],
    }),
    choices: sample({
      client: { name: 'Harbour CRM', uri: 'https://crm.example' },
      scopes: [{ name: 'openid' }, { name: 'messages:read', description: 'Read messages' }],
      choices: [
        { name: 'calls:read', description: 'See call records', isChosen: true },
        { name: 'email', isChosen: false },
        { name: 'offline_access', isChosen: true },
      ],
      unavailableScopes: [{ name: 'calls:start', description: 'Start calls' }],
    }),
    choices_alone: sample({ choices: [{ name: 'phone', isChosen: false }], grantedScopes: [{ name: 'openid' }] }),
    more_scopes: sample({
      person: { name: 'lin@example.com', email: 'lin@example.com' },
      scopes: [{ name: 'calls:read', description: 'See call records' }, { name: 'phone' }],
      grantedScopes: [{ name: 'openid' }, { name: 'email' }, { name: 'messages:read', description: 'Read messages' }],
    }),
    unchecked: sample({
      client: {
        name: 'TokenIM',
        uri: 'https://tokenim.stranger.example',
        unchecked: { at: new Date('2026-11-21T09:30:00Z'), goesTo: 'tokenim.stranger.example' },
      },
      scopes: [{ name: 'openid' }, { name: 'messages:read', description: 'Read messages' }],
    }),
    nothing_new: sample({ grantedScopes: [{ name: 'openid' }] }),
    nothing: sample({ client: { name: '智慧客服', logoUri: '/assets/icon.svg' } }),
  },
};

function sample(props: Partial<ConsentProps>): ConsentProps {
  return {
    action: '/interaction/k3v9/consent',
    client: { name: 'Harbour CRM' },
    person: { name: 'Lin Xiaoyu', email: 'lin@example.com' },
    switchAction: '/interaction/k3v9/switch',
    scopes: [],
    choices: [],
    grantedScopes: [],
    unavailableScopes: [],
    ...props,
  };
}

/** By refresh tokens (OpenID Connect Core §11). */
const staysWhileAway = ({ scopes }: ConsentProps) => scopes.some(({ name }) => name === 'offline_access');

const nothingKey = ({ grantedScopes }: ConsentProps) =>
  grantedScopes.length > 0 ? 'consent.nothing_new' : 'consent.nothing';
