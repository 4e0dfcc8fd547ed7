// A client that no file holds, made in the console, by the command line or by registration: judged by the rules of the files.
// `clients/` keeps such clients. Whoever writes to the store can make one, so what they can never be is decided here, at
// each reading: not first-party, and not with scopes of our own interface.
import type { z } from 'zod';
import { builtInScopes, isReservedScope } from './built-in.ts';
import type { ClientConfig, Config, Lifetimes } from './config.ts';
import type { Path, Report } from './problem.ts';
import { resolveClient } from './resolve.ts';
import { clientRules } from './rules/clients.ts';
import { clientLifetimeRules } from './rules/server.ts';
import { wordIssues } from '../lib/issue-words.ts';
import { clientSection } from './sections/clients.ts';
import type { ConfigSnapshot } from './snapshot.ts';

const settingsSection = clientSection.omit({ first_party: true, secrets: true });

/** As a file has it, durations in words; without secrets. */
export type ClientSettings = z.input<typeof settingsSection>;

export interface ClientProblem {
  /** From the client on, such as `['redirect_uris', 0]`. */
  path: Path;
  message: string;
}

export interface ClientJudgement {
  problems: ClientProblem[];
  /** Resolved, where its shape is right. */
  client?: ClientConfig;
}

/** What of the files such a client is judged by. */
export interface RulingFiles extends Pick<Config, 'mode' | 'scopes' | 'roles'> {
  lifetimes: Pick<Lifetimes, 'grant' | 'refresh_token'>;
}

/** The same of a snapshot, as far as it says; what another release left out bounds nothing. */
export function rulingFilesOf({ scopes, roles, settings }: ConfigSnapshot): RulingFiles {
  const seconds = (name: string, otherwise: number): number => {
    const value = settings[`lifetimes.${name}`];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    mode: settings['mode'] === 'development' ? 'development' : 'production',
    scopes: { ...scopes, ...builtInScopes },
    roles,
    lifetimes: { grant: seconds('grant', Infinity), refresh_token: seconds('refresh_token', 0) },
  };
}

/** Judges settings that somebody sent, with `secretHashes` of its secrets: none for a public client. */
export function judgeClient(
  id: string,
  settings: unknown,
  secretHashes: readonly string[],
  files: RulingFiles,
): ClientJudgement {
  const shaped = settingsSection.safeParse(settings);
  if (!shaped.success) return { problems: shapeProblems(shaped.error, settings) };
  const secrets = secretHashes.map((hash) => ({ hash }));
  const input = { ...shaped.data, first_party: false, ...(secrets.length > 0 && { secrets }) };
  const problems: ClientProblem[] = [];
  const report: Report = ([, , ...path], message) => void problems.push({ path, message });

  const scopes = Object.fromEntries(
    Object.entries(files.scopes).filter(([name]) => !Object.hasOwn(builtInScopes, name)),
  );
  const { mode, roles, lifetimes } = files;
  const names = { scopes: Object.keys(files.scopes), roles: Object.keys(roles) };
  const context = { config: { mode, roles, scopes, lifetimes, clients: { [id]: input } }, names, report };
  clientRules(context);
  clientLifetimeRules(context);
  for (const [index, scope] of input.scopes.entries()) {
    if (isReservedScope(scope)) {
      report(['clients', id, 'scopes', index], `only a client of the configuration files may ask for \`${scope}\``);
    }
  }
  return { problems, client: resolveClient(input, secretHashes, lifetimes) };
}

const OF_FILES = ['first_party', 'secrets'];

const shapeProblems = ({ issues }: z.ZodError, settings: unknown): ClientProblem[] =>
  wordIssues(issues, settings, settingsSection).map(({ path, message, unknownKey }) => {
    if (!unknownKey) return { path, message };
    const isOfFiles = path.length === 1 && OF_FILES.includes(String(path[0]));
    return isOfFiles
      ? { path, message: 'only a client of the configuration files may have this' }
      : { path: [], message };
  });

/** What of a stored client is in force under these files: without scopes and roles that they no longer allow, or nothing. */
export function outsideClientInForce(
  id: string,
  settings: unknown,
  secretHashes: readonly string[],
  files: RulingFiles,
): ClientJudgement {
  const { problems, client } = judgeClient(id, settings, secretHashes, files);
  const isWhole = problems.every(({ path: [field] }) => field === 'scopes' || field === 'allowed_roles');
  if (!client || !isWhole) return { problems };
  const allowed = (field: string, names: readonly string[]): string[] => {
    const refused = new Set(problems.flatMap(({ path }) => (path[0] === field ? [path[1]] : [])));
    return names.filter((_name, index) => !refused.has(index));
  };
  const { allowed_roles: roles, optional_scopes: optional, device_scopes: ceiling } = client;
  const scopes = allowed('scopes', client.scopes);
  const left = (names: readonly string[]): string[] => names.filter((name) => scopes.includes(name));
  return {
    problems,
    client: {
      ...client,
      scopes,
      ...(optional && { optional_scopes: left(optional) }),
      // What is a device's stands here alone: a ceiling that still named it would give it.
      ...(ceiling && { device_scopes: left(ceiling) }),
      // Where every role is gone the list stays, and lets nobody in: without one everybody could.
      ...(roles && { allowed_roles: allowed('allowed_roles', roles) }),
    },
  };
}
