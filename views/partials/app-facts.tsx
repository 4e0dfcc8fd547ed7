// An application as administrators see it: what manages it, whether it is in use, what came of it.
import type { ComponentChildren } from 'preact';
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';
import { momentText, Time } from './time.tsx';

export interface AppFace {
  clientId: string;
  name: string;
  state: keyof typeof STATES;
  /** In force without something that the files no longer allow it. */
  isNarrowed?: boolean;
  /** `state`: what manages it; `place`: `file:line` of one of a file. */
  manager: { state: keyof typeof MANAGERS; place?: string | undefined };
  use: { grants: number; people: number; lastUsedAt?: Date | undefined };
}

const STATES = {
  active: { tone: 'good', label: 'admin.app.state.active' },
  disabled: { tone: 'bad', label: 'admin.app.state.disabled' },
  superseded: { tone: 'warning', label: 'admin.app.state.superseded' },
  expired: { tone: 'warning', label: 'admin.app.state.expired' },
  invalid: { tone: 'bad', label: 'admin.app.state.invalid' },
} as const satisfies Record<string, { tone: string; label: MessageKey }>;

const MANAGERS = {
  file: 'admin.app.by.file',
  built_in: 'admin.app.by.built_in',
  console: 'admin.app.by.console',
  registration: 'admin.app.by.registration',
} as const satisfies Record<string, MessageKey>;

export const AppState = ({ of: { state, isNarrowed }, ui }: { of: Pick<AppFace, 'state' | 'isNarrowed'>; ui: Ui }) => (
  <>
    <span class={`chip ${STATES[state].tone}`}>{ui.t(STATES[state].label)}</span>
    {isNarrowed ? <span class="chip warning">{ui.t('admin.app.narrowed')}</span> : null}
  </>
);

export const ManagedBy = ({ of: { manager }, ui }: { of: Pick<AppFace, 'manager'>; ui: Ui }) => (
  <>
    {ui.t(MANAGERS[manager.state])} {manager.place === undefined ? null : <code>{manager.place}</code>}
  </>
);

export const useText = ({ use: { grants, people, lastUsedAt } }: Pick<AppFace, 'use'>, { t, locale }: Ui): string => {
  const counted = t('admin.app.use', { people, grants });
  const used =
    lastUsedAt === undefined ? t('admin.app.unused') : t('admin.app.used', { time: momentText(locale, lastUsedAt) });
  return `${counted} · ${used}`;
};

/** A name and what it stands for; nothing where there is nothing. */
export const Fact = ({ label, children }: { label: string; children?: ComponentChildren }) => (
  <>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </>
);

export const Chips = ({ label, items }: { label: string; items: readonly string[] }) =>
  items.length === 0 ? null : (
    <Fact label={label}>
      {items.map((item) => (
        <code class="chip">{item}</code>
      ))}
    </Fact>
  );

export const Made = ({ at, by, ui }: { at: Date; by: string; ui: Ui }) => (
  <>
    <Time at={at} ui={ui} /> · <bdi class="muted">{by}</bdi>
  </>
);

const use = { grants: 38, people: 31, lastUsedAt: new Date('2026-11-21T08:12:00Z') };

export const appSamples = {
  console: {
    clientId: 'app_4kX0d9PqT2mLw7Zb',
    name: 'Harbour Notes',
    state: 'active',
    manager: { state: 'console' },
    use,
  },
  file: {
    clientId: 'crm',
    name: 'Harbour CRM',
    state: 'active',
    manager: { state: 'file', place: 'config/tokenim.yaml:123' },
    use: { grants: 1204, people: 960, lastUsedAt: use.lastUsedAt },
  },
  built_in: { clientId: 'tokenim-web', name: 'TokenIM', state: 'active', manager: { state: 'built_in' }, use },
  registered: {
    clientId: 'app_9sYcAq31LbV0ueTi',
    name: '日程助手',
    state: 'disabled',
    manager: { state: 'registration' },
    use: { grants: 0, people: 0 },
  },
  superseded: {
    clientId: 'app_000000000000000a',
    name: 'Former Import',
    state: 'superseded',
    manager: { state: 'console' },
    use: { grants: 0, people: 0 },
  },
  expired: {
    clientId: 'app_000000000000000b',
    name: 'Trial',
    state: 'expired',
    manager: { state: 'registration' },
    use: { grants: 2, people: 1 },
  },
  narrowed: {
    clientId: 'app_000000000000000d',
    name: 'Call Reports',
    state: 'active',
    isNarrowed: true,
    manager: { state: 'console' },
    use,
  },
  invalid: {
    clientId: 'app_000000000000000c',
    name: 'Local Test',
    state: 'invalid',
    manager: { state: 'console' },
    use: { grants: 0, people: 0 },
  },
} as const satisfies Record<string, AppFace>;
