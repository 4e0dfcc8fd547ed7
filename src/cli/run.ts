// The command line as a whole (contract §5): reads the arguments, runs one command, answers the exit code. A file of this
// folder for each group of commands.
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../lib/package-root.ts';
import { addAccountCommands } from './account.ts';
import { addAdminCommands } from './administrator-link.ts';
import { addAuditCommands } from './audit.ts';
import { addClientCommands } from './client.ts';
import { type CommonOptions, leaf, type Shell } from './command.ts';
import { configCheck, configSchema } from './config.ts';
import { addConfigChangeCommands } from './config-changes.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExplainCommand } from './explain.ts';
import { explainFailure } from './failure.ts';
import { addGrantCommands } from './grant.ts';
import { addJwksCommands } from './jwks.ts';
import { addKeyCommands } from './key.ts';
import { addLoginCommand } from './login.ts';
import { addMaintainerCommands } from './maintainers.ts';
import { addMailCommands } from './mail.ts';
import { addReviewCommand } from './review.ts';
import { secretHash } from './secret.ts';
import { addServeCommand } from './serve.ts';
import { addStorageCommands } from './storage.ts';

export type ExitCode = typeof EXIT_DONE | typeof EXIT_FAILED | typeof EXIT_MISUSED;

const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_MISUSED = 2;
/** Of `config plan` alone, as of `diff` in other tools: files and applied configuration differ. */
const EXIT_DIFFERS = 2;

/** Runs the command that `args` name, without the program's own name. */
export async function run(args: readonly string[], shell: Omit<Shell, 'fail' | 'differ'>): Promise<ExitCode> {
  let code: ExitCode = EXIT_DONE;
  const program = createProgram({
    ...shell,
    fail: () => void (code = EXIT_FAILED),
    differ: () => void (code = EXIT_DIFFERS),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_MISUSED;
    shell.io.stderr.write(`${explainFailure(error)}\n`);
    return EXIT_FAILED;
  }
}

function createProgram(shell: Shell): Command {
  const { stdout, stderr } = shell.io;
  const program = new Command('tokenim')
    .description('TokenIM Auth: OAuth 2.0 and OpenID Connect authorization server')
    .version(packageVersion)
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help shows what there is)');

  addServeCommand(program, shell);
  addLoginCommand(program, shell);
  addAdminCommands(program, shell);
  addMaintainerCommands(addAccountCommands(program, shell), shell);
  addKeyCommands(program, shell);
  addClientCommands(program, shell);
  addGrantCommands(program, shell);
  addAuditCommands(program, shell);
  addConfigCommands(program, shell);
  addSecretCommands(program, shell);
  addJwksCommands(program, shell);
  addStorageCommands(program, shell);
  addMailCommands(program, shell);
  addReviewCommand(program, shell);
  addExplainCommand(program, shell);
  addDoctorCommand(program, shell);
  return program;
}

function addConfigCommands(program: Command, shell: Shell): void {
  const group = program.command('config').description('the configuration');
  leaf(group, 'check', 'judge the configuration; changes nothing').action(
    async ({ json = false, config }: CommonOptions) => {
      const { env, cwd, io } = shell;
      const code = await configCheck(io, { env, cwd, json, ...(config !== undefined && { config }) });
      if (code !== EXIT_DONE) shell.fail();
    },
  );
  leaf(group, 'schema', 'print the JSON Schema of a configuration file').action(
    async () => void (await configSchema(shell.io)),
  );
  addConfigChangeCommands(group, shell);
}

function addSecretCommands(program: Command, shell: Shell): void {
  const group = program.command('secret').description('secrets of clients');
  leaf(group, 'hash', 'read a secret from standard input and print what the configuration may hold').action(
    async ({ json = false }: CommonOptions) => {
      if ((await secretHash(shell.io, { json })) !== EXIT_DONE) shell.fail();
    },
  );
}
