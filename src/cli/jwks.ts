// `tokenim jwks …`: the keys that sign tokens, and their rotation (`oidc/keys.ts`). Private parts are never shown.
import { type Command, Option } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { moment } from '../lib/moment.ts';
import { stageOf } from '../oidc/key-stages.ts';
import { type SigningAlgorithm, type SigningKey, SIGNING_ALGORITHMS } from '../oidc/keys.ts';
import { type CommonOptions, leaf, OPERATOR, type Shell, withDomain } from './command.ts';
import { answer, notice } from './io.ts';
import { table } from './table.ts';

interface RotateOptions extends CommonOptions {
  alg?: SigningAlgorithm;
  now?: boolean;
}

export function addJwksCommands(program: Command, shell: Shell): void {
  const group = program.command('jwks').description('signing keys');

  leaf(group, 'list', 'show the public part of the signing keys (RFC 7517), their stage and what happens when').action(
    (options: CommonOptions) =>
      withDomain(shell, options, async ({ domain }) => {
        const keys = shownOf(await domain.signingKeys.load());
        answer(shell.io, options.json, { keys }, () =>
          table(
            ['KEY ID', 'ALGORITHM', 'STAGE', 'MADE', 'THEN'],
            keys.map((key) => [key.kid, key.alg, key.stage, key.created_at, thenOf(key)]),
          ),
        );
      }),
  );

  leaf(group, 'rotate', 'make the next signing keys; running servers take them over by themselves')
    .addOption(new Option('--alg <algorithm>', 'only this one').choices(SIGNING_ALGORITHMS))
    .option('--now', 'for a leaked key: sign with the new one at once; tokens signed by the former verify no more')
    .action((options: RotateOptions) => rotate(shell, options));
}

function rotate(shell: Shell, { alg, now: atOnce = false, ...options }: RotateOptions): Promise<void> {
  return withDomain(shell, options, async ({ administration }) => {
    const algorithms = alg === undefined ? SIGNING_ALGORITHMS : [alg];
    const rotation = await administration.rotateSigningKeys(OPERATOR, algorithms, { atOnce });
    const summary = {
      made: rotation.made.map(({ kid, alg: of }) => ({ kid, alg: of })),
      replaced: rotation.replaced.map(({ kid, alg: of }) => ({ kid, alg: of })),
      signs_from: moment(rotation.signsFrom),
      former_until: moment(rotation.formerUntil),
    };
    answer(shell.io, options.json, summary, () =>
      table(
        ['NEW KEY', 'ALGORITHM', 'SIGNS FROM'],
        summary.made.map(({ kid, alg: of }) => [kid, of, summary.signs_from]),
      ),
    );
    notice(
      shell.io,
      atOnce
        ? 'The former keys are forgotten: every token that they signed is refused from now on. People stay signed in, and applications get new tokens by their refresh tokens.'
        : `Nobody notices anything. The former keys verify until ${summary.former_until}, and are gone then.`,
    );
  });
}

type Shown = ReturnType<typeof shownOf>[number];

function shownOf(keys: readonly SigningKey[]) {
  const now = systemClock.now();
  return keys
    .toSorted((a, b) => a.alg.localeCompare(b.alg) || a.generation - b.generation)
    .map((key) => {
      const { stage, signsUntil, publishedUntil } = stageOf(key, keys, now);
      return {
        ...key.publicKey,
        kid: key.kid,
        alg: key.alg,
        stage,
        created_at: moment(key.createdAt),
        ...(key.signsFrom > now && { signs_from: moment(key.signsFrom) }),
        ...(signsUntil !== undefined && { signs_until: moment(signsUntil) }),
        ...(publishedUntil !== undefined && { published_until: moment(publishedUntil) }),
      };
    });
}

function thenOf({ stage, signs_from, signs_until, published_until }: Shown): string {
  if (stage === 'next') return `signs from ${signs_from ?? ''}`;
  if (stage === 'retiring') return `verifies until ${published_until ?? ''}`;
  if (stage === 'retired') return `verified until ${published_until ?? ''}; only hints are still recognised by it`;
  return signs_until === undefined ? 'signs until a rotation' : `signs until ${signs_until}`;
}
