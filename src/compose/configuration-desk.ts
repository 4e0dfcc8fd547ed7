// What `/admin/configuration` shows and does, from reloads, plans and records.
import type { ConfigurationProps, RefusalFace } from '../../views/admin/configuration.tsx';
import type { ChangeFace, FilesFace } from '../../views/partials/files-plan.tsx';
import type { ConsequenceFace } from '../../views/partials/consequences.tsx';
import { type ConfigChange, fieldWords } from '../config/compare.ts';
import { ConfigError, formatProblem } from '../config/problem.ts';
import type { Consequence } from '../policy/consequences.ts';
import type { Actor } from './administration.ts';
import type { Domain } from './domain.ts';
import type { RecordFaces } from './record-faces.ts';
import { restartsFor } from './changes.ts';
import type { FilesPlan, Reload } from './reload.ts';

export interface ConfigurationDeskDeps {
  reload: Reload;
  audit: Domain['audit'];
  facesOf: RecordFaces;
}

const HISTORY_PAGE = 20;
const HISTORY = ['config.applied', 'config.changed', 'config.refused'];
/** Among these is the last word of every process that reloaded lately. */
const LAST_RELOADS = 50;

export function createConfigurationDesk({ reload, audit, facesOf }: ConfigurationDeskDeps) {
  return {
    inForce(): Pick<ConfigurationProps, 'process' | 'digest' | 'generation' | 'since' | 'files' | 'refused'> {
      const { refused, since, ...state } = reload.state();
      const told = refused && {
        at: new Date(refused.at),
        process: state.process,
        problems: refused.message.split('\n'),
      };
      return { ...state, since: new Date(since), ...(told && { refused: told }) };
    },

    /** Records hold the first problem alone; each process tells all of its own. */
    async othersRefused(): Promise<RefusalFace[]> {
      const types = ['config.refused', 'config.loaded'];
      const { items } = await audit.list({ type: 'config.', types, limit: LAST_RELOADS });
      const heard = new Set([reload.state().process]);
      return items.flatMap(({ at, type, details = {} }) => {
        const process = String(details['process']);
        if (heard.has(process)) return [];
        heard.add(process);
        const problems = [String(details['problem'])];
        return type === 'config.refused' ? [{ at: new Date(at), process, problems }] : [];
      });
    },

    async present(): Promise<FilesFace> {
      try {
        return filesFace(await reload.plan(), reload.state().digest);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return { state: 'refused', problems: error.problems.map(formatProblem) };
      }
    },

    apply: async (by: Actor, digest: string): Promise<string | undefined> =>
      (await reload.reload('confirmed', { by, digest }))?.code,

    async history(after: string | undefined) {
      const from = after === undefined ? {} : { after };
      const { items, next } = await audit.list({ type: 'config.', types: HISTORY, limit: HISTORY_PAGE, ...from });
      return { items: await facesOf(items), ...(next !== undefined && { next }) };
    },
  };
}

/** The applied configuration may be that of the files already, while this process has kept its own. */
function filesFace({ plan, next, fixed }: FilesPlan, inForce: string): FilesFace {
  const { digest, changes, consequences, people, needsConfirmation } = plan;
  if (changes.length === 0 && digest === inForce && fixed.length === 0) return { state: 'same' };
  return {
    state: 'changed',
    digest,
    changes: changes.map((change) => changeFace(change, next.origins)),
    consequences: consequences.map(consequenceFace),
    people,
    needsConfirmation,
    restarts: [...new Set([...fixed, ...restartsFor(plan).map((entry) => entry.replace('settings.', ''))])],
  };
}

const changeFace = (
  { entry, change, fields }: ConfigChange,
  origins: Readonly<Record<string, string>>,
): ChangeFace => ({
  entry,
  state: change,
  ...(origins[entry] !== undefined && { place: origins[entry] }),
  fields: fields.map(fieldWords),
});

const consequenceFace = ({ kind, ...facts }: Consequence): ConsequenceFace => ({ ...facts, state: kind });
