// `tokenim doctor`: looks at all that a server needs and says what is wrong, also when several things are.
import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import { openGeo } from '../geo/place.ts';
import { messageOf } from '../lib/errors.ts';
import { createRelay } from '../mail/smtp.ts';
import { describeStorage } from '../storage/open.ts';
import { type CommonOptions, leaf, loadOptions, type Shell, withStore, type Workplace } from './command.ts';
import { explainFailure } from './failure.ts';
import { answer } from './io.ts';
import { mailWarning } from './mail.ts';
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
  leaf(program, 'doctor', 'check Node.js, configuration, store, signing keys, mail relay and issuer').action(
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
    const outside = await Promise.all([relayAnswers(config), issuerAnswers(config)]);
    return [nodeVersion(), loaded, ...places, ...(await examineStore(shell, config)), ...outside];
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

async function keysOpen({ domain }: Workplace): Promise<Finding> {
  try {
    const keys = await domain.signingKeys.load();
    return ok(
      'signing keys',
      `${[...new Set(keys.map(({ alg }) => alg))].join(' ')}, opened with the configured key_encryption_key`,
    );
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

/** Goes as far as a mail would, without sending one. */
async function relayAnswers(config: Config): Promise<Finding> {
  const check = 'mail';
  const warning = mailWarning(config);
  if (warning !== undefined) return { check, result: 'warning', detail: warning };
  if (!config.mail) return ok(check, 'development: shown at /mailbox and not sent');
  const { protocol, host } = new URL(config.mail.url);
  const relay = `${protocol}//${host}`;
  try {
    await createRelay(config.mail, new URL(config.issuer).hostname).verify();
    return ok(check, `${relay} takes mail`);
  } catch (error) {
    return { check, result: 'failed', detail: `${relay}: ${adviseOnRelay(error)}` };
  }
}

const RELAY_ADVICE: Readonly<Record<string, string>> = {
  EAUTH: 'the user name or password in `mail.url` is refused; characters such as @ and / must be percent-encoded',
  EDNS: 'the host of `mail.url` has no address',
  ETIMEDOUT: 'no answer; is the port right (587 for smtp:, 465 for smtps:), and does a firewall let it out?',
  ETLS: 'TLS failed; a certificate of your own authority needs NODE_EXTRA_CA_CERTS, and a password needs TLS',
  ESOCKET: 'no connection; is the relay running, and is smtps: meant where smtp: stands?',
  ECONNECTION: 'the relay ended the connection; is smtps: meant where smtp: stands?',
};

function adviseOnRelay(error: unknown): string {
  const { code } = error as { code?: unknown };
  const advice = typeof code === 'string' ? RELAY_ADVICE[code] : undefined;
  return [advice, messageOf(error)].filter(Boolean).join('; ');
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
