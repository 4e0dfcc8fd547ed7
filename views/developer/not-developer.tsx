// Developer settings, for somebody who may not use them: which role is missing, and who gives it.
import type { View } from '../../src/web/view.ts';
import { Outcome } from '../partials/card.tsx';
import { LinkButton } from '../partials/form.tsx';

export interface NotDeveloperProps {
  /** Any of them is enough. */
  roles: readonly { name: string; description?: string | undefined }[];
  /** The role is held, and waits for a sign-in with a second factor. */
  isFactorMissing: boolean;
}

export const notDeveloper: View<NotDeveloperProps> = {
  name: 'developer/not-developer',
  title: (_props, { t }) => t('keys.title'),
  body: ({ roles, isFactorMissing }, { t }) => (
    <Outcome
      icon="key"
      tone="neutral"
      title={t('keys.role.title')}
      text={isFactorMissing ? t('keys.role.factor') : roles.length === 0 ? t('keys.role.none') : t('keys.role.text')}
    >
      {isFactorMissing ? null : (
        <ul class="roles">
          {roles.map(({ name, description }) => (
            <li>
              <code class="chip">{name}</code>
              {description === undefined ? null : <span class="muted">{description}</span>}
            </li>
          ))}
        </ul>
      )}
      {isFactorMissing ? (
        <LinkButton href="/account/security" label={t('keys.role.security')} />
      ) : (
        <LinkButton kind="secondary" href="/account" label={t('keys.role.account')} />
      )}
    </Outcome>
  ),
  samples: {
    role: { roles: [{ name: 'developer', description: 'Makes API keys' }, { name: 'lead' }], isFactorMissing: false },
    factor: { roles: [{ name: 'developer' }], isFactorMissing: true },
    nowhere: { roles: [], isFactorMissing: false },
  },
};
