// Making a plan the applied configuration, with a record of every change before and after. Used by `config apply` and by the
// process that takes other files into force; the others hear of it by a message of the store.
import type { AuditEvent } from '../audit/event.ts';
import type { ConfigChange, FieldChange } from '../config/compare.ts';
import { canonical, type ConfigSnapshot } from '../config/snapshot.ts';
import type { Store } from '../storage/port.ts';
import type { Actor } from './actor.ts';
import type { Plan } from './changes.ts';
import type { Domain } from './domain.ts';

/** Tells the digest that was applied and by which process; the others then read their own files again. */
export const APPLIED_CHANNEL = 'config.applied';

export interface ApplyDeps {
  store: Store;
  domain: Pick<Domain, 'applied' | 'audit'>;
  /** Names this process to others. */
  process: string;
}

export const announce = ({ store, process }: Pick<ApplyDeps, 'store' | 'process'>, digest: string): Promise<void> =>
  store.publish(APPLIED_CHANNEL, `${digest} ${process}`);

/** False when something else was applied since the plan was made. Throws `record_failed` when it was done all the same. */
export async function applyPlan(deps: ApplyDeps, by: Actor, plan: Plan, snapshot: ConfigSnapshot): Promise<boolean> {
  const { domain } = deps;
  const { former, digest } = plan;
  if (!(await domain.applied.replace(former, { digest, by: by.actor, snapshot }))) return false;
  try {
    for (const event of recordsOf(plan)) await domain.audit.record({ ...event, ...by, outcome: 'success' });
  } finally {
    await announce(deps, digest);
  }
  return true;
}

/** The first configuration of an installation is one record: everything in it is new. */
function recordsOf({ former, digest, changes, people }: Plan): Omit<AuditEvent, 'outcome'>[] {
  const details = { digest, before: former?.digest ?? '', changes: changes.length, people };
  const summary = { type: 'config.applied' as const, details };
  if (!former) return [summary];
  return [...changes.map(changeRecord), summary];
}

/** A record holds at most 256 characters of a text, so each field stands by itself. */
const changeRecord = ({ entry, change, fields }: ConfigChange): Omit<AuditEvent, 'outcome'> => ({
  type: 'config.changed',
  details: { entry, change, ...Object.assign({}, ...fields.map(fieldDetails)) },
});

const LONG = 240;

function fieldDetails({ field, before, after }: FieldChange): Record<string, string> {
  const [old, next] = [textOf(before), textOf(after)];
  const [had, has] = [listOf(before), listOf(after)];
  const isLong = Math.max(old?.length ?? 0, next?.length ?? 0) > LONG;
  return {
    ...(old !== undefined && { [`${field}.before`]: old }),
    ...(next !== undefined && { [`${field}.after`]: next }),
    ...(isLong && { [`${field}.removed`]: had.filter((item) => !has.includes(item)).join(' ') }),
    ...(isLong && { [`${field}.added`]: has.filter((item) => !had.includes(item)).join(' ') }),
  };
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : canonical(value);
