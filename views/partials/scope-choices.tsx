// Scopes that the person may leave out, each with a box; the required ones are in `scope-list.tsx`. Stands in the form that they
// answer.
import type { Ui } from '../../src/web/view.ts';
import { Checkbox } from './form.tsx';
import { describe, type Scope } from './scope-list.tsx';

export interface ScopeChoice extends Scope {
  /** Ticked at first. */
  isChosen: boolean;
}

/** Nothing at all where there is no choice. */
export const ScopeChoices = ({ ui, scopes }: { ui: Ui; scopes: readonly ScopeChoice[] }) =>
  scopes.length === 0 ? null : (
    <fieldset class="choices optional">
      <legend>{ui.t('consent.choices')}</legend>
      {scopes.map(({ isChosen, ...scope }) => (
        <Checkbox name="scope" value={scope.name} label={describe(scope, ui.t)} checked={isChosen} />
      ))}
      <p class="hint">{ui.t('consent.choices.hint', { page: ui.t('account.nav.apps') })}</p>
    </fieldset>
  );
