// `tokenim login`: signs in by the device grant (RFC 8628), as a television would: a QR code in the terminal, a phone that
// approves. Discovery, polling and the checks of the ID token are openid-client's.
import type { Command } from 'commander';
import * as client from 'openid-client';
import { OPENID_SCOPES } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import { DomainError } from '../lib/errors.ts';
import { qrText } from '../qr/code.ts';
import { type CommonOptions, leaf, loadOptions, type Shell } from './command.ts';
import { answer, notice } from './io.ts';
import { card } from './table.ts';

interface LoginOptions extends CommonOptions {
  issuer?: string;
  client: string;
  scope: string;
}

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was denied on the phone.',
  expired_token: 'The code has expired. Run the command again.',
};

export function addLoginCommand(program: Command, shell: Shell): void {
  leaf(program, 'login', 'sign in with a phone: prints a QR code, waits, and prints who signed in')
    .option('--issuer <url>', 'the server; that of the configuration when absent')
    .option('--client <client_id>', 'a public client with the device grant', 'tokenim-cli')
    .option('--scope <scopes>', 'what to ask for, separated by spaces', 'openid profile email')
    .action((options: LoginOptions) => login(shell, options));
}

async function login(shell: Shell, options: LoginOptions): Promise<void> {
  const issuer = new URL(options.issuer ?? (await readConfig(loadOptions(shell, options))).issuer);
  const server = await client.discovery(issuer, options.client, undefined, client.None(), {
    execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
  });
  client.enableNonRepudiationChecks(server);
  const authorization = await client.initiateDeviceAuthorization(server, { scope: options.scope });
  await show(shell, authorization);
  const tokens = await client
    .pollDeviceAuthorizationGrant(server, authorization, undefined, { signal: shell.interruption() })
    .catch(explain);
  const { scope = options.scope } = tokens;
  const claims = await claimsOf(server, tokens, scope);
  answer(shell.io, options.json, { claims, scope }, () => card({ ...texts(claims), scope }));
}

/** Those of the ID token and of UserInfo; with an API scope the ID token carries all of them (contract §3). */
async function claimsOf(server: client.Configuration, tokens: Tokens, scope: string): Promise<object> {
  const idToken = tokens.claims();
  const isForUserInfo = scope.split(' ').every((name) => (OPENID_SCOPES as readonly string[]).includes(name));
  if (!idToken || !isForUserInfo) return { ...idToken };
  return { ...idToken, ...(await client.fetchUserInfo(server, tokens.access_token, idToken.sub)) };
}

/** Beside the answer: with `--json` only the claims are on standard output. */
async function show({ io }: Shell, authorization: client.DeviceAuthorizationResponse): Promise<void> {
  const { verification_uri, verification_uri_complete: link, user_code } = authorization;
  if (link !== undefined) notice(io, `${await qrText(link)}\nScan this with your phone, or open\n  ${link}`);
  notice(io, `Or open ${verification_uri} and enter ${user_code}`);
  notice(io, 'Waiting for your approval …');
}

function explain(cause: unknown): never {
  const code = cause instanceof client.ResponseBodyError ? cause.error : undefined;
  const detail = code === undefined ? undefined : REFUSALS[code];
  if (code === undefined || detail === undefined) throw cause;
  throw new DomainError('forbidden', code, { cause, detail });
}

const texts = (claims: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
