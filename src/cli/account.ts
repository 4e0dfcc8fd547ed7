// `tokenim account …`: people and service accounts. The acts are those of `compose/administration.ts`.
import type { Command } from 'commander';
import { type Account, nameOf } from '../accounts/account.ts';
import { accountJson, type AccountJson } from '../accounts/account-json.ts';
import { accountDetails } from '../compose/account-details.ts';
import type { Domain } from '../compose/domain.ts';
import { findAccount } from '../compose/find-account.ts';
import { systemClock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { collect, type CommonOptions, leaf, OPERATOR, type Shell, withDomain, type Workplace } from './command.ts';
import { answer, notice, readSecret } from './io.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { moment } from '../lib/moment.ts';
import { card, table } from './table.ts';

interface CreateOptions extends CommonOptions {
  email?: string;
  username?: string;
  service?: string;
  role: string[];
  maintainer: string[];
  passwordStdin?: true;
  active?: true;
}

type Act = (workplace: Workplace, id: string) => Promise<Account>;

/** Answers the group, for the commands about maintainers. */
export function addAccountCommands(program: Command, shell: Shell): Command {
  const group = program.command('account').description('people and service accounts');

  leaf(group, 'create', 'make a person, or a service account that owns API keys')
    .option('--email <address>', 'a person with this address')
    .option('--username <name>', 'a name to sign in with, beside the address')
    .option('--service <name>', 'a service account, which cannot sign in')
    .option('--role <role>', 'grant a role (repeatable)', collect, [])
    .option('--maintainer <account>', 'a person who looks after the service account (repeatable)', collect, [])
    .option('--password-stdin', 'read the password from standard input')
    .option('--active', 'the address needs no confirmation; otherwise a link to choose a password is mailed')
    .action((options: CreateOptions, command: Command) => {
      const problem = misuse(options);
      if (problem) command.error(problem);
      return create(shell, options);
    });

  leaf(group, 'list', 'list all accounts')
    .option('--unmaintained', 'only service accounts that nobody looks after any more')
    .action((options: CommonOptions & { unmaintained?: true }) =>
      withDomain(shell, options, async ({ domain: { directory, maintenance } }) => {
        const found = options.unmaintained ? maintenance.unmaintained() : everyItem(directory.list);
        const accounts = await gather(found);
        answer(shell.io, options.json, accounts.map(accountJson), () => listed(accounts));
      }),
    );

  leaf(group, 'show <account>', 'show one account: by address, user name, service name or id').action(
    (reference: string, options: CommonOptions) =>
      withDomain(shell, options, async ({ domain }) => {
        const all = await accountDetails(domain, await requireAccount(domain, reference));
        answer(shell.io, options.json, all, () => shown(all));
      }),
  );

  const addAct = (usage: string, description: string, act: Act): void => {
    leaf(group, `${usage} <account>`, description).action((reference: string, options: CommonOptions) =>
      change(shell, options, reference, act),
    );
  };
  addAct('disable', 'end sessions and tokens and refuse the account', ({ administration }, id) =>
    administration.disableAccount(OPERATOR, id),
  );
  addAct('enable', 'let a disabled account in again', ({ administration }, id) =>
    administration.enableAccount(OPERATOR, id),
  );
  addAct('delete', 'erase the account when lifetimes.account_deletion has passed', ({ config, administration }, id) =>
    administration.scheduleDeletion(OPERATOR, id, systemClock.now() + config.lifetimes.account_deletion * 1000),
  );
  addAct('keep', 'take back the deletion of an account', ({ administration }, id) =>
    administration.keepAccount(OPERATOR, id),
  );

  leaf(
    group,
    'reset-second-factors <account>',
    'remove passkeys, authenticator app and recovery codes of who lost them',
  )
    .addHelpText(
      'after',
      '\nThe password alone signs in again. Make sure that it is the owner who asks: they get a mail.',
    )
    .action((reference: string, options: CommonOptions) =>
      withDomain(shell, options, async ({ domain, administration }) => {
        const { id } = await requireAccount(domain, reference);
        const reset = await administration.resetSecondFactors(OPERATOR, id);
        const said = reset ? 'The second factors are removed.' : 'There were no second factors.';
        answer(shell.io, options.json, { account_id: id, reset }, () => said);
      }),
    );

  const addRoleAct = (name: 'grantRole' | 'revokeRole', usage: string, description: string): void => {
    leaf(group, `${usage} <account> <role>`, description).action(
      (reference: string, role: string, options: CommonOptions) =>
        change(shell, options, reference, ({ administration }, id) => administration[name](OPERATOR, id, role)),
    );
  };
  addRoleAct('grantRole', 'grant-role', 'grant a role');
  addRoleAct('revokeRole', 'revoke-role', 'take a role away');
  return group;
}

/** By id, e-mail address, user name or service name. Throws `account_unknown`. */
export async function requireAccount({ directory }: Domain, reference: string): Promise<Account> {
  const account = await findAccount(directory, reference);
  if (account) return account;
  throw new DomainError('not_found', 'account_unknown', { detail: `there is no account ${reference}` });
}

function misuse({ email, username, service, maintainer, passwordStdin, active }: CreateOptions): string | undefined {
  if ((email === undefined) === (service === undefined)) return 'error: give either --email or --service';
  if (service === undefined) return maintainer.length > 0 ? 'error: --maintainer goes with --service' : undefined;
  const personal = username !== undefined || passwordStdin || active;
  return personal ? 'error: --username, --password-stdin and --active go with --email' : undefined;
}

function create(shell: Shell, options: CreateOptions): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    const account = await (options.service === undefined
      ? createPerson(shell, workplace, options)
      : createServiceAccount(workplace, options.service, options));
    const { account_id, email, username, roles, active } = accountJson(account);
    const made = { account_id, ...(email !== undefined && { email }), ...(username !== undefined && { username }) };
    answer(shell.io, options.json, { ...made, roles, active }, () => shown(accountJson(account)));
  });
}

