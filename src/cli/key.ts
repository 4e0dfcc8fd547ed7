// `tokenim key …`: API keys (contract §4). A secret is printed once, when it is made; an existing key is read from standard
// input only.
import type { Command } from 'commander';
import { type ApiKey, stateOf } from '../api-keys/api-key.ts';
import type { Inspection } from '../api-keys/inspect.ts';
import type { IssuedApiKey } from '../api-keys/issue.ts';
import { systemClock } from '../lib/clock.ts';
import { requireAccount } from './account.ts';
import { collect, type CommonOptions, duration, leaf, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer, notice, readSecret } from './io.ts';
import { everyItem, gather } from './pages.ts';
import { card, moment, table } from './table.ts';

interface CreateOptions extends CommonOptions {
  owner: string;
  name: string;
  scope?: string[];
  expires?: number;
}

interface RotateOptions extends CommonOptions {
  overlap?: number;
  expires?: number;
}

export function addKeyCommands(program: Command, shell: Shell): void {
  const group = program.command('key').description('API keys');

  leaf(group, 'create', 'make a key; its secret is shown once')
    .requiredOption('--owner <account>', 'address, user name, service name or id of the owner')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--scope <scope>', 'a scope of the key (repeatable); absent: all that the owner may', collect)
    .option('--expires <duration>', 'life of the key, such as 90d (the default); 365d at most', duration)
    .action((options: CreateOptions) => create(shell, options));

  leaf(group, 'list', 'list keys')
    .option('--owner <account>', 'only keys of this owner')
    .action((options: CommonOptions & { owner?: string }) => list(shell, options));

  leaf(group, 'inspect', 'read a key from standard input and tell what is wrong with it').action(
    (options: CommonOptions) => inspect(shell, options),
  );

  leaf(group, 'rotate <client_id>', 'make a new secret for a key; its client_id stays')
    .option('--overlap <duration>', 'how long the former secret is still accepted; 24h when absent', duration)
    .option('--expires <duration>', 'life of the key from now on; 90d when absent', duration)
    .action((clientId: string, { overlap, expires, ...options }: RotateOptions) =>
      withDomain(shell, options, async ({ administration }) => {
        const rotation = {
          ...(overlap !== undefined && { overlap }),
          ...(expires !== undefined && { expiresIn: expires }),
        };
        issued(shell, options, await administration.rotateKey(OPERATOR, clientId, rotation));
      }),
    );

  leaf(group, 'revoke <client_id>', 'end a key and its tokens for good').action(
    (clientId: string, options: CommonOptions) =>
      withDomain(shell, options, async ({ administration }) => {
        const key = described(await administration.revokeKey(OPERATOR, clientId));
        answer(shell.io, options.json, key, () => `${clientId} is revoked.`);
      }),
  );
}

function create(shell: Shell, { owner, name, scope, expires, ...options }: CreateOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain, administration }) => {
    const { id: ownerId } = await requireAccount(domain, owner);
    const key = await administration.createKey(OPERATOR, {
      ownerId,
      name,
      ...(scope !== undefined && { scopes: scope }),
      ...(expires !== undefined && { expiresIn: expires }),
    });
    issued(shell, options, key);
  });
}

function issued({ io }: Shell, { json }: CommonOptions, key: IssuedApiKey): void {
  answer(io, json, key, () => card({ ...key, scopes: key.scopes.join(' ') }));
  notice(io, 'Keep client_secret now; it is not shown again.');
}

function list(shell: Shell, { owner, ...options }: CommonOptions & { owner?: string }): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const of = owner === undefined ? {} : { ownerId: (await requireAccount(domain, owner)).id };
    const keys = await gather(everyItem((range) => domain.keys.lifecycle.list({ ...range, ...of })));
    answer(shell.io, options.json, keys.map(described), () =>
      table(
        ['CLIENT ID', 'NAME', 'OWNER', 'STATE', 'SCOPES', 'EXPIRES', 'LAST USED'],
        keys.map((key) => {
          const used = key.lastUsed ? moment(key.lastUsed.at) : '-';
          return [key.clientId, key.name, key.ownerId, state(key), key.scopes.join(' '), moment(key.expiresAt), used];
        }),
      ),
    );
  });
}

function inspect(shell: Shell, options: CommonOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const inspection = inspected(await domain.keys.inspect(await readSecret(shell.io.stdin)));
    if (!inspection.valid) shell.fail();
    answer(shell.io, options.json, inspection, () =>
      card({
        valid: inspection.valid ? 'yes' : `no: ${inspection.reason}`,
        'copied with': inspection.faults.join(' ') || undefined,
        ...(inspection.key && { ...inspection.key, scopes: inspection.key.scopes.join(' ') }),
      }),
    );
  });
}

const inspected = ({ faults, clientId, verification }: Inspection) => ({
  valid: verification.kind === 'valid',
  ...(verification.kind === 'invalid' && { reason: verification.reason }),
  faults,
  ...(clientId !== undefined && { client_id: clientId }),
  ...(verification.key && { key: described(verification.key) }),
});

const state = (key: ApiKey): string => stateOf(key, systemClock.now());

const described = (key: ApiKey) => ({
  client_id: key.clientId,
  name: key.name,
  owner: key.ownerId,
  state: state(key),
  scopes: key.scopes,
  created_at: moment(key.createdAt),
  expires_at: moment(key.expiresAt),
  ...(key.lastUsed && { last_used_at: moment(key.lastUsed.at) }),
  ...(key.revokedAt !== undefined && { revoked_at: moment(key.revokedAt) }),
});
