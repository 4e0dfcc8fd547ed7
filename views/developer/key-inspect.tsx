// `/developer/keys/inspect`: what is wrong with a key, in plain words. The key itself is never shown back.
import type { KeyFace } from '../../src/api-keys/faces.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui, View } from '../../src/web/view.ts';
import { Expiry, KeyScopes, keySamples, LastUse, reasonText, revokedText } from '../partials/api-key.tsx';
import { Alert, Card } from '../partials/card.tsx';
import { dayText } from '../partials/time.tsx';
import { Button, Field, PostForm } from '../partials/form.tsx';

export interface InspectedKey {
  /** `valid`, or why it is refused. */
  code: string;
  /** What copying added. */
  errors: readonly string[];
  /** Of a key that the person manages. */
  key?: KeyFace | undefined;
  name?: string | undefined;
  clientId?: string | undefined;
  expiresAt?: Date | undefined;
  /** The visitor's, and whether the key may be used from it. */
  address?: string | undefined;
  isAddressAllowed?: boolean;
}

export interface KeyInspectProps {
  inspected?: InspectedKey | undefined;
}

const TEXTS: Readonly<Record<string, MessageKey>> = {
  malformed: 'keys.inspect.malformed',
  checksum: 'keys.inspect.checksum',
  unknown: 'keys.inspect.unknown',
  wrong_secret: 'keys.inspect.wrong_secret',
};

const FAULTS: Readonly<Record<string, MessageKey>> = {
  white_space: 'keys.inspect.white_space',
  quotes: 'keys.inspect.quotes',
  invisible_characters: 'keys.inspect.invisible_characters',
  full_width: 'keys.inspect.full_width',
  other_text: 'keys.inspect.other_text',
};

export const keyInspect: View<KeyInspectProps> = {
  name: 'developer/key-inspect',
  title: (_props, { t }) => t('keys.inspect'),
  body: ({ inspected }, ui) => (
    <Card title={ui.t('keys.inspect')} lead={ui.t('keys.inspect.lead')}>
      {inspected === undefined ? null : <Finding of={inspected} ui={ui} />}
      <PostForm ui={ui} action="/developer/keys/inspect" class="stack">
        <Field
          name="key"
          type="password"
          label={ui.t('keys.inspect.key')}
          hint={ui.t('keys.inspect.hint')}
          autocomplete="off"
          maxlength={1024}
        />
        <Button label={ui.t('keys.inspect.submit')} />
      </PostForm>
      <p class="fine">
        <a href="/developer/keys">{ui.t('keys.back')}</a>
      </p>
    </Card>
  ),
  samples: samples(),
};

const Finding = ({ of: inspected, ui }: { of: InspectedKey; ui: Ui }) => (
  <div class="stack">
    <Alert tone={inspected.code === 'valid' ? 'good' : 'bad'}>{textOf(inspected, ui)}</Alert>
    {inspected.errors.map((fault) => {
      const text = FAULTS[fault];
      return text === undefined ? null : <Alert tone="warning">{ui.t(text)}</Alert>;
    })}
    {inspected.key === undefined ? null : <Details of={inspected} face={inspected.key} ui={ui} />}
  </div>
);

function textOf({ code, key, name = '', clientId = '', expiresAt }: InspectedKey, ui: Ui): string {
  if (code === 'valid') return ui.t('keys.inspect.valid');
  if (code === 'revoked' && key?.revoked) return revokedText(key.revoked, ui);
  if (code === 'expired' && expiresAt) return ui.t('keys.inspect.expired', { date: dayText(ui.locale, expiresAt) });
  if (code === 'expired' && key) return ui.t('keys.inspect.expired', { date: dayText(ui.locale, key.expiresAt) });
  const text = TEXTS[code];
  return text === undefined ? reasonText(code, ui) : ui.t(text, { name, client_id: clientId });
}

const Details = ({ of: { address, isAddressAllowed }, face, ui }: { of: InspectedKey; face: KeyFace; ui: Ui }) => (
  <>
    <dl class="facts">
      <dt>{ui.t('keys.name')}</dt>
      <dd>
        <a href={`/developer/keys/${encodeURIComponent(face.clientId)}`}>
          <bdi>{face.name}</bdi>
        </a>
      </dd>
      <dt>{ui.t('keys.expires')}</dt>
      <dd>
        <Expiry of={face} ui={ui} />
      </dd>
      <dt>{ui.t('keys.last_used')}</dt>
      <dd>
        <LastUse of={face} ui={ui} />
      </dd>
      <dt>{ui.t('keys.addresses')}</dt>
      <dd>
        {face.addresses.length === 0
          ? ui.t('keys.addresses.any')
          : face.addresses.map((range) => <code class="chip">{range}</code>)}
      </dd>
    </dl>
    {isAddressAllowed === false ? (
      <Alert tone="warning">{ui.t('keys.inspect.address', { address: address ?? '' })}</Alert>
    ) : null}
    <KeyScopes of={face} ui={ui} />
  </>
);

function samples(): Record<string, KeyInspectProps> {
  const finding = (inspected: InspectedKey): KeyInspectProps => ({ inspected });
  const codes = ['malformed', 'checksum', 'unknown', 'replaced', 'disabled', 'owner_inactive', 'revoked'];
  return {
    empty: {},
    valid: finding({
      code: 'valid',
      errors: [],
      key: keySamples.active,
      address: '192.0.2.7',
      isAddressAllowed: false,
    }),
    copied_badly: finding({ code: 'valid', errors: Object.keys(FAULTS), key: keySamples.ending }),
    revoked_own: finding({ code: 'revoked', errors: [], key: keySamples.revoked }),
    expired_own: finding({ code: 'expired', errors: [], key: keySamples.ending }),
    expired_foreign: finding({ code: 'expired', errors: [], expiresAt: new Date('2026-11-01T00:00:00Z') }),
    wrong_secret: finding({ code: 'wrong_secret', errors: [], name: 'CRM sync', clientId: 'tim_live_h0HvRNLHeGrt' }),
    ...Object.fromEntries(codes.map((code) => [code, finding({ code, errors: [] })])),
  };
}
