// `tokenim review`: who holds which roles, keys and grants, or only those that nobody used for so long.
import { type Command, Option } from 'commander';
import { nameOf } from '../accounts/account.ts';
import { type Holding, review } from '../compose/review.ts';
import { systemClock } from '../lib/clock.ts';
import { type CommonOptions, duration, leaf, type Shell, withDomain } from './command.ts';
import { csvLine } from './csv.ts';
import { answer, notice } from './io.ts';
import { gather } from './pages.ts';
import { moment, table } from './table.ts';

interface ReviewOptions extends CommonOptions {
  /** Seconds. */
  stale?: number;
  format: 'table' | 'csv' | 'jsonl';
}

const COLUMNS = ['account', 'account_id', 'kind', 'name', 'scopes', 'since', 'last_used', 'grant_id'] as const;

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
    if (json) return answer(io, true, (await gather(held)).map(described), () => '');
    if (format === 'table') {
      const rows = await gather(held);
      return answer(io, false, undefined, () => asTable(rows));
    }
    if (format === 'csv') io.stdout.write(csvLine(COLUMNS));
    for await (const holding of held) {
      const row = described(holding);
      io.stdout.write(format === 'csv' ? csvLine(COLUMNS.map((column) => row[column])) : `${JSON.stringify(row)}\n`);
    }
  });
}

const asTable = (held: readonly Holding[]): string =>
  table(
    ['ACCOUNT', 'HOLDS', 'NAME', 'SCOPES', 'SINCE', 'LAST USED'],
    held.map((holding) => {
      const { account, kind, name, scopes, since = '-', last_used = '-' } = described(holding);
      return [account, kind, name, scopes.join(' ') || '-', since, last_used];
    }),
  );

function described({ account, kind, name, scopes, grantId, since, lastUsed }: Holding) {
  return {
    account: nameOf(account),
    account_id: account.id,
    kind,
    name,
    scopes,
    since: since === undefined ? undefined : moment(since),
    last_used: lastUsed === undefined ? undefined : moment(lastUsed),
    grant_id: grantId,
  };
}
