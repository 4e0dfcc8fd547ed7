// A text to be taken along, with a button that copies it. Without JavaScript the button stays away and one click selects all.
import type { Ui } from '../../src/web/view.ts';

export const COPY_SCRIPT = 'copy.js';

export const Copyable = ({ ui, id, label, text }: { ui: Ui; id: string; label: string; text: string }) => (
  <div class="copyable">
    <p class="label" id={`${id}-label`}>
      {label}
    </p>
    <p class="command">
      <code id={id} aria-labelledby={`${id}-label`}>
        {text}
      </code>
    </p>
    <button type="button" class="button secondary" data-copy={id} data-copied={ui.t('copy.done')} hidden>
      {ui.t('copy')}
    </button>
  </div>
);
