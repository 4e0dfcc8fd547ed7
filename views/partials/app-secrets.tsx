// The secrets of an application by id and age, and the forms that make another and remove a former one.
import type { Ui } from '../../src/web/view.ts';
import { Made } from './app-facts.tsx';
import { Button, PostForm } from './form.tsx';

interface AppSecretsProps {
  here: string;
  secrets: readonly { id: string; at: Date; by: string }[];
  ui: Ui;
}

export const AppSecrets = ({ here, secrets, ui }: AppSecretsProps) => (
  <section class="section">
    <h2>{ui.t('admin.app.secrets')}</h2>
    <p class="muted">{ui.t('admin.app.secrets.text')}</p>
    <ul class="rights">
      {secrets.map(({ id, at, by }) => (
        <li>
          <span>
            <code>{id}</code> <Made at={at} by={by} ui={ui} />
          </span>
          {secrets.length === 1 ? null : (
            <PostForm ui={ui} action={`${here}/secrets/${encodeURIComponent(id)}/remove`}>
              <button type="submit" class="link">
                {ui.t('admin.app.secret.remove')}
              </button>
            </PostForm>
          )}
        </li>
      ))}
    </ul>
    <PostForm ui={ui} action={`${here}/secrets`} class="acts start">
      <Button kind="secondary" label={ui.t('admin.app.secret.new')} />
    </PostForm>
  </section>
);
