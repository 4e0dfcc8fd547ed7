// `tokenim config plan`, `apply` and `export`: what the files would change and for whom, making it so, and the whole as one
// file. What is compared and counted is in `compose/changes.ts`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { announce, applyPlan } from '../compose/apply.ts';
import { createChanges, type Plan, restartsFor } from '../compose/changes.ts';
import { type Answer, ANSWER_CHANNEL } from '../compose/reload.ts';
import { hashesOf } from '../clients/stored-clients.ts';
import { exportClients, exportConfig } from '../config/export.ts';
import { snapshotOf } from '../config/snapshot.ts';
import { DomainError } from '../lib/errors.ts';
import type { Store } from '../storage/port.ts';
import { type CommonOptions, leaf, loadOptions, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { gather } from '../storage/pages.ts';
import { describePlan, planText } from './plan-text.ts';

/** Running processes answer well within a second; one that is busy may need longer. */
const ANSWER_MS = 1500;

interface ApplyOptions extends CommonOptions {
  yes?: true;
}

export function addConfigChangeCommands(group: Command, shell: Shell): void {
  leaf(group, 'plan', 'what the files would change, and for whom; exits 0 for nothing, 2 for changes').action(
    (options: CommonOptions) =>
      withDomain(shell, options, async ({ config, domain }) => {
        const plan = await createChanges(domain).plan(snapshotOf(config));
        if (plan.changes.length > 0) shell.differ();
        answer(shell.io, options.json, describePlan(plan, config.origins), () => planText(plan, config.origins));
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
    const made = all.filter(({ managedBy, state }) => managedBy === 'console' && state === 'active');
    return exportClients(
      made.flatMap(({ clientId: id, stored }) =>
        stored ? [{ id, settings: stored.settings, secretHashes: hashesOf(stored.secrets) }] : [],
      ),
    );
  });

function apply(shell: Shell, options: ApplyOptions): Promise<void> {
  return withDomain(shell, options, async ({ config, store, domain }) => {
    const snapshot = snapshotOf(config);
    const plan = await createChanges(domain).plan(snapshot);
    refuseUnfit(plan, options);
    const from = { store, process: 'command line' };
    const answers = await withAnswers(store, plan.digest, async () => {
      if (plan.former?.digest === plan.digest) return announce(from, plan.digest);
      if (await applyPlan({ ...from, domain }, OPERATOR, plan, snapshot)) return;
      throw new DomainError('conflict', 'applied_meanwhile', { detail: 'another configuration was applied just now' });
    });
    const refused = answers.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) shell.fail();
    for (const { process, message } of refused) notice(shell.io, `${process} keeps its configuration: ${message}`);
    answer(shell.io, options.json, { ...describePlan(plan, config.origins), processes: answers }, () => {
      const done = plan.changes.length === 0 ? 'Nothing was to change.' : planText(plan, config.origins, 'applied');
      return `${done}\n${takenBy(answers.length - refused.length)}`;
    });
  });
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

/** What running processes answer to `work`, which tells them. Who runs none hears nothing. */
async function withAnswers(store: Store, digest: string, work: () => Promise<void>): Promise<Answer[]> {
  const answers: Answer[] = [];
  const unsubscribe = await store.subscribe(ANSWER_CHANNEL, (message) => {
    const heard = JSON.parse(message) as Answer;
    if (heard.digest === digest) answers.push(heard);
  });
  try {
    await work();
    await sleep(ANSWER_MS);
  } finally {
    await unsubscribe();
  }
  return answers;
}

const takenBy = (processes: number): string =>
  processes === 0
    ? 'No running server answered; one that starts takes the files as they are.'
    : `In force in ${processes} running ${processes === 1 ? 'process' : 'processes'}.`;
