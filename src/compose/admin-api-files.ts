// What administration by JSON tells of the files: roles, and the configuration in force beside what the files say now.
import type { FilesFace } from '../../views/partials/files-plan.tsx';
import type { RefusalFace } from '../../views/admin/configuration.tsx';
import type { ConfigSource } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { moment } from '../lib/moment.ts';
import { scopesByRole } from '../policy/roles.ts';
import type { Actor } from './administration.ts';
import type { createConfigurationDesk } from './configuration-desk.ts';
import type { Domain } from './domain.ts';

export interface AdminApiFilesDeps {
  config: ConfigSource;
  directory: Pick<Domain['directory'], 'count'>;
  configurationDesk: ReturnType<typeof createConfigurationDesk>;
}

export function createAdminApiFiles({ config, directory, configurationDesk: desk }: AdminApiFilesDeps) {
  return {
    /** Of a role that there is. */
    async role(name: string): Promise<object> {
      const { roles, clients, origins } = config.current();
      const { description, includes = [], default: isDefault = false, require_mfa = false } = roles[name] ?? {};
      return {
        role: name,
        ...(description && { description }),
        default: isDefault,
        require_mfa,
        includes,
        included_by: Object.keys(roles).filter((other) => roles[other]?.includes.includes(name)),
        scopes: scopesByRole(name, roles).map(({ scope, role }) => ({ scope, granted_by: role })),
        clients: Object.keys(clients).filter((id) => clients[id]?.allowed_roles?.includes(name)),
        holders: await directory.count({ name: 'role', value: name }),
        ...(origins[`roles.${name}`] !== undefined && { managed_at: origins[`roles.${name}`] }),
      };
    },

    async configuration(): Promise<object> {
      const { since, refused, ...state } = desk.inForce();
      const [others, present] = await Promise.all([desk.othersRefused(), desk.present()]);
      return {
        ...state,
        since: moment(since.getTime()),
        ...(refused && { refused: refusalJson(refused) }),
        others_refused: others.map(refusalJson),
        present: presentJson(present),
      };
    },

    async apply(by: Actor, { digest, isConfirmed }: { digest: string; isConfirmed: boolean }): Promise<void> {
      const present = await desk.present();
      if (present.state === 'changed' && present.needsConfirmation && !isConfirmed) {
        throw refusedFiles('confirmation_needed', [`it takes something from ${present.people} people`]);
      }
      const code = await desk.apply(by, digest);
      if (code !== undefined) throw refusedFiles(code, desk.inForce().refused?.problems ?? []);
    },
  };
}

const refusedFiles = (code: string, problems: readonly string[]): DomainError =>
  new DomainError('conflict', code, { ...(problems.length > 0 && { detail: problems.join('\n') }) });

const refusalJson = ({ at, ...told }: RefusalFace) => ({ at: moment(at.getTime()), ...told });

function presentJson(present: FilesFace): object {
  if (present.state !== 'changed') return present;
  const { changes, consequences, needsConfirmation, restarts, ...told } = present;
  return {
    ...told,
    changes: changes.map(({ state, ...change }) => ({ ...change, change: state })),
    consequences: consequences.map(({ state, atMost, ...facts }) => ({
      kind: state,
      ...facts,
      ...(atMost && { at_most: true }),
    })),
    needs_confirmation: needsConfirmation,
    needs_restart: restarts,
  };
}
