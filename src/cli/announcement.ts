// What a start prints: addresses and commands that work when pasted (contract §1). `serve.ts` prints it once the server
// listens.
import type { Account } from '../accounts/account.ts';
import type { Domain } from '../compose/domain.ts';
import { derive } from '../lib/hash.ts';
import type { Config } from '../config/config.ts';
import { describeStorage } from '../storage/open.ts';
import { forgetLink, linkFile, newLink } from './administrator-link.ts';
import { createDemoKey } from './demo-key.ts';
import type { Workplace } from './command.ts';
import { everyItem, gather } from '../storage/pages.ts';

/** One line that works when pasted, under a sentence that says what for. */
export interface Announced {
  name: 'issuer' | 'administrator_link' | 'access_token' | 'make_key' | 'qr' | 'mailbox';
  purpose: string;
  line: string;
}

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** `--config` as it was given. */
  configPath?: string | undefined;
  /** Others than this machine reach the server. */
  lan: boolean;
}

/** Makes what is to be announced: the administrator link and, in an empty development store, the demo key. */
export async function announce(workplace: Workplace, around: Surroundings): Promise<Announced[]> {
  const { config, domain } = workplace;
  const [anyAccount] = await gather(everyItem(domain.directory.list), 1);
  const isDevelopment = config.mode === 'development';
  const lines: (Announced | undefined)[] = [
    { name: 'issuer', purpose: 'TokenIM Auth is running at', line: config.issuer },
    await administratorLink(workplace),
    (isDevelopment && !anyAccount ? await accessToken(workplace) : undefined) ?? (await makeKey(workplace, around)),
  ];
  if (isDevelopment) lines.push(...pages(config, around));
  return lines.filter((line) => line !== undefined);
}

/** Guards the mailbox where other machines reach it; the same for all processes and starts. */
export const mailboxToken = ({ secrets }: Pick<Config, 'secrets'>): string =>
  derive(secrets.cookie_keys[0], 'mailbox').toString('base64url');

async function administratorLink(workplace: Workplace): Promise<Announced | undefined> {
  const { config, domain } = workplace;
  if (await domain.administratorLink.administratorExists()) {
    await forgetLink(workplace);
    return undefined;
  }
  const link = await newLink(workplace);
  const name = 'administrator_link';
  if (config.mode === 'development')
    return { name, purpose: 'Make the first administrator; the link works once, for one hour', line: link };
  const purpose = `Make the first administrator; this prints the link, which is also in ${linkFile(config)}`;
  return { name, purpose, line: 'npx tokenim admin link' };
}

async function accessToken(workplace: Workplace): Promise<Announced | undefined> {
  const key = await createDemoKey(workplace);
  if (!key) return undefined;
  const { client_id, client_secret } = key;
  const line = `curl -s -u ${client_id}:${client_secret} -d grant_type=client_credentials ${workplace.config.issuer}/oauth/token`;
  return {
    name: 'access_token',
    purpose: 'Get an access token with the API key of the demo; it is shown only now',
    line,
  };
}

/** For a service account that can have a key; where there is none, the line makes one first. */
async function makeKey({ config, domain }: Workplace, around: Surroundings): Promise<Announced> {
  const tokenim = commandLine(around);
  const owner = await keyOwner(domain);
  const role = Object.keys(config.roles).find((name) => config.roles[name]?.default);
  const create = `${tokenim} account create --service my-service${role === undefined ? '' : ` --role ${quoted(role)}`} && `;
  const make = `${tokenim} key create --owner ${quoted(owner?.username ?? 'my-service')} --name my-key`;
  return { name: 'make_key', purpose: 'Make an API key', line: owner ? make : create + make };
}

async function keyOwner({ directory, scopesOfAccount }: Domain): Promise<Account | undefined> {
  const by = { name: 'kind', value: 'service' } as const;
  for await (const account of everyItem((range) => directory.list({ ...range, by }))) {
    if ((await scopesOfAccount(account.id, ['mfa'])).size > 0) return account;
  }
  return undefined;
}

function pages(config: Config, { lan }: Surroundings): Announced[] {
  const token = lan ? `?${new URLSearchParams({ token: mailboxToken(config) })}` : '';
  return [
    { name: 'qr', purpose: 'Sign in by scanning a QR code', line: `${config.issuer}/qr` },
    { name: 'mailbox', purpose: 'Read the mail that would have been sent', line: `${config.issuer}/mailbox${token}` },
  ];
}

/** The command line that finds the same store from another terminal; a storage URL with a password is left out. */
function commandLine({ env, configPath }: Surroundings): string {
  const assignments = ['TOKENIM_CONFIG', 'TOKENIM_DATA', 'TOKENIM_STORAGE'].flatMap((name) => {
    const value = env[name];
    const isSecret = name === 'TOKENIM_STORAGE' && value !== undefined && describeStorage(value) !== value;
    return value && !isSecret && !(name === 'TOKENIM_CONFIG' && configPath) ? [`${name}=${quoted(value)}`] : [];
  });
  const config = configPath === undefined ? [] : [`TOKENIM_CONFIG=${quoted(configPath)}`];
  return [...assignments, ...config, 'npx tokenim'].join(' ');
}

/** For a POSIX shell. */
const quoted = (text: string): string => (/^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
