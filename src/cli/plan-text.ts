// A plan in words, and as JSON: each change with the place where it is written, then what it does to people.
import type { Plan } from '../compose/changes.ts';
import { restartsFor } from '../compose/changes.ts';
import type { Answer } from '../compose/processes.ts';
import { type ConfigChange, type FieldChange, fieldWords } from '../config/compare.ts';
import type { Config } from '../config/config.ts';
import type { Consequence, OfClient } from '../policy/consequences.ts';
import { moment } from '../lib/moment.ts';
import { printable } from './table.ts';

type Origins = Config['origins'];

const SIGN = { added: '+', removed: '-', changed: '~' } as const;
/** Of a new or removed entry the name says enough. */
const SHOWN_CHANGES = 200;

export const refusalsIn = (answers: readonly Answer[]): string[] =>
  answers
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ process, message = '' }) => `${process} keeps its configuration: ${message}`);

/** What a restart alone takes, by the plan and by what running processes say. */
const allRestarts = (plan: Plan, answers: readonly Answer[]): string[] => [
  ...new Set([
    ...restartsFor(plan).map((entry) => entry.replace('settings.', '')),
    ...answers.flatMap(({ restarts = [] }) => restarts),
  ]),
];

export const describePlan = (plan: Plan, origins: Origins, answers: readonly Answer[]) => ({
  digest: plan.digest,
  ...(plan.former && { applied: { digest: plan.former.digest, at: moment(plan.former.at), by: plan.former.by } }),
  changes: plan.changes.map((change) => ({
    ...change,
    ...(origins[change.entry] !== undefined && { at: origins[change.entry] }),
  })),
  consequences: plan.consequences,
  people: plan.people,
  needs_confirmation: plan.needsConfirmation,
  needs_restart: allRestarts(plan, answers),
  processes: answers.map(({ to: _asker, ...told }) => told),
});

interface Telling {
  tense?: 'planned' | 'applied';
  /** What running processes would do with it. */
  asked?: readonly Answer[];
}

export function planText(plan: Plan, origins: Origins, { tense = 'planned', asked = [] }: Telling): string {
  const { former, changes, consequences } = plan;
  if (!former) {
    const did = tense === 'planned' ? 'Nothing was applied yet; ' : '';
    return `${did}${counted(changes.length, 'entry', 'entries')} ${tense === 'planned' ? 'would be new' : 'are applied'}.`;
  }
  if (changes.length === 0) {
    const same = `the files say what was applied ${moment(former.at)}.`;
    const refusals = refusalsIn(asked);
    return refusals.length === 0 ? `Nothing to do: ${same}` : [`Nothing new: ${same}`, ...refusals].join('\n');
  }
  const shown = changes.slice(0, SHOWN_CHANGES).flatMap((change) => changeLines(change, origins));
  const left = changes.length - SHOWN_CHANGES;
  return [
    `${counted(changes.length, 'change', 'changes')} against what was applied ${moment(former.at)} by ${former.by}:`,
    ...shown,
    ...(left > 0 ? [`  and ${left} more; --json has them all`] : []),
    ...(consequences.length > 0 ? ['', ...consequences.map((one) => `  ${consequenceText(one)}`)] : []),
    '',
    ...refusalsIn(asked),
    ...(tense === 'planned' ? [advice(plan, asked)] : [losing(plan)]),
  ].join('\n');
}

function changeLines({ entry, change, fields }: ConfigChange, origins: Origins): string[] {
  const at = origins[entry] === undefined ? '' : ` (${origins[entry]})`;
  const head = `  ${SIGN[change]} ${printable(entry)}${at}`;
  return change === 'changed' ? [head, ...fields.map((field) => `      ${fieldText(field)}`)] : [head];
}

function fieldText(change: FieldChange): string {
  const { field, taken, given, before = '(none)', after = '(none)' } = fieldWords(change);
  if (!taken || !given) return printable(`${field}: ${before} → ${after}`);
  const moved = [...taken.map((item) => `-${item}`), ...given.map((item) => `+${item}`)];
  return printable(`${field}: ${moved.join(' ') || 'another order'}`);
}

/** `role support loses calls:read: 14 people, 3 keys, 2 applications`. */
export function consequenceText(consequence: Consequence): string {
  const { kind } = consequence;
  const people = counted(consequence.people, 'person', 'people');
  switch (kind) {
    case 'role_loses':
    case 'role_gains': {
      const { role, scope, keys, clients } = consequence;
      const others = `${counted(keys, 'key', 'keys')}, ${counted(clients, 'application', 'applications')}`;
      return `role ${role} ${kind === 'role_loses' ? 'loses' : 'gains'} ${scope}: ${people}, ${others}`;
    }
    case 'role_gone':
      return `role ${consequence.role} is gone: ${people} held it`;
    case 'role_needs_mfa':
      return `role ${consequence.role} needs a second factor from now on: ${people}`;
    case 'scope_moves':
      return `scope ${consequence.scope} moves to another resource: ${atMost(consequence)}${people}, ${counted(consequence.keys, 'key', 'keys')}`;
    case 'registration_ends':
      return `clients can no longer register: ${applications(consequence)} that did stay as they are, and no longer look after themselves`;
    case 'registration_narrows':
      return `${consequence.scope} can no longer be registered: ${applications(consequence)} that registered keep it`;
    default:
      return `application ${nameOf(consequence)} ${clientText(consequence)}`;
  }
}

const applications = ({ clients }: { clients: number }): string => counted(clients, 'application', 'applications');

const nameOf = ({ client, stored }: OfClient): string =>
  stored ? printable(`${client} (“${stored.name}”, of no file)`) : client;

function clientText(consequence: Extract<Consequence, OfClient>): string {
  const who = `${'atMost' in consequence ? atMost(consequence) : ''}${counted(consequence.people, 'person', 'people')}`;
  switch (consequence.kind) {
    case 'client_loses':
      return `loses ${consequence.scope}: ${who}`;
    case 'client_loses_on_devices':
      return `loses ${consequence.scope} on devices: ${who}`;
    case 'client_loses_grant':
      return `loses the grant ${consequence.grant}: ${who}`;
    case 'client_gone':
      return `is gone: ${who}`;
    case 'client_refused':
      return `goes out of force, ${printable(consequence.problem)}: ${who}`;
    case 'client_superseded':
      return 'is managed by the files from now on';
    case 'client_loses_proof':
      return `has no secret or key that the files know: ${who}`;
    default:
      return `no longer lets in ${who}`;
  }
}

const atMost = ({ atMost: isUpperBound }: { atMost?: true }): string => (isUpperBound ? 'at most ' : '');

function advice(plan: Plan, asked: readonly Answer[]): string {
  const restarts = allRestarts(plan, asked);
  if (restarts.length > 0) return `Needs a restart of the server: ${restarts.join(', ')}.`;
  return `${losing(plan)} Take it with \`tokenim config apply${plan.needsConfirmation ? ' --yes' : ''}\`.`;
}

const losing = ({ people }: Plan): string =>
  people === 0 ? 'Nobody loses anything.' : `${counted(people, 'person loses', 'people lose')} something.`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
