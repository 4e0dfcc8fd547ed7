// `/developer/keys`: the API keys that the person manages.
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { KeyLines, KeyState, keySamples } from '../partials/api-key.tsx';
import { Card } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface KeysProps {
  keys: readonly KeyFace[];
}

export const keysPage: View<KeysProps> = {
  name: 'developer/keys',
  title: (_props, { t }) => t('keys.title'),
  body: ({ keys }, ui) => (
    <Card title={ui.t('keys.title')} lead={ui.t('keys.lead')} wide>
      <div class="acts start">
        <LinkButton href="/developer/keys/new" label={ui.t('keys.new')} />
        <LinkButton kind="secondary" href="/developer/keys/inspect" label={ui.t('keys.inspect')} />
        <LinkButton kind="secondary" href="/developer/service-accounts" label={ui.t('services.title')} />
      </div>
      {keys.length === 0 ? <p>{ui.t('keys.none')}</p> : null}
      <ul class="keys">
        {keys.map((key) => (
          <Entry of={key} ui={ui} />
        ))}
      </ul>
      <p class="fine">{ui.t('keys.review')}</p>
    </Card>
  ),
  samples: { none: { keys: [] }, some: { keys: Object.values(keySamples) } },
};

const Entry = ({ of: key, ui }: { of: KeyFace; ui: Ui }) => (
  <li>
    <div class="key-head">
      <a href={`/developer/keys/${encodeURIComponent(key.clientId)}`}>
        <bdi>{key.name}</bdi>
      </a>
      <KeyState of={key} ui={ui} />
      {key.service === undefined ? null : <span class="chip">{ui.t('keys.of_service', { name: key.service })}</span>}
    </div>
    <KeyLines of={key} ui={ui} />
  </li>
);
