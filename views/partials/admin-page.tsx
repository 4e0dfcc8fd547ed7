// A page of the administration console below the tabs of all. A new part of the console adds its tab here.
import type { ComponentChildren } from 'preact';
import type { Done } from '../../src/web/done.ts';
import type { Ui } from '../../src/web/view.ts';
import { Card } from './card.tsx';
import { DoneAlert } from './done.tsx';
import { type Tab, Tabs } from './tabs.tsx';

const TABS = [
  { href: '/admin', label: 'admin.nav.overview' },
  { href: '/admin/people', label: 'admin.nav.people' },
  { href: '/admin/roles', label: 'admin.nav.roles' },
  { href: '/admin/clients', label: 'admin.nav.clients' },
  { href: '/admin/keys', label: 'admin.nav.keys' },
  { href: '/admin/records', label: 'admin.nav.records' },
  { href: '/admin/review', label: 'admin.nav.review' },
  { href: '/admin/configuration', label: 'admin.nav.configuration' },
] as const satisfies readonly Tab[];

export interface AdminPageProps {
  ui: Ui;
  /** None for what is asked from several places. */
  tab?: (typeof TABS)[number]['href'];
  title: string;
  lead?: ComponentChildren;
  /** What the person has just done here. */
  done?: Done | undefined;
  children?: ComponentChildren;
}

export const AdminPage = ({ ui, tab, title, lead, done, children }: AdminPageProps) => (
  <Card
    title={title}
    lead={lead}
    mark={<Tabs ui={ui} label="admin.title" tabs={TABS} tab={tab} class="tabs console" />}
    wide
  >
    <DoneAlert done={done} ui={ui} />
    {children}
  </Card>
);
