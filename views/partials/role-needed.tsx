// Pages for whom a role is missing: which one, and who gives it. Developer settings and administration say it in their words.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { View } from '../../src/web/view.ts';
import { Outcome } from './card.tsx';
import { LinkButton } from './form.tsx';
import type { IconName } from './icon.tsx';

export interface RoleNeededProps {
  /** Any of them is enough. */
  roles: readonly { name: string; description?: string | undefined }[];
  /** The role is held, and waits for a sign-in with a second factor. */
  isFactorMissing: boolean;
}

export interface RoleNeededWords {
  /** Of the pages. */
  title: MessageKey;
  heading: MessageKey;
  text: MessageKey;
  /** No role at all grants it. */
  none: MessageKey;
}

export const roleNeeded = (
  name: string,
  icon: IconName,
  { title, heading, text, none }: RoleNeededWords,
): View<RoleNeededProps> => ({
  name,
  title: (_props, { t }) => t(title),
  body: ({ roles, isFactorMissing }, { t }) => (
    <Outcome
      icon={icon}
      tone="neutral"
      title={t(heading)}
      text={isFactorMissing ? t('keys.role.factor') : roles.length === 0 ? t(none) : t(text)}
    >
      {isFactorMissing ? null : (
        <ul class="roles">
          {roles.map((role) => (
            <li>
              <code class="chip">{role.name}</code>
              {role.description === undefined ? null : <span class="muted">{role.description}</span>}
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
});
