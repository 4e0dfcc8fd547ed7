// The effective configuration as one file that loads again: every default written out, references to secrets instead of
// secrets. A password inside a URL is a secret too, and leaves for an environment variable.
import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { formatDuration } from '../lib/duration.ts';
import { isStorageUrl, parseStorageUrl } from '../lib/storage-url.ts';
import { type LoadOptions, readWritten } from './load.ts';
import type { Path } from './problem.ts';

const HEADER = `# yaml-language-server: $schema=schema.json
#
# The effective configuration, as \`tokenim config export\` wrote it: defaults and overrides are written out, secrets are not.
`;

/** Throws `ConfigError`. */
export async function exportConfig(options: LoadOptions = {}): Promise<string> {
  const { cwd = process.cwd() } = options;
  const { input, draft, places } = await readWritten(options);
  const hidden: string[] = [];

  /** A file is named relative to the one that names it, and this one will stand elsewhere. */
  const absolute = <T extends { file?: string }>(reference: T, path: Path): T =>
    reference.file === undefined
      ? reference
      : { ...reference, file: resolve(cwd, dirname(places.value(path).file), reference.file) };
  const address = (value: string | { file?: string }, path: Path, variable: string): unknown => {
    if (typeof value !== 'string') return absolute(value, path);
    if (!hasCredentials(value)) return value;
    hidden.push(`${path.join('.')} holds a password here; set ${variable}`);
    return { env: variable };
  };

  const { data, storage, secrets, mail, geoip, clients, client_registration, ...same } = input;
  const { expires, ...registration } = client_registration;
  const written = {
    ...same,
    ...(draft.mode === 'production' && { issuer: draft.issuer }),
    host: draft.host,
    registration: draft.registration,
    data,
    storage: address(storage, ['storage'], 'TOKENIM_STORAGE'),
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, list]) => [
        name,
        list.map((reference, index) => absolute(reference, ['secrets', name, index])),
      ]),
    ),
    ...(mail && { mail: { ...mail, url: address(mail.url, ['mail', 'url'], 'TOKENIM_MAIL_URL') } }),
    ...(geoip && { geoip: absolute(geoip, ['geoip', 'file']) }),
    lifetimes: inWords(draft.lifetimes),
    signing_keys: inWords(input.signing_keys),
    audit: inWords(input.audit),
    sign_ins: inWords(input.sign_ins),
    client_registration: { ...registration, ...(expires !== undefined && inWords({ expires })) },
    clients: Object.fromEntries(
      Object.entries(clients).map(([id, { secrets: own, lifetimes, ...client }]) => [
        id,
        {
          ...client,
          ...(own && { secrets: own.map((one, index) => absolute(one, ['clients', id, 'secrets', index])) }),
          lifetimes: inWords(lifetimes),
        },
      ]),
    ),
  };
  const remarks = hidden.map((remark) => `# ${remark}.\n`).join('');
  return HEADER + remarks + asYaml(written);
}

const CLIENTS_HEADER = `# yaml-language-server: $schema=../schema.json
#
# Applications made in the console or on the command line, as \`tokenim config export --clients\` wrote them. Put this file into
# conf.d and apply it: from then on it manages them, and what people have given to them stays.
`;

/** Clients that no file manages, as a file for conf.d. */
export function exportClients(
  clients: readonly { id: string; settings: object; secretHashes: readonly string[] }[],
): string {
  const entries = clients.map(({ id, settings, secretHashes }) => {
    const secrets = secretHashes.map((hash) => ({ hash }));
    return [id, { ...settings, ...(secrets.length > 0 && { secrets }) }] as const;
  });
  return CLIENTS_HEADER + asYaml({ version: 1, clients: Object.fromEntries(entries) });
}

/** The reader takes no anchors. */
const asYaml = (value: object): string => stringify(value, { aliasDuplicateObjects: false, lineWidth: 120 });

/** As the parsers of these URLs understand them: a password may hold a slash. What none of them takes is hidden too. */
function hasCredentials(url: string): boolean {
  if (!isStorageUrl(url)) return !URL.canParse(url) || new URL(url).username + new URL(url).password !== '';
  const target = parseStorageUrl(url);
  return target.engine === 'redis' && (target.username ?? target.password) !== undefined;
}

const inWords = (seconds: object): Record<string, string> =>
  Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, formatDuration(Number(value))]));
