// A page of `/account` below the tabs of all. One that stands below another, such as the password's, belongs to its tab.
import type { ComponentChildren } from 'preact';
import type { Done } from '../../src/web/done.ts';
import type { Ui } from '../../src/web/view.ts';
import type { MessageKey } from '../../src/web/i18n.ts';
import { Card } from './card.tsx';
import { DoneAlert } from './done.tsx';

const TABS = [
  { href: '/account', label: 'account.nav.profile' },
  { href: '/account/security', label: 'account.nav.security' },
  { href: '/account/apps', label: 'account.nav.apps' },
  { href: '/account/sign-ins', label: 'account.nav.sign_ins' },
  { href: '/account/activity', label: 'account.nav.activity' },
] as const satisfies readonly { href: string; label: MessageKey }[];

export interface AccountPageProps {
  ui: Ui;
  tab: (typeof TABS)[number]['href'];
  title: string;
  lead?: string | undefined;
  /** What the person has just done here. */
  done?: Done | undefined;
  children?: ComponentChildren;
}

export const AccountPage = ({ ui, tab, title, lead, done, children }: AccountPageProps) => (
  <Card title={title} lead={lead} mark={<Tabs ui={ui} tab={tab} />}>
    <DoneAlert done={done} ui={ui} />
    {children}
  </Card>
);

const Tabs = ({ ui, tab }: Pick<AccountPageProps, 'ui' | 'tab'>) => (
  <nav class="tabs" aria-label={ui.t('account.title')}>
    <ul>
      {TABS.map(({ href, label }) => (
        <li>
          <a href={href} aria-current={currentness(href, tab, ui.path)}>
            {ui.t(label)}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

/** `page` is only the page itself (WAI-ARIA, aria-current). */
function currentness(href: string, tab: string, path: string): 'page' | 'true' | undefined {
  if (href !== tab) return undefined;
  return path.split('?')[0] === href ? 'page' : 'true';
}
