// `tokenim review`: who holds which roles, keys and grants, or only those that nobody used for so long.
import { type Command, Option } from 'commander';
import type { Holding } from '../compose/holding.ts';
import { review } from '../compose/review.ts';
import { holdingJson, reviewCsv } from '../compose/review-rows.ts';
import { systemClock } from '../lib/clock.ts';
import { type CommonOptions, duration, leaf, type Shell, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { gather } from '../storage/pages.ts';
import { table } from './table.ts';

interface ReviewOptions extends CommonOptions {
  /** Seconds. */
  stale?: number;
  format: 'table' | 'csv' | 'jsonl';
}

export function addReviewCommand(program: Command, shell: Shell): void {
  leaf(program, 'review', 'who holds which roles, keys and grants')
    .option('--stale <duration>', 'only those that were not used for so long, such as 90d', duration)
    .addOption(new Option('--format <format>').choices(['table', 'csv', 'jsonl']).default('table'))
    .action((options: ReviewOptions) => print(shell, options));
}

function print(shell: Shell, { stale, format, json, ...options }: ReviewOptions): Promise<void> {
  const { io } = shell;
  return withDomain(shell, options, async ({ config, domain }) => {
    if (stale !== undefined && stale > config.audit.keep) {
      notice(io, 'Records are kept for a shorter time (audit.keep): what was used before that is shown as not used.');
    }
    const held = review({ config, clock: systemClock, domain }, stale);
    if (json) return answer(io, true, (await gather(held)).map(holdingJson), () => '');
    if (format === 'table') {
      const rows = await gather(held);
      return answer(io, false, undefined, () => asTable(rows));
    }
    const lines = format === 'csv' ? reviewCsv(held) : rowLines(held);
    for await (const line of lines) io.stdout.write(line);
  });
}

async function* rowLines(held: AsyncIterable<Holding>): AsyncGenerator<string> {
  for await (const holding of held) yield `${JSON.stringify(holdingJson(holding))}\n`;
}

const asTable = (held: readonly Holding[]): string =>
  table(
    ['ACCOUNT', 'HOLDS', 'NAME', 'SCOPES', 'SINCE', 'LAST USED'],
    held.map((holding) => {
      const { account, kind, name, scopes, since = '-', last_used = '-' } = holdingJson(holding);
      return [account, kind, name, scopes.join(' ') || '-', since, last_used];
    }),
  );
