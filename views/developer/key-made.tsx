// A new key or a new secret, shown this once, with a command that gets a token by it.
import type { View } from '../../src/web/view.ts';
import { Alert, Card } from '../partials/card.tsx';
import { COPY_SCRIPT, Copyable } from '../partials/copy.tsx';
import { dayText } from '../partials/time.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface KeyMadeProps {
  purpose: 'created' | 'rotated';
  clientId: string;
  /** The whole key. */
  secret: string;
  curl: string;
  expiresAt: Date;
  href: string;
}

export const keyMade: View<KeyMadeProps> = {
  name: 'developer/key-made',
  scripts: [COPY_SCRIPT],
  title: (_props, { t }) => t('keys.made.title'),
  body: ({ purpose, clientId, secret, curl, expiresAt, href }, ui) => (
    <Card title={ui.t('keys.made.title')} wide>
      <Alert tone="warning">{ui.t('keys.made.once')}</Alert>
      <Copyable ui={ui} id="client-id" label="client_id" text={clientId} />
      <Copyable ui={ui} id="client-secret" label="client_secret" text={secret} />
      <Copyable ui={ui} id="curl" label={ui.t('keys.made.curl')} text={curl} />
      <p class="muted">
        {ui.t('keys.made.expires', { date: dayText(ui.locale, expiresAt) })}
        {purpose === 'rotated' ? ` ${ui.t('keys.made.rotated')}` : null}
      </p>
      <LinkButton href={href} label={ui.t('keys.made.kept')} />
    </Card>
  ),
  samples: {
    created: made('created'),
    rotated: made('rotated'),
  },
};

function made(purpose: KeyMadeProps['purpose']): KeyMadeProps {
  const clientId = 'tim_live_h0HvRNLHeGrt';
  const secret = `${clientId}_NgIYCys35U3oDdY5xi8BKqLZJtNgRwLU3gmXO4`;
  return {
    purpose,
    clientId,
    secret,
    curl: `curl -s -u ${clientId}:${secret} -d grant_type=client_credentials https://id.tokenim.example/oauth/token`,
    expiresAt: new Date('2027-02-19T09:30:00Z'),
    href: `/developer/keys/${clientId}`,
  };
}
