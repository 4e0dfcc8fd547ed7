// The ways between pages that belong together. A page that stands below another belongs to its tab.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';

export interface Tab {
  href: string;
  label: MessageKey;
}

export interface TabsProps {
  ui: Ui;
  /** What the pages are together. */
  label: MessageKey;
  tabs: readonly Tab[];
  /** The address of the present one. */
  tab?: string | undefined;
  class?: string;
}

export const Tabs = ({ ui, label, tabs, tab, class: kind = 'tabs' }: TabsProps) => (
  <nav class={kind} aria-label={ui.t(label)}>
    <ul>
      {tabs.map((one) => (
        <li>
          <a href={one.href} aria-current={currentness(one.href, tab, ui.path)}>
            {ui.t(one.label)}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

/** `page` is only the page itself (WAI-ARIA, aria-current). */
function currentness(href: string, tab: string | undefined, path: string): 'page' | 'true' | undefined {
  if (href !== tab) return undefined;
  return path.split('?')[0] === href ? 'page' : 'true';
}
