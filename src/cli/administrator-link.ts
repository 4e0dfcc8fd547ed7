// `tokenim admin link`, and the file in which production keeps the link at start, so that it stands in no log. The token
// itself is made in `accounts/administrator-link.ts`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type CommonOptions, leaf, OPERATOR, type Shell, withDomain, type Workplace } from './command.ts';
import { answer, notice } from './io.ts';

const PATH = '/set-up/';

export function addAdminCommands(program: Command, shell: Shell): void {
  const group = program.command('admin').description('administrators');

  leaf(group, 'link', 'print a one-time link that makes an administrator').action((options: CommonOptions) =>
    withDomain(shell, options, async (workplace) => {
      const link = (await openLinkInFile(workplace)) ?? (await newLink(workplace));
      answer(shell.io, options.json, { link }, () => link);
      notice(shell.io, 'Whoever opens it first becomes an administrator; it ends after one hour.');
    }),
  );
}

/** Where production keeps the link, readable by its owner alone. */
export const linkFile = ({ dataFolder }: Pick<Config, 'dataFolder'>): string => join(dataFolder, 'administrator-link');

/** A fresh link, which ends former ones; in production it is also in `linkFile`. */
export async function newLink({ config, administration }: Workplace): Promise<string> {
  const link = config.issuer + PATH + (await administration.createAdministratorLink(OPERATOR));
  if (config.mode === 'production') await writePrivately(linkFile(config), `${link}\n`);
  return link;
}

/** Leaves no dead link behind once there is an administrator. */
export const forgetLink = ({ config }: Workplace): Promise<void> => rm(linkFile(config), { force: true });

async function openLinkInFile({ config, domain }: Workplace): Promise<string | undefined> {
  const link = (await readFile(linkFile(config), 'utf8').catch(() => '')).trim();
  const prefix = config.issuer + PATH;
  if (!link.startsWith(prefix)) return undefined;
  return (await domain.administratorLink.isOpen(link.slice(prefix.length))) ? link : undefined;
}

async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
}
