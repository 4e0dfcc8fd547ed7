// What differs between two configurations, entry by entry and field by field. What follows for people is worked out in
// `policy/consequences.ts`.
import type { Config } from './config.ts';
import { canonical, type ConfigSnapshot } from './snapshot.ts';

export interface FieldChange {
  field: string;
  /** Absent where there was nothing. */
  before?: unknown;
  /** Absent where nothing is left. */
  after?: unknown;
}

export interface ConfigChange {
  /** Such as `roles.support`, or `settings.lifetimes.access_token`. */
  entry: string;
  change: 'added' | 'removed' | 'changed';
  /** Of what was changed; of an entry that is new or gone, all. */
  fields: FieldChange[];
}

type Entry = Readonly<Record<string, unknown>>;

/** A changed field for people: of a list what left and came, of anything else its text before and after. */
export interface FieldWords {
  field: string;
  taken?: readonly string[];
  given?: readonly string[];
  before?: string;
  after?: string;
}

export function fieldWords({ field, before, after }: FieldChange): FieldWords {
  if (Array.isArray(before) && Array.isArray(after)) {
    const [had, has] = [before.map(String), after.map(String)];
    return {
      field,
      taken: had.filter((item) => !has.includes(item)),
      given: has.filter((item) => !had.includes(item)),
    };
  }
  return {
    field,
    ...(before !== undefined && { before: valueText(before) }),
    ...(after !== undefined && { after: valueText(after) }),
  };
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const KEYED = ['resources', 'scopes', 'roles', 'clients'] as const;

export function compareSnapshots(before: ConfigSnapshot, after: ConfigSnapshot): ConfigChange[] {
  const keyed = KEYED.flatMap((section) => {
    const [old, next] = [before[section] as Readonly<Record<string, Entry>>, after[section] as Record<string, Entry>];
    return namesOf(old, next).flatMap((id) => changeOf(`${section}.${id}`, old[id], next[id]));
  });
  const settings = namesOf(before.settings, after.settings).flatMap((name) => {
    const asEntry = (all: Entry) => (Object.hasOwn(all, name) ? { value: all[name] } : undefined);
    return changeOf(`settings.${name}`, asEntry(before.settings), asEntry(after.settings));
  });
  return [...keyed, ...settings];
}

const namesOf = (a: object, b: object): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();

/** The fields that differ between two entries, of which either may be absent. */
export const fieldChanges = (before: Entry | undefined, after: Entry | undefined): FieldChange[] =>
  namesOf(before ?? {}, after ?? {})
    .filter((field) => canonical(before?.[field]) !== canonical(after?.[field]))
    .map((field) => ({
      field,
      ...(before?.[field] !== undefined && { before: before[field] }),
      ...(after?.[field] !== undefined && { after: after[field] }),
    }));

function changeOf(entry: string, before: Entry | undefined, after: Entry | undefined): ConfigChange[] {
  const fields = fieldChanges(before, after);
  if (before && after) return fields.length === 0 ? [] : [{ entry, change: 'changed', fields }];
  return [{ entry, change: before ? 'removed' : 'added', fields }];
}

/** What a process builds on once: sealers, sockets, the store, the provider. */
const FIXED = ['mode', 'issuer', 'host', 'port', 'dataFolder', 'storage', 'secrets', 'geoip'] as const;

/** The parts of `next` that only a restart can take into force. */
export const needingRestart = (running: Config, next: Config): string[] =>
  FIXED.filter((name) => canonical(running[name]) !== canonical(next[name])).map((name) =>
    name === 'dataFolder' ? 'data' : name,
  );

/** Whether the two say the same, secrets and all. Where an entry stands is part of it: messages name the line. */
export const isSame = (running: Config, next: Config): boolean => canonical(running) === canonical(next);
