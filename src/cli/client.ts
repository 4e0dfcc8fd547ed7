// `tokenim client …`: applications. Those of the files are shown with their line and changed there; the others are made, changed and
// ended here. A secret is printed once, when it is made.
import { type Command, Option } from 'commander';
import { clientJson } from '../clients/faces.ts';
import type { RosterEntry } from '../clients/roster.ts';
import type { MadeClient, Settings } from '../clients/stored-clients.ts';
import type { StoredClient } from '../clients/stored-client.ts';
import { addRegistrationTokenCommands } from './registration-token.ts';
import { collect, type CommonOptions, leaf, OPERATOR, type Shell, withDomain, type Workplace } from './command.ts';
import { answer, notice } from './io.ts';
import { gather } from '../storage/pages.ts';
import { card, table } from './table.ts';

interface SettingsOptions extends CommonOptions {
  name?: string;
  uri?: string;
  redirectUri?: string[];
  grant?: string[];
  scope?: string[];
  origin?: string[];
  allowRole?: string[];
}

interface CreateOptions extends SettingsOptions {
  public?: true;
  native?: true;
}

export function addClientCommands(program: Command, shell: Shell): void {
  const group = program.command('client').description('applications');

  leaf(group, 'list', 'list applications, those of the files too').action((options: CommonOptions) =>
    list(shell, options),
  );
  leaf(group, 'show', 'all settings of an application, and what came of it')
    .argument('<client_id>')
    .action((id: string, options: CommonOptions) => show(shell, id, options));

  withSettings(leaf(group, 'create', 'make an application; its secret is shown once'))
    .option('--public', 'without a secret: in a browser, on a phone, on a desktop')
    .option('--native', 'an application on a device (RFC 8252)')
    .action((options: CreateOptions) => create(shell, options));

  withSettings(
    leaf(group, 'change', 'replace settings of an application; those not named stay').argument('<client_id>'),
  ).action((id: string, options: SettingsOptions) =>
    acted(shell, options, ({ administration }) => administration.changeClient(OPERATOR, id, settingsOf(options))),
  );

  addSecretCommands(group, shell);
  leaf(group, 'disable <client_id>', 'end an application, and everything that was issued to it').action(
    (id: string, options: CommonOptions) =>
      acted(shell, options, ({ administration }) => administration.disableClient(OPERATOR, id)),
  );
  leaf(group, 'enable <client_id>', 'take a disabled application into use again').action(
    (id: string, options: CommonOptions) =>
      acted(shell, options, ({ administration }) => administration.enableClient(OPERATOR, id)),
  );
  addRegistrationTokenCommands(group, shell);
}

const withSettings = (command: Command): Command =>
  command
    .option('--name <name>', 'name shown to people')
    .option('--uri <url>', 'its home page')
    .option('--redirect-uri <uri>', 'where authorization answers may be sent (repeatable)', collect)
    .addOption(
      new Option(
        '--grant <grant>',
        'authorization_code, refresh_token, client_credentials, device_code (repeatable)',
      ).argParser(collect),
    )
    .option('--scope <scope>', 'a scope that it may ask for (repeatable)', collect)
    .option('--origin <origin>', 'origin of its pages that may call this server (repeatable)', collect)
    .option('--allow-role <role>', 'a role that may sign in to it (repeatable); absent: everybody', collect);

function addSecretCommands(group: Command, shell: Shell): void {
  leaf(group, 'secret <client_id>', 'make one more secret; the former ones stay until they are removed')
    .option('--replace', 'end the former secrets at once')
    .action((id: string, { replace, ...options }: CommonOptions & { replace?: true }) =>
      made(shell, options, ({ administration }) =>
        administration.addClientSecret(OPERATOR, id, { replace: replace === true }),
      ),
    );
  leaf(group, 'remove-secret <client_id> <secret_id>', 'end one of several secrets').action(
    (id: string, secretId: string, options: CommonOptions) =>
      acted(shell, options, ({ administration }) => administration.removeClientSecret(OPERATOR, id, secretId)),
  );
}

function settingsOf({ name, uri, redirectUri, grant, scope, origin, allowRole }: SettingsOptions): Settings {
  const given = {
    name,
    uri,
    redirect_uris: redirectUri,
    grants: grant,
    scopes: scope,
    origins: origin,
    allowed_roles: allowRole,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const create = (shell: Shell, options: CreateOptions): Promise<void> =>
  made(shell, options, ({ administration }) =>
    administration.createClient(OPERATOR, {
      settings: { ...settingsOf(options), ...(options.native && { type: 'native' }) },
      isConfidential: options.public !== true,
    }),
  );

function list(shell: Shell, options: CommonOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const clients = await gather(domain.clients.roster.all());
    answer(
      shell.io,
      options.json,
      clients.map((client) => clientJson(client)),
      () =>
        table(
          ['CLIENT ID', 'NAME', 'STATE', 'MANAGED BY', 'GRANTS', 'SCOPES'],
          clients.map((client) => {
            const { clientId, name, state, settings } = client;
            return [clientId, name, state, managerOf(client), wordsOf(settings['grants']), wordsOf(settings['scopes'])];
          }),
        ),
    );
  });
}

function show(shell: Shell, id: string, options: CommonOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const client = await domain.clients.roster.find(id);
    const use = await domain.clients.useOf(id);
    answer(shell.io, options.json, clientJson(client, use), () => textOf(client, clientJson(client, use)));
  });
}

function textOf(
  client: RosterEntry,
  { managed_by: _by, managed_at: _at, ...facts }: ReturnType<typeof clientJson>,
): string {
  const lines = Object.entries({ ...facts, managed_by: managerOf(client) }).map(([name, value]) => [
    name,
    wordsOf(value),
  ]);
  return card(Object.fromEntries(lines.filter(([, text]) => text !== '')) as Record<string, string>);
}

const managerOf = ({ managedBy, place }: RosterEntry): string => place ?? managedBy.replace('_', ' ');

const wordsOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((item: unknown) => wordsOf(item)).join(' ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => `${name}=${wordsOf(item)}`)
      .join(' ');
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
};

function acted(shell: Shell, options: CommonOptions, act: (at: Workplace) => Promise<StoredClient>): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    const { id } = await act(workplace);
    const client = await workplace.domain.clients.roster.find(id);
    answer(shell.io, options.json, clientJson(client), () => `${id} is ${client.state}.`);
  });
}

function made(shell: Shell, options: CommonOptions, act: (at: Workplace) => Promise<MadeClient>): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    const { client, secret } = await act(workplace);
    const shown = { client_id: client.id, ...(secret !== undefined && { client_secret: secret }) };
    const entry = await workplace.domain.clients.roster.find(client.id);
    answer(shell.io, options.json, { ...clientJson(entry), ...shown }, () => card(shown));
    if (secret !== undefined) notice(shell.io, 'Keep client_secret now; it is not shown again.');
  });
}
