// The surface that holds a page's one task, with its heading, and the small parts that appear on it.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface CardProps {
  title: string;
  lead?: ComponentChildren;
  /** Whose page it is, above the title. */
  mark?: ComponentChildren;
  children?: ComponentChildren;
  /** Two columns where there is room. */
  wide?: boolean;
}

export const Card = ({ title, lead, mark, children, wide = false }: CardProps) => (
  <section class={wide ? 'card wide' : 'card'}>
    {mark}
    <h1>{title}</h1>
    {lead === undefined ? null : <p class="lead">{lead}</p>}
    {children}
  </section>
);

export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

export interface OutcomeProps {
  icon: IconName;
  tone: Tone;
  title: string;
  text: ComponentChildren;
  children?: ComponentChildren;
}

/** A card that only says how something ended, and what comes next. */
export const Outcome = ({ icon, tone, title, text, children }: OutcomeProps) => (
  <section class="card outcome">
    <span class={`emblem ${tone}`}>
      <Icon name={icon} />
    </span>
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    {children}
  </section>
);

export interface AlertProps {
  tone: Tone;
  title?: string;
  children: ComponentChildren;
}

/** A message that must not be missed. An error that answers the person's last step (`bad`) is announced at once. */
export const Alert = ({ tone, title, children }: AlertProps) => (
  <div class={`alert ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
    <Icon name={tone === 'good' ? 'check' : 'alert'} />
    <div>
      {title === undefined ? null : <strong>{title}</strong>}
      <p>{children}</p>
    </div>
  </div>
);
