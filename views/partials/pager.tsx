// The ways to the other pages of a list, where there are any.
import type { Ui } from '../../src/web/view.ts';

export const Pager = ({
  newer,
  older,
  ui,
}: {
  newer?: string | undefined;
  older?: string | undefined;
  ui: Pick<Ui, 't'>;
}) =>
  newer === undefined && older === undefined ? null : (
    <p class="links">
      {newer === undefined ? null : (
        <a href={newer} rel="prev">
          {ui.t('admin.newer')}
        </a>
      )}
      {older === undefined ? null : (
        <a href={older} rel="next">
          {ui.t('admin.older')}
        </a>
      )}
    </p>
  );
