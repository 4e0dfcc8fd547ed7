// Whether an account may be used, in one word.
import type { MessageKey } from '../../src/web/i18n.ts';
import type { Ui } from '../../src/web/view.ts';

const STATES = {
  active: { tone: 'good', label: 'admin.state.active' },
  pending: { tone: 'warning', label: 'admin.state.pending' },
  disabled: { tone: 'bad', label: 'admin.state.disabled' },
  /** It will be erased. */
  leaving: { tone: 'warning', label: 'admin.state.leaving' },
} as const satisfies Record<string, { tone: string; label: MessageKey }>;

export type AccountStateName = keyof typeof STATES;

export const AccountState = ({ of: state, ui }: { of: AccountStateName; ui: Pick<Ui, 't'> }) => (
  <span class={`chip ${STATES[state].tone}`}>{ui.t(STATES[state].label)}</span>
);
