// `tokenim grant …`: what people have given to applications, and taking it back.
import { type Command, InvalidArgumentError } from 'commander';
import { nameOf } from '../accounts/account.ts';
import type { Domain } from '../compose/domain.ts';
import { grantJson, type GrantRecord } from '../oidc/grant-records.ts';
import { requireAccount } from './account.ts';
import { type CommonOptions, leaf, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer } from './io.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { moment } from '../lib/moment.ts';
import { table } from './table.ts';

interface ListOptions extends CommonOptions {
  account?: string;
  client?: string;
}

export function addGrantCommands(program: Command, shell: Shell): void {
  const group = program.command('grant').description('what people have given to applications');

  leaf(group, 'list', 'list grants')
    .option('--account <account>', 'only grants of this account')
    .option('--client <client_id>', 'only grants to this client')
    .action((options: ListOptions) => list(shell, options));

  leaf(group, 'revoke', 'end a grant and every token that hangs on it')
    .argument('<id>', 'as `grant list` shows it', grantId)
    // One in 64 begins with a hyphen, which is no option then.
    .allowUnknownOption()
    .action((id: string, options: CommonOptions) =>
      withDomain(shell, options, async ({ administration }) => {
        const grant = grantJson(await administration.revokeGrant(OPERATOR, id));
        answer(shell.io, options.json, grant, () => `The grant to ${grant.client_id} is revoked.`);
      }),
    );
}

function grantId(text: string): string {
  if (!/^[\w-]{21,64}$/.test(text)) throw new InvalidArgumentError('Copy it from `tokenim grant list`.');
  return text;
}

function list(shell: Shell, { account, client, ...options }: ListOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const of = {
      ...(account !== undefined && { accountId: (await requireAccount(domain, account)).id }),
      ...(client !== undefined && { clientId: client }),
    };
    const grants = await gather(everyItem((range) => domain.grants.list({ ...range, ...of })));
    const names = await namesOf(domain, grants);
    answer(shell.io, options.json, grants.map(grantJson), () =>
      table(
        ['ACCOUNT', 'CLIENT', 'SCOPES', 'ISSUED', 'EXPIRES', 'ID'],
        grants.map(({ id, accountId, clientId, scopes, issuedAt, expiresAt }) => {
          const end = expiresAt === undefined ? '-' : moment(expiresAt);
          return [names.get(accountId) ?? accountId, clientId, scopes.join(' '), moment(issuedAt), end, id];
        }),
      ),
    );
  });
}

async function namesOf({ directory }: Domain, grants: readonly GrantRecord[]): Promise<Map<string, string>> {
  const ids = [...new Set(grants.map(({ accountId }) => accountId))];
  const accounts = await Promise.all(ids.map((id) => directory.find(id)));
  return new Map(accounts.flatMap((account) => (account ? [[account.id, nameOf(account)] as const] : [])));
}
