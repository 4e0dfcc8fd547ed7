// A page of `/account` below the tabs of all. One that stands below another, such as the password's, belongs to its tab.
import type { ComponentChildren } from 'preact';
import type { Done } from '../../src/web/done.ts';
import type { Ui } from '../../src/web/view.ts';
import { Card } from './card.tsx';
import { DoneAlert } from './done.tsx';
import { type Tab, Tabs } from './tabs.tsx';

const TABS = [
  { href: '/account', label: 'account.nav.profile' },
  { href: '/account/security', label: 'account.nav.security' },
  { href: '/account/apps', label: 'account.nav.apps' },
  { href: '/account/sign-ins', label: 'account.nav.sign_ins' },
  { href: '/account/activity', label: 'account.nav.activity' },
] as const satisfies readonly Tab[];

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
  <Card title={title} lead={lead} mark={<Tabs ui={ui} label="account.title" tabs={TABS} tab={tab} />}>
    <DoneAlert done={done} ui={ui} />
    {children}
  </Card>
);
