// What the files of a configuration would change, for whom, and the button that takes them; or why they cannot be taken.
import type { FieldWords } from '../../src/config/compare.ts';
import type { Ui } from '../../src/web/view.ts';
import { Alert } from './card.tsx';
import { type ConsequenceFace, Consequences } from './consequences.tsx';
import { Button, Checkbox, PostForm } from './form.tsx';

export interface ChangeFace {
  entry: string;
  state: 'added' | 'removed' | 'changed';
  /** `file:line`. */
  place?: string | undefined;
  fields: readonly FieldWords[];
}

/** What the files of the answering process say now. */
export type FilesFace =
  | { state: 'same' }
  /** They have mistakes. */
  | { state: 'refused'; problems: readonly string[] }
  | {
      state: 'changed';
      digest: string;
      changes: readonly ChangeFace[];
      consequences: readonly ConsequenceFace[];
      people: number;
      needsConfirmation: boolean;
      /** What only a restart takes. */
      restarts: readonly string[];
    };

export const Problems = ({ of: problems }: { of: readonly string[] }) => (
  <ul class="problems">
    {problems.map((problem) => (
      <li>
        <code>{problem}</code>
      </li>
    ))}
  </ul>
);

export interface FilesPlanProps {
  of: FilesFace;
  /** What is told above already. */
  told: readonly string[] | undefined;
  mayWrite: boolean;
  ui: Ui;
}

export const FilesPlan = ({ of: present, told, mayWrite, ui }: FilesPlanProps) => {
  if (present.state === 'same') return <p>{ui.t('admin.config.same')}</p>;
  if (present.state === 'refused') {
    return (
      <>
        <Alert tone="warning">{ui.t('admin.config.mistakes')}</Alert>
        {present.problems.join() === told?.join() ? null : <Problems of={present.problems} />}
      </>
    );
  }
  return (
    <>
      <ul class="changes">
        {present.changes.map((change) => (
          <Change of={change} ui={ui} />
        ))}
      </ul>
      <Consequences of={present.consequences} ui={ui} />
      <p>
        {present.people === 0
          ? ui.t('admin.config.nobody_loses')
          : ui.t('admin.config.people_lose', { people: present.people })}
      </p>
      {present.restarts.length > 0 ? (
        <Alert tone="warning">{ui.t('admin.config.restart', { fields: present.restarts.join(', ') })}</Alert>
      ) : mayWrite ? (
        <Apply of={present} ui={ui} />
      ) : null}
    </>
  );
};

const Apply = ({ of, ui }: { of: Extract<FilesFace, { state: 'changed' }>; ui: Ui }) => (
  <PostForm ui={ui} action="/admin/configuration/apply" class="stack" hidden={{ digest: of.digest }}>
    {of.needsConfirmation ? (
      <Checkbox name="confirm" value="on" label={ui.t('admin.config.confirm', { people: of.people })} checked={false} />
    ) : null}
    <div class="acts start">
      <Button label={ui.t('admin.config.apply')} />
    </div>
  </PostForm>
);

const SIGN = { added: '+', removed: '−', changed: '~' } as const;

const Change = ({ of: { entry, state, place, fields }, ui }: { of: ChangeFace; ui: Ui }) => (
  <li>
    <p>
      <span aria-hidden="true">{SIGN[state]} </span>
      <code>{entry}</code> <span class="muted">{ui.t(`admin.config.${state}`)}</span>
      {place === undefined ? null : <code class="muted"> {place}</code>}
    </p>
    {state === 'changed' ? fields.map((field) => <Field of={field} ui={ui} />) : null}
  </li>
);

const Field = ({ of: { field, taken, given, before, after }, ui }: { of: FieldWords; ui: Ui }) => (
  <p class="muted">
    <code>{field}</code>{' '}
    {taken === undefined || given === undefined ? (
      <>
        <bdi>{before ?? ui.t('admin.config.nothing')}</bdi> → <bdi>{after ?? ui.t('admin.config.nothing')}</bdi>
      </>
    ) : (
      <>
        {taken.map((item) => (
          <>
            <del>{item}</del>{' '}
          </>
        ))}
        {given.map((item) => (
          <>
            <ins>{item}</ins>{' '}
          </>
        ))}
      </>
    )}
  </p>
);
