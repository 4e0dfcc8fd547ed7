// `tokenim explain`: why a scope is granted or denied now, also from the id of a refused request.
import type { Command } from 'commander';
import { createExplain, type ExplainedRefusal } from '../compose/explain.ts';
import { systemClock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Explanation } from '../policy/explain.ts';
import { type CommonOptions, leaf, type Shell, withDomain } from './command.ts';
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
    .action((options: ExplainOptions) => explain(shell, options));
}

function explain(shell: Shell, { account, client, scope, request, ...options }: ExplainOptions): Promise<void> {
  return withDomain(shell, options, async ({ source, domain }) => {
    await domain.clients.inForce.readAll();
    const explaining = createExplain({ config: source, clock: systemClock, domain });
    if (request !== undefined) {
      const refusals = await explaining.request(request);
      return answer(shell.io, options.json, { refusals }, () => refusals.map(refusalText).join('\n\n'));
    }
    if (scope === undefined) {
      throw new DomainError('invalid', 'question_incomplete', { detail: 'name a scope, or the id of a request' });
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

function refusalText({ record, explanations }: ExplainedRefusal): string {
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
  if (explanations.length === 0) return `${head}\n  No scopes were asked for, or the record does not tell them.`;
  return [head, 'As things stand now:', ...explanations.map(explanationText)].join('\n');
}
