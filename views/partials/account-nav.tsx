// The pages of `/account`, above each of them.
import type { Ui } from '../../src/web/view.ts';
import type { MessageKey } from '../../src/web/i18n.ts';

const PAGES = [
  { href: '/account', label: 'account.nav.profile' },
  { href: '/account/security', label: 'account.nav.security' },
  { href: '/account/apps', label: 'account.nav.apps' },
  { href: '/account/sign-ins', label: 'account.nav.sign_ins' },
  { href: '/account/security/password', label: 'account.nav.password' },
  { href: '/account/activity', label: 'account.nav.activity' },
] as const satisfies readonly { href: string; label: MessageKey }[];

export const AccountNav = ({ ui, current }: { ui: Ui; current: (typeof PAGES)[number]['href'] }) => (
  <nav class="tabs" aria-label={ui.t('account.title')}>
    <ul>
      {PAGES.map(({ href, label }) => (
        <li>
          <a href={href} aria-current={href === current ? 'page' : undefined}>
            {ui.t(label)}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