async function createPerson({ io }: Shell, { administration }: Workplace, options: CreateOptions): Promise<Account> {
  const { email = '', username, role: roles, active = false, passwordStdin } = options;
  const password = passwordStdin && (await readSecret(io.stdin));
  if (password === undefined && active) {
    notice(io, 'Without --password-stdin the account cannot sign in with a password until it is reset by mail.');
  }
  const account = await administration.createPerson(OPERATOR, {
    email,
    roles,
    active,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
  if (!active) notice(io, `A link to activate the account and choose a password was mailed to ${account.email}.`);
  return account;
}

async function createServiceAccount(
  { administration, domain }: Workplace,
  username: string,
  { role: roles, maintainer }: CreateOptions,
): Promise<Account> {
  const maintainers = await Promise.all(maintainer.map((reference) => requireAccount(domain, reference)));
  return administration.createServiceAccount(OPERATOR, {
    username,
    roles,
    maintainers: maintainers.map(({ id }) => id),
  });
}

function change(shell: Shell, options: CommonOptions, reference: string, act: Act): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    const { id } = await requireAccount(workplace.domain, reference);
    const account = accountJson(await act(workplace, id));
    answer(shell.io, options.json, account, () => shown(account));
  });
}

export const shown = (account: AccountJson & { scopes?: readonly string[] }): string =>
  card(
    Object.fromEntries(
      Object.entries(account).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(' ') || '-' : String(value),
      ]),
    ),
  );

const listed = (accounts: readonly Account[]): string =>
  table(
    ['ACCOUNT', 'KIND', 'STATUS', 'ROLES', 'CREATED', 'ID'],
    accounts.map((account) => {
      const { kind, status, roles, createdAt, id } = account;
      return [nameOf(account), kind, status, roles.join(' ') || '-', moment(createdAt), id];
    }),
  );
