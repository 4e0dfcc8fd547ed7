// `tokenim account add-maintainer` and `remove-maintainer`: who looks after a service account, by an operator's word alone.
import type { Command } from 'commander';
import { accountJson } from '../accounts/account-json.ts';
import { requireAccount, shown } from './account.ts';
import { type CommonOptions, leaf, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer } from './io.ts';

export function addMaintainerCommands(group: Command, shell: Shell): void {
  const addAct = (usage: string, name: 'addMaintainer' | 'removeMaintainer', description: string): void => {
    leaf(group, `${usage} <account> <person>`, description).action(
      (reference: string, person: string, options: CommonOptions) =>
        withDomain(shell, options, async ({ domain, administration }) => {
          const [service, who] = [await requireAccount(domain, reference), await requireAccount(domain, person)];
          const account = accountJson(await administration[name](OPERATOR, service.id, who.id));
          answer(shell.io, options.json, account, () => shown(account));
        }),
    );
  };
  addAct('add-maintainer', 'addMaintainer', 'let a person look after a service account');
  addAct('remove-maintainer', 'removeMaintainer', 'take a person out of those who look after a service account');
}
