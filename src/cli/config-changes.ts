// `tokenim config plan`, `apply` and `export`: what the files would change and for whom, making it so, and the whole as one
// file. What is compared and counted is in `compose/changes.ts`.
import type { Command } from 'commander';
import type { RosterEntry } from '../clients/roster.ts';
import { hashesOf } from '../clients/stored-clients.ts';
import { type ApplyDeps, applyPlan } from '../compose/apply.ts';
import { createChanges, type Plan, restartsFor } from '../compose/changes.ts';
import type { Domain } from '../compose/domain.ts';
import { announce, type Answer, answersTo, asker, askProcesses, type Speaker } from '../compose/processes.ts';
import { exportClients, exportConfig } from '../config/export.ts';
import { type ConfigSnapshot, digestOf, snapshotOf } from '../config/snapshot.ts';
import { DomainError } from '../lib/errors.ts';
import { type CommonOptions, leaf, loadOptions, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { gather } from '../storage/pages.ts';
import { describePlan, planText, refusalsIn } from './plan-text.ts';

interface ApplyOptions extends CommonOptions {
  yes?: true;
}

export function addConfigChangeCommands(group: Command, shell: Shell): void {
  leaf(group, 'plan', 'what the files would change, and for whom; exits 0 for nothing, 2 for changes').action(
    (options: CommonOptions) =>
      withDomain(shell, options, async ({ config, store, domain }) => {
        const [plan, asked] = await planAndAsk(domain, asker(store), snapshotOf(config));
        if (plan.changes.length > 0 || refusalsIn(asked).length > 0) shell.differ();
        answer(shell.io, options.json, describePlan(plan, config.origins, asked), () =>
          planText(plan, config.origins, { asked }),
        );
      }),
  );

  leaf(group, 'apply', 'check and plan the files, keep them as applied, and tell running servers to read theirs again')
    .option('--yes', 'also when it takes scopes from more people than reload.confirm_above')
    .action((options: ApplyOptions) => apply(shell, options));

  leaf(group, 'export', 'print the effective configuration as one file, without secrets')
    .option('--clients', 'instead the applications in use that no file manages, as a file for conf.d')
    .action(async ({ clients, ...options }: CommonOptions & { clients?: true }) => {
      const text = clients ? await clientsInUse(shell, options) : await exportConfig(loadOptions(shell, options));
      if (options.json) answer(shell.io, true, { yaml: text }, () => '');
      else shell.io.stdout.write(text);
    });
}

/** Those that registered themselves look after themselves, and stay. */
const clientsInUse = (shell: Shell, options: CommonOptions): Promise<string> =>
  withDomain(shell, options, async ({ domain }) => {
    const all = await gather(domain.clients.roster.all());
    const made = all.filter(({ managedBy, state }) => managedBy === 'console' && ['active', 'invalid'].includes(state));
    for (const { clientId, problems } of made) {
      for (const problem of problems) notice(shell.io, `${clientId}: ${problem}`);
    }
    return exportClients(made.flatMap(exported));
  });

/** What the files still allow of it: with more, the file would not load. */
function exported({ clientId: id, stored, resolved }: RosterEntry) {
  if (!stored || !resolved) return [];
  const { scopes, allowed_roles } = resolved;
  const settings = { ...stored.settings, scopes, ...(allowed_roles && { allowed_roles }) };
  return [{ id, settings, secretHashes: hashesOf(stored.secrets) }];
}

function apply(shell: Shell, options: ApplyOptions): Promise<void> {
  return withDomain(shell, options, async ({ config, store, domain }) => {
    const snapshot = snapshotOf(config);
    const by = asker(store);
    const [plan, asked] = await planAndAsk(domain, by, snapshot);
    refuseUnfit(plan, options);
    refuseWhereRefused(asked);
    const answers = await answersTo(by, () => make({ ...by, domain }, plan, snapshot), asked.length);
    const refusals = refusalsIn(answers);
    if (refusals.length > 0) shell.fail();
    for (const refusal of refusals) notice(shell.io, refusal);
    answer(shell.io, options.json, describePlan(plan, config.origins, answers), () => {
      const done =
        plan.changes.length === 0 ? 'Nothing was to change.' : planText(plan, config.origins, { tense: 'applied' });
      return `${done}\n${takenBy(answers)}`;
    });
  });
}

/** What it does to people, and whether the processes that run now could take it. */
const planAndAsk = (domain: Domain, by: Speaker, snapshot: ConfigSnapshot): Promise<[Plan, Answer[]]> =>
  Promise.all([createChanges(domain).plan(snapshot), askProcesses(by, digestOf(snapshot))]);

async function make(deps: ApplyDeps, plan: Plan, snapshot: ConfigSnapshot): Promise<void> {
  if (plan.former?.digest === plan.digest) return announce(deps, plan.digest);
  if (await applyPlan(deps, OPERATOR, plan, snapshot)) return;
  throw new DomainError('conflict', 'applied_meanwhile', { detail: 'another configuration was applied just now' });
}

function refuseUnfit(plan: Plan, { yes }: ApplyOptions): void {
  const restarts = restartsFor(plan);
  if (restarts.length > 0) {
    const named = restarts.map((entry) => entry.replace('settings.', '')).join(', ');
    throw new DomainError('conflict', 'restart_needed', {
      detail: `${named} cannot change without a restart of the server, which takes the files as they are`,
    });
  }
  if (plan.needsConfirmation && !yes) {
    throw new DomainError('conflict', 'confirmation_needed', {
      detail: `it takes something from ${plan.people === 1 ? 'one person' : `${plan.people} people`}; look at \`tokenim config plan\`, then say --yes`,
    });
  }
}

/** Whole or not at all: nothing is applied that a running process would refuse. */
function refuseWhereRefused(asked: readonly Answer[]): void {
  const refusals = refusalsIn(asked);
  if (refusals.length === 0) return;
  throw new DomainError('conflict', 'process_refuses', { detail: `nothing was applied: ${refusals.join('; ')}` });
}

function takenBy(answers: readonly Answer[]): string {
  const taken = answers.filter(({ outcome }) => outcome === 'taken').length;
  if (answers.length === 0) return 'No running server answered; one that starts takes the files as they are.';
  if (taken < answers.length) return `In force in ${taken} of ${answers.length} running processes.`;
  return `In force in ${taken} running ${taken === 1 ? 'process' : 'processes'}.`;
}
