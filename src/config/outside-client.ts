// A client that no file holds, made in the console, by the command line or by registration: judged by the rules of the files.
// `clients/` keeps such clients. Whoever writes to the store can make one, so what they can never be is decided here, at
// each reading: not first-party, and not with scopes of our own interface.
import type { z } from 'zod';
import { builtInScopes, isReservedScope } from './built-in.ts';
import type { ClientConfig, Config } from './config.ts';
import type { Path, Report } from './problem.ts';
import { resolveClient } from './resolve.ts';
import { clientRules } from './rules/clients.ts';
import { clientLifetimeRules } from './rules/server.ts';
import { clientSection } from './sections/clients.ts';

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

/** Judges settings that somebody sent, with `secretHashes` of its secrets: none for a public client. */
export function judgeClient(
  id: string,
  settings: unknown,
  secretHashes: readonly string[],
  files: Config,
): ClientJudgement {
  const shaped = settingsSection.safeParse(settings);
  if (!shaped.success) return { problems: shaped.error.issues.map(({ path, message }) => ({ path, message })) };
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

/** What of a stored client is in force under these files: without scopes and roles that they no longer allow, or nothing. */
export function outsideClientInForce(
  id: string,
  settings: unknown,
  secretHashes: readonly string[],
  files: Config,
): ClientJudgement {
  const { problems, client } = judgeClient(id, settings, secretHashes, files);
  const isWhole = problems.every(({ path: [field] }) => field === 'scopes' || field === 'allowed_roles');
  if (!client || !isWhole) return { problems };
  const allowed = (field: string, names: readonly string[]): string[] => {
    const refused = new Set(problems.flatMap(({ path }) => (path[0] === field ? [path[1]] : [])));
    return names.filter((_name, index) => !refused.has(index));
  };
  const { scopes, allowed_roles: roles } = client;
  // Where every role is gone the list stays, and lets nobody in: without one everybody could.
  const doors = roles && { allowed_roles: allowed('allowed_roles', roles) };
  return { problems, client: { ...client, scopes: allowed('scopes', scopes), ...doors } };
}
