// `tokenim explain`: why a scope is granted or denied now, also from the id of a refused request.
import type { Command } from 'commander';
import { createExplain, type ExplainedRefusal } from '../compose/explain.ts';
import { systemClock } from '../lib/clock.ts';
import type { Explanation } from '../policy/explain.ts';
import { type CommonOptions, leaf, type Shell, tellUnapplied, withDomain } from './command.ts';
import { answer } from './io.ts';
import { moment } from '../lib/moment.ts';
import { printable } from './table.ts';

interface ExplainOptions extends CommonOptions {
  account?: string;
  client?: string;
  scope?: string;
  request?: string;
}

export function addExplainCommand(program: Command, shell: Shell): void {
  leaf(program, 'explain', 'why a scope is granted or denied, naming the role, key or consent')
    .option('--account <account>', 'whose permission')
    .option('--client <client_id>', 'through this application or API key')
    .option('--scope <scope>', 'which permission')
    .option('--request <id>', 'of the request that was refused with this id, instead of the other options')
    .action((options: ExplainOptions, command: Command) => {
      const problem = misuse(options);
      if (problem !== undefined) command.error(problem);
      return explain(shell, options);
    });
}

function misuse({ account, client, scope, request }: ExplainOptions): string | undefined {
  const isAlone = account === undefined && client === undefined;
  if (request !== undefined) {
    return isAlone && scope === undefined
      ? undefined
      : 'error: --request stands alone: it names a whole refused request';
  }
  if (scope === undefined) return 'error: name a --scope, or the id of a --request';
  return isAlone ? 'error: name an --account, a --client or both' : undefined;
}

function explain(shell: Shell, { account, client, scope = '', request, ...options }: ExplainOptions): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    await tellUnapplied(shell, workplace);
    const explaining = createExplain({ config: workplace.source, clock: systemClock, domain: workplace.domain });
    if (request !== undefined) {
      const refusals = await explaining.request(request);
      return answer(shell.io, options.json, { refusals }, () => refusals.map(refusalText).join('\n\n'));
    }
    const question = { scope, ...(account !== undefined && { account }), ...(client !== undefined && { client }) };
    const explanation = await explaining.scope(question);
    answer(shell.io, options.json, explanation, () => explanationText(explanation));
  });
}

const VERDICTS = { granted: 'granted', asks_consent: 'granted once the person agrees', denied: 'denied' } as const;

function explanationText({ scope, verdict, reasons }: Explanation): string {
  const lines = reasons.map(({ limit, allows, text }) => `  ${allows ? 'yes' : 'no '}  ${limit}: ${printable(text)}`);
  return [`${printable(scope)}: ${VERDICTS[verdict]}`, ...lines].join('\n');
}

function refusalText({ record, why, explanations }: ExplainedRefusal): string {
  const { at, type, reason, client, account, details } = record;
  const grant = details?.['grant_type'];
  const facts = [
    ...(client === undefined ? [] : [`client ${client}`]),
    ...(account === undefined ? [] : [`account ${account}`]),
    ...(grant === undefined ? [] : [`grant ${String(grant)}`]),
  ];
  const head = printable(
    `${moment(at)} ${type}: ${reason ?? 'failed'}${facts.length > 0 ? `, ${facts.join(', ')}` : ''}`,
  );
  const said = why === undefined ? head : `${head}\n  ${why}`;
  if (explanations.length === 0) return `${said}\n  No scopes were asked for, or the record does not tell them.`;
  return [said, 'As things stand now:', ...explanations.map(explanationText)].join('\n');
}
