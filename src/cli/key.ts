// `tokenim key …`: API keys (contract §4). A secret is printed once, when it is made; an existing key is read from standard
// input only.
import type { Command } from 'commander';
import type { ApiKey } from '../api-keys/api-key.ts';
import { describeRefusal, type RefusalReason } from '../api-keys/explain.ts';
import { keyJson } from '../api-keys/faces.ts';
import type { Inspection, ScopeStanding } from '../api-keys/inspect.ts';
import type { IssuedApiKey } from '../api-keys/issue.ts';
import type { InvalidReason } from '../api-keys/verify.ts';
import { systemClock } from '../lib/clock.ts';
import { requireAccount } from './account.ts';
import {
  collect,
  type CommonOptions,
  duration,
  leaf,
  OPERATOR,
  type Shell,
  tellUnapplied,
  withDomain,
} from './command.ts';
import { answer, notice, readSecret } from './io.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { moment } from '../lib/moment.ts';
import { card, table } from './table.ts';

interface CreateOptions extends CommonOptions {
  owner: string;
  name: string;
  scope?: string[];
  expires?: number;
  address?: string[];
  resource?: string;
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
    .option('--address <range>', 'an address or CIDR range that it may be used from (repeatable)', collect)
    .option('--resource <resource>', 'id or indicator of the only resource that its tokens are for')
    .action((options: CreateOptions) => create(shell, options));

  leaf(group, 'list', 'list keys')
    .option('--owner <account>', 'only keys of this owner')
    .action((options: CommonOptions & { owner?: string }) => list(shell, options));

  leaf(group, 'inspect', 'read a key from standard input and tell what is wrong with it')
    .option('--address <address>', 'whether it may be used from this address')
    .action((options: CommonOptions & { address?: string }) => inspect(shell, options));

  leaf(
    group,
    'rotate <client_id>',
    'make a new secret for a key; its client_id stays, and three secrets at most are accepted',
  )
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
        const revoked = await administration.revokeKey(OPERATOR, clientId);
        const key = described(revoked.key);
        answer(shell.io, options.json, key, () => `${clientId} is revoked.`);
      }),
  );
}

function create(shell: Shell, { owner, name, scope, expires, address, resource, ...options }: CreateOptions) {
  return withDomain(shell, options, async ({ domain, administration }) => {
    const { id: ownerId } = await requireAccount(domain, owner);
    const key = await administration.createKey(OPERATOR, {
      ownerId,
      name,
      ...(scope !== undefined && { scopes: scope }),
      ...(expires !== undefined && { expiresIn: expires }),
      ...(address && { addresses: address }),
      ...(resource !== undefined && { resource }),
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
        ['CLIENT ID', 'NAME', 'OWNER', 'STATE', 'SCOPES', 'EXPIRES', 'DAYS LEFT', 'LAST USED'],
        keys.map((key) => {
          const used = key.lastUsed ? moment(key.lastUsed.at) : '-';
          const { state, days_left } = described(key);
          const scopes = key.scopes.join(' ');
          return [key.clientId, key.name, key.ownerId, state, scopes, moment(key.expiresAt), String(days_left), used];
        }),
      ),
    );
  });
}

function inspect(shell: Shell, { address, ...options }: CommonOptions & { address?: string }): Promise<void> {
  return withDomain(shell, options, async (workplace) => {
    const { domain } = workplace;
    await tellUnapplied(shell, workplace);
    const inspection = inspected(await domain.keys.inspect(await readSecret(shell.io.stdin), address));
    if (!inspection.valid) shell.fail();
    answer(shell.io, options.json, inspection, () =>
      card({
        valid: inspection.valid ? 'yes' : `no: ${inspection.explanation}`,
        'copied with': inspection.faults.join(' ') || undefined,
        'not in effect': inspection.not_in_effect?.map(missingText).join('; ') || undefined,
        ...(inspection.key && cardOf(inspection.key)),
      }),
    );
  });
}

/** Only what fits a line each. */
const cardOf = ({ scopes, addresses, secrets: _secrets, last_used, days_left, ...key }: Described) => ({
  ...key,
  scopes: scopes.join(' '),
  addresses: addresses?.join(' '),
  days_left: String(days_left),
  last_used: last_used && [last_used.at, last_used.address, last_used.user_agent].filter(Boolean).join(' '),
});

function missingText({ scope, because, roles }: Pick<ScopeStanding, 'scope' | 'because' | 'roles'>): string {
  if (because === 'never') return `${scope} (API keys never get it)`;
  if (because === 'resource') return `${scope} (belongs to another resource than the key is for)`;
  return `${scope} (${roles.length === 0 ? 'no role grants it' : `granted by ${roles.join(', ')}, which the owner has not`})`;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  malformed: 'malformed: a key has 60 characters and begins with tim_live_',
  checksum: 'mistyped: the checksum does not fit',
  other_client: 'a key of another client_id',
  unknown: 'unknown: no such key here',
  wrong_secret: 'unknown: no secret of this key; it may have been replaced long ago',
};

function inspected({ faults, clientId, verification, scopes }: Inspection) {
  const { key } = verification;
  const reason = verification.kind === 'invalid' ? verification.reason : undefined;
  const missing = scopes?.flatMap(({ isGranted, ...standing }) => (isGranted ? [] : [standing]));
  return {
    valid: reason === undefined,
    ...(reason !== undefined && { reason, explanation: explained(reason, key) }),
    faults,
    ...(clientId !== undefined && { client_id: clientId }),
    ...(missing && missing.length > 0 && { not_in_effect: missing }),
    ...(key && { key: described(key) }),
  };
}

const explained = (reason: InvalidReason, key: ApiKey | undefined): string =>
  key ? describeRefusal(reason as RefusalReason, key) : (UNREADABLE[reason] ?? reason);

type Described = ReturnType<typeof described>;

/** The operator also hears who ended it. */
const described = (key: ApiKey) => ({
  ...keyJson(key, undefined, systemClock.now()),
  ...(key.revokedBy !== undefined && {
    revoked_by: key.revokedFor ? `${key.revokedBy} (${key.revokedFor})` : key.revokedBy,
  }),
});
