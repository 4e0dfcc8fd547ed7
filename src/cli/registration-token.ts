// `tokenim client registration-token …`: who holds one may register a client (RFC 7591 §1.2). It is printed once.
import type { Command } from 'commander';
import type { InitialToken } from '../clients/registration/initial-tokens.ts';
import type { Domain } from '../compose/domain.ts';
import { type CommonOptions, duration, leaf, OPERATOR, type Shell, wholeNumber, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { moment } from '../lib/moment.ts';
import { card, table } from './table.ts';

interface CreateOptions extends CommonOptions {
  expires?: number;
  uses?: number;
}

export function addRegistrationTokenCommands(group: Command, shell: Shell): void {
  leaf(group, 'registration-token', 'make an initial access token, for a client to register itself; it is shown once')
    .option('--expires <duration>', 'how long it is good; 1h when absent, 90d at most', duration)
    .option('--uses <number>', 'for how many registrations; one when absent', wholeNumber)
    .action((options: CreateOptions) => create(shell, options));
  leaf(group, 'registration-tokens', 'list initial access tokens').action((options: CommonOptions) =>
    list(shell, options),
  );
  leaf(group, 'revoke-registration-token <id>', 'end an initial access token; what was registered by it stays').action(
    (id: string, options: CommonOptions) =>
      withDomain(shell, options, async ({ domain, administration }) => {
        const token = described(domain, await administration.revokeRegistrationToken(OPERATOR, id));
        answer(shell.io, options.json, token, () => `${id} is revoked.`);
      }),
  );
}

function create(shell: Shell, { expires, uses, ...options }: CreateOptions): Promise<void> {
  return withDomain(shell, options, async ({ config, domain, administration }) => {
    const terms = { ...(expires !== undefined && { expiresIn: expires }), ...(uses !== undefined && { uses }) };
    const { token, record } = await administration.createRegistrationToken(OPERATOR, terms);
    const { id, expires_at } = described(domain, record);
    answer(shell.io, options.json, { ...described(domain, record), token }, () => card({ id, token, expires_at }));
    notice(shell.io, 'Keep the token now; it is not shown again.');
    if (!config.client_registration.enabled) {
      notice(shell.io, 'The configuration does not let clients register: set client_registration.enabled.');
    }
  });
}

function list(shell: Shell, options: CommonOptions): Promise<void> {
  return withDomain(shell, options, async ({ domain }) => {
    const tokens = await gather(everyItem((range) => domain.clients.initialTokens.list(range)));
    const all = tokens.map((token) => described(domain, token));
    answer(shell.io, options.json, all, () =>
      table(
        ['ID', 'STATE', 'USED', 'EXPIRES', 'CREATED', 'BY'],
        all.map(({ id, state, used, uses, expires_at, created_at, created_by }) => [
          id,
          state,
          `${used}/${uses}`,
          expires_at,
          created_at,
          created_by,
        ]),
      ),
    );
  });
}

const described = ({ clients }: Domain, token: InitialToken) => ({
  id: token.id,
  state: clients.initialTokens.stateOf(token),
  uses: token.uses,
  used: token.used,
  expires_at: moment(token.expiresAt),
  created_at: moment(token.createdAt),
  created_by: token.createdBy,
});
