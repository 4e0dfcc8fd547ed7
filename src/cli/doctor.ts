// `tokenim doctor`: looks at all that a server needs and says what is wrong, also when several things are.
import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import { openGeo } from '../geo/place.ts';
import { describeStorage } from '../storage/open.ts';
import { type CommonOptions, leaf, loadOptions, type Shell, withStore, type Workplace } from './command.ts';
import { explainFailure } from './failure.ts';
import { answer } from './io.ts';
import { openSigningKeys } from './jwks.ts';
import { nodeWarning } from './node-version.ts';
import { probe } from './storage.ts';
import { table } from './table.ts';

interface Finding {
  check: string;
  /** A warning does not keep a server from starting. */
  result: 'ok' | 'warning' | 'failed';
  detail: string;
}

const ISSUER_TIMEOUT_MS = 3000;
const OLD_PLACES_MS = 180 * 24 * 3600 * 1000;

export function addDoctorCommand(program: Command, shell: Shell): void {
  leaf(program, 'doctor', 'check Node.js, configuration, store, signing keys and issuer').action(
    async (options: CommonOptions) => {
      const findings = await examine(shell, options);
      if (findings.some(({ result }) => result === 'failed')) shell.fail();
      answer(shell.io, options.json, findings, () =>
        table(
          ['CHECK', 'RESULT', 'DETAIL'],
          findings.map(({ check, result, detail }) => [check, result, detail.split('\n').join('; ')]),
        ),
      );
    },
  );
}

async function examine(shell: Shell, options: CommonOptions): Promise<Finding[]> {
  try {
    const config = await loadConfig(loadOptions(shell, options));
    const loaded = ok('configuration', `${config.mode}, ${config.issuer}`);
    const places = await placesOpen(config);
    return [nodeVersion(), loaded, ...places, ...(await examineStore(shell, config)), await issuerAnswers(config)];
  } catch (error) {
    return [nodeVersion(), failed('configuration', error)];
  }
}

function nodeVersion(): Finding {
  const { node } = process.versions;
  const warning = nodeWarning(node);
  return warning === undefined ? ok('Node.js', node) : { check: 'Node.js', result: 'warning', detail: warning };
}

/** A store that opens has a layout that this program knows. */
async function examineStore(shell: Shell, config: Config): Promise<Finding[]> {
  try {
    return await withStore(shell, config, async (workplace) => {
      await probe(workplace.store);
      return [ok('store', `${describeStorage(config.storage)} can be read and written`), await keysOpen(workplace)];
    });
  } catch (error) {
    return [failed('store', error)];
  }
}

async function keysOpen(workplace: Workplace): Promise<Finding> {
  try {
    const keys = await openSigningKeys(workplace);
    return ok('signing keys', `${keys.map(({ alg }) => alg).join(' ')}, opened with the configured key_encryption_key`);
  } catch (error) {
    return failed('signing keys', error);
  }
}

/** Nothing to look at where no database is configured. A database of places ages: networks move. */
async function placesOpen({ geoip }: Config): Promise<Finding[]> {
  if (!geoip) return [];
  try {
    const { about } = await openGeo(geoip.file);
    const detail = `${about?.type ?? ''} of ${about?.builtAt.toISOString().slice(0, 10) ?? ''}`;
    const isOld = about !== undefined && Date.now() - about.builtAt.getTime() > OLD_PLACES_MS;
    return [{ check: 'places', result: isOld ? 'warning' : 'ok', detail: isOld ? `${detail} is old` : detail }];
  } catch (error) {
    return [failed('places', error)];
  }
}

/** The server may not be running here, or not yet: only a wrong answer is a failure. */
async function issuerAnswers({ issuer }: Config): Promise<Finding> {
  const check = 'issuer';
  try {
    const answered = await fetch(`${issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS),
    });
    const metadata = (await answered.json()) as { issuer?: unknown };
    return metadata.issuer === issuer
      ? ok(check, `${issuer} answers with its metadata`)
      : { check, result: 'failed', detail: `${issuer} answers as another server` };
  } catch (error) {
    return { check, result: 'warning', detail: `${issuer} does not answer: ${explainFailure(error)}` };
  }
}

const ok = (check: string, detail: string): Finding => ({ check, result: 'ok', detail });

const failed = (check: string, error: unknown): Finding => ({ check, result: 'failed', detail: explainFailure(error) });
