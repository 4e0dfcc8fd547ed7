// Turns what administrators wrote into the configuration that the code reads: references become values, defaults that
// depend on others are filled in, and what is built in is added.
import { resolve } from 'node:path';
import type { z } from 'zod';
import { dictionary } from '../lib/dictionary.ts';
import { API_RESOURCE, apiResource, builtInScopes, localIssuer, WEB_CLIENT, webClient } from './built-in.ts';
import type { ClientConfig, Config, Lifetimes } from './config.ts';
import type { Places } from './places.ts';
import type { Path, Report } from './problem.ts';
import type { ClientInput, ConfigInput } from './schema.ts';
import { clientSecretHashes, serverSecrets, type GivenSecrets, type ReadSecret } from './secrets.ts';
import type { SecretReference } from './sections/secret.ts';
import { geoipFile } from './geoip-file.ts';
import { mailUrl, storageUrl } from './sections/server.ts';

/** All but the secrets that development has yet to make. */
export type ConfigDraft = Omit<Config, 'secrets'> & { secrets: GivenSecrets };

export interface Surroundings {
  cwd: string;
  places: Places;
  files: readonly string[];
  report: Report;
  readSecret: ReadSecret;
}

const DEFAULT_GRANT = 31 * 86_400;

/** Reports each secret that cannot be read; the draft is then not whole. */
export async function resolveConfig(input: ConfigInput, around: Surroundings): Promise<ConfigDraft> {
  const { version: _version, data, mail, geoip, ...same } = input;
  const issuer = input.issuer ?? localIssuer(input.port);
  const { refresh_token, grant = Math.max(DEFAULT_GRANT, refresh_token) } = input.lifetimes;
  const lifetimes = { ...input.lifetimes, grant };
  return {
    ...same,
    issuer,
    lifetimes,
    registration: input.registration ?? (input.mode === 'development' ? 'open' : 'closed'),
    host: input.host ?? (input.mode === 'development' ? '127.0.0.1' : '0.0.0.0'),
    dataFolder: resolve(around.cwd, data),
    storage: await resolveUrl(input.storage, storageUrl, ['storage'], around),
    secrets: await serverSecrets(input.secrets, around.readSecret, around.report),
    ...(mail && { mail: { ...mail, url: await resolveUrl(mail.url, mailUrl, ['mail', 'url'], around) } }),
    ...(geoip && { geoip: { file: await geoipFile(geoip.file, around) } }),
    resources: dictionary({ ...input.resources, [API_RESOURCE]: apiResource(issuer) }),
    scopes: dictionary({ ...input.scopes, ...builtInScopes }),
    roles: dictionary(input.roles),
    clients: dictionary({ ...(await resolveClients(input, lifetimes, around)), [WEB_CLIENT]: webClient }),
    origins: originsOf(input, around.places),
    files: around.files,
  };
}

async function resolveUrl(
  value: string | SecretReference,
  schema: z.ZodType<string>,
  path: Path,
  { readSecret, report }: Surroundings,
): Promise<string> {
  if (typeof value === 'string') return value;
  const url = await readSecret(value, path);
  const problem = url === undefined ? undefined : schema.safeParse(url).error?.issues[0];
  if (problem) report(path, `what this names ${problem.message}`);
  return url ?? '';
}

async function resolveClients(
  { clients }: ConfigInput,
  general: Lifetimes,
  { readSecret }: Surroundings,
): Promise<Record<string, ClientConfig>> {
  const resolved: Record<string, ClientConfig> = {};
  for (const [id, client] of Object.entries(clients)) {
    const hashes = await clientSecretHashes(client.secrets ?? [], ['clients', id, 'secrets'], readSecret);
    resolved[id] = resolveClient(client, hashes, general);
  }
  return resolved;
}

export const resolveClient = (
  { secrets: _references, lifetimes, ...same }: ClientInput,
  secret_hashes: readonly string[],
  general: Pick<Lifetimes, 'grant'>,
): ClientConfig => ({ ...same, secret_hashes, lifetimes: clientLifetimes(lifetimes, general) });

/** A client's longer refresh token prolongs its grant with it. */
function clientLifetimes(own: ClientInput['lifetimes'], general: Pick<Lifetimes, 'grant'>): Partial<Lifetimes> {
  const { refresh_token = 0, grant } = own;
  return grant === undefined && refresh_token > general.grant ? { ...own, grant: refresh_token } : own;
}

function originsOf(input: ConfigInput, places: Places): Record<string, string> {
  const origins = dictionary<string>({});
  for (const section of ['resources', 'scopes', 'roles', 'clients'] as const) {
    for (const id of Object.keys(input[section])) {
      const place = places.key([section, id]);
      if (place) origins[`${section}.${id}`] = `${place.file}:${place.line}`;
    }
  }
  return origins;
}
