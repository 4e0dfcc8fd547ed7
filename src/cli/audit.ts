// `tokenim audit …`: the authorization records, for people and as an export, and whether they are as they were written.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { recordJson, recordsCsv } from '../audit/export.ts';
import type { AuditRecord } from '../audit/log.ts';
import type { Domain } from '../compose/domain.ts';
import { findAccount } from '../compose/find-account.ts';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { type CommonOptions, leaf, type Shell, wholeNumber, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { moment } from '../lib/moment.ts';
import { table } from './table.ts';

type Format = 'table' | 'jsonl' | 'csv';

interface ListOptions extends CommonOptions {
  account?: string;
  client?: string;
  type?: string;
  /** Milliseconds since the epoch. */
  since?: number;
  format: Format;
  limit?: number;
}

/** An export is whole; a table is for reading. */
const TABLE_LIMIT = 100;

export function addAuditCommands(program: Command, shell: Shell): void {
  const group = program.command('audit').description('authorization records');

  leaf(group, 'list', 'list records, newest first')
    .option('--account <account>', 'only records about this account')
    .option('--client <client_id>', 'only records about this client')
    .option('--type <type>', 'only this type of event, or types that begin so, such as sign_in.')
    .option('--since <moment>', 'only from then on: a date such as 2026-11-21T08:00Z, or 24h ago', since)
    .option('--limit <number>', `at most so many; a table shows ${TABLE_LIMIT} when absent`, wholeNumber)
    .addOption(new Option('--format <format>').choices(['table', 'jsonl', 'csv']).default('table'))
    .action((options: ListOptions) => list(shell, options));

  leaf(group, 'verify', 'check that no record was altered or taken out').action((options: CommonOptions) =>
    withDomain(shell, options, async ({ domain }) => {
      const report = await domain.audit.verify();
      const intact = report.faults.length === 0;
      if (!intact) shell.fail();
      answer(shell.io, options.json, { intact, ...report }, () =>
        intact
          ? `${report.entries} records of ${report.writers} writers are as they were written.`
          : table(
              ['FAULT', 'WRITER', 'NUMBER'],
              report.faults.map(({ fault, writer, seq }) => [fault, writer, String(seq)]),
            ),
      );
    }),
  );
}

function since(text: string): number {
  const seconds = parseDuration(text);
  const at = seconds === undefined ? Date.parse(text) : systemClock.now() - seconds * 1000;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write a date such as 2026-11-21 or a duration such as 24h.');
  return at;
}

function list(shell: Shell, { json, format, account, limit, ...options }: ListOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const { client, type, since: from } = options;
    const filter = {
      ...(account !== undefined && { account: await accountId(domain, account) }),
      ...(client !== undefined && { client }),
      ...(type !== undefined && { type }),
      ...(from !== undefined && { since: from }),
    };
    const records = everyItem((range) => domain.audit.list({ ...range, ...filter }));
    if (json) return answer(shell.io, json, (await gather(records, limit)).map(recordJson), () => '');
    if (format === 'table') return printTable(shell, records, limit ?? TABLE_LIMIT);
    await printLines(shell, records, format, limit);
  });
}

/** Records outlive accounts, so an id of none is taken as it is. */
async function accountId({ directory }: Domain, reference: string): Promise<string> {
  return (await findAccount(directory, reference))?.id ?? reference;
}

async function printTable({ io }: Shell, records: AsyncIterable<AuditRecord>, limit: number): Promise<void> {
  const shown = await gather(records, limit);
  const rows = shown.map((record) => {
    const { at, type, outcome, reason, actor, account, client, scopes, address } = record;
    const about = [account, client].filter((value) => value !== actor).filter(Boolean);
    const result = outcome === 'success' ? 'ok' : (reason ?? 'failed');
    return [moment(at), type, result, actor ?? '-', about.join(' ') || '-', scopes?.join(' ') ?? '-', address ?? '-'];
  });
  answer(io, false, undefined, () => table(['TIME', 'EVENT', 'RESULT', 'BY', 'ABOUT', 'SCOPES', 'ADDRESS'], rows));
  if (shown.length === limit) notice(io, `The newest ${limit}; --limit shows more.`);
}

async function printLines(
  { io }: Shell,
  records: AsyncIterable<AuditRecord>,
  format: 'jsonl' | 'csv',
  limit?: number,
): Promise<void> {
  const wanted = limit === undefined ? records : first(records, limit);
  for await (const line of format === 'csv' ? recordsCsv(wanted) : recordLines(wanted)) io.stdout.write(line);
}

async function* first<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

async function* recordLines(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(recordJson(record))}\n`;
}
