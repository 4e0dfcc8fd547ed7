// Making a plan the applied configuration, with a record of every change before and after. Used by `config apply` and by the
// process that takes other files into force; the others hear of it by a message of the store.
import type { AuditEvent } from '../audit/event.ts';
import type { ConfigChange } from '../config/compare.ts';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { Actor } from './actor.ts';
import type { Plan } from './changes.ts';
import type { Domain } from './domain.ts';
import { detailsOf } from './field-details.ts';
import { announce, type Speaker } from './processes.ts';

export interface ApplyDeps extends Speaker {
  domain: Pick<Domain, 'applied' | 'audit'>;
}

/**
 * False when something else was applied since the plan was made. Throws `record_failed` when it could not be recorded: what was
 * applied before is put back then, and nobody is told.
 */
export async function applyPlan(deps: ApplyDeps, by: Actor, plan: Plan, snapshot: ConfigSnapshot): Promise<boolean> {
  const { applied, audit } = deps.domain;
  const { former, digest } = plan;
  if (!(await applied.replace(former, { digest, by: by.actor, snapshot }))) return false;
  try {
    for (const event of recordsOf(plan)) await audit.record({ ...event, ...by, outcome: 'success' });
  } catch (error) {
    if (former) await applied.replace({ ...former, generation: former.generation + 1 }, former);
    throw error;
  }
  await announce(deps, digest);
  return true;
}

/** The first configuration of an installation is one record: everything in it is new. */
function recordsOf({ former, digest, changes, people }: Plan): Omit<AuditEvent, 'outcome'>[] {
  const details = { digest, before: former?.digest ?? '', changes: changes.length, people };
  const summary = { type: 'config.applied' as const, details };
  if (!former) return [summary];
  return [...changes.flatMap(changeRecords), summary];
}

const changeRecords = ({ entry, change, fields }: ConfigChange): Omit<AuditEvent, 'outcome'>[] =>
  detailsOf(fields).map((details) => ({ type: 'config.changed', details: { entry, change, ...details } }));
