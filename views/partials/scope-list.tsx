// Scopes in plain words. API scopes bring their description from the configuration; those of OpenID Connect Core §5.4
// and §11 are described in the catalogues.
import { isMessageKey } from '../../src/web/i18n.ts';
import type { Translate, Ui } from '../../src/web/view.ts';

export interface Scope {
  /** The scope value, such as `messages:send`. */
  name: string;
  /** In the reader's language. */
  description?: string | undefined;
}

export interface ScopeListProps {
  ui: Ui;
  label: string;
  scopes: readonly Scope[];
  /** `granted` before, so only recalled; `unavailable` to this person. */
  kind?: 'asked' | 'granted' | 'unavailable';
}

/** Nothing at all when there are no scopes. The value itself shows when the pointer rests on the words. */
export const ScopeList = ({ ui, label, scopes, kind = 'asked' }: ScopeListProps) =>
  scopes.length === 0 ? null : (
    <div class="group">
      <p class={kind === 'granted' ? 'muted' : undefined}>{label}</p>
      <ul class={kind === 'asked' ? 'scopes' : `scopes ${kind}`}>
        {scopes.map((scope) => (
          <li title={scope.name}>{describe(scope, ui.t)}</li>
        ))}
      </ul>
    </div>
  );

/** A scope in plain words. */
export function describe(scope: Scope, t: Translate): string {
  const key = `scope.${scope.name}`;
  return scope.description ?? (isMessageKey(key) ? t(key) : scope.name);
}
