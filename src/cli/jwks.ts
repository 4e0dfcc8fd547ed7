// `tokenim jwks list`: the keys that sign tokens, as the server publishes them.
import type { Command } from 'commander';
import type { JWK } from 'jose';
import { systemClock } from '../lib/clock.ts';
import { createSealer } from '../lib/sealed.ts';
import { loadSigningKeys, publicPart } from '../oidc/keys.ts';
import { type CommonOptions, leaf, type Shell, withDomain, type Workplace } from './command.ts';
import { answer } from './io.ts';
import { table } from './table.ts';

export function addJwksCommands(program: Command, shell: Shell): void {
  const group = program.command('jwks').description('signing keys');

  leaf(group, 'list', 'show the public part of the signing keys (RFC 7517)').action((options: CommonOptions) =>
    withDomain(shell, options, async (workplace) => {
      const keys = (await openSigningKeys(workplace)).map(publicPart);
      answer(shell.io, options.json, { keys }, () =>
        table(
          ['KEY ID', 'ALGORITHM', 'TYPE', 'USE'],
          keys.map(({ kid = '', alg = '', kty = '', use = '' }) => [kid, alg, kty, use]),
        ),
      );
    }),
  );
}

/** The private keys; makes the first ones in an empty store. Throws `signing_keys_sealed`. */
export const openSigningKeys = ({ config, store }: Workplace): Promise<JWK[]> =>
  loadSigningKeys({
    store,
    clock: systemClock,
    sealer: createSealer(config.secrets.key_encryption_key, 'signing keys'),
  });
