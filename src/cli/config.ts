// `tokenim config check` and `tokenim config schema`: what is wrong with a configuration, and what it may contain.
import { readConfig, type LoadOptions } from '../config/load.ts';
import { ConfigError, type Problem } from '../config/problem.ts';
import { configJsonSchema } from '../config/schema.ts';
import type { ConfigDraft } from '../config/resolve.ts';
import type { Output } from './io.ts';

export interface ConfigCheckOptions extends Pick<LoadOptions, 'env' | 'cwd'> {
  json: boolean;
  /** File or folder of the configuration. */
  config?: string;
}

/** Judges the configuration and changes nothing. Exit code 0 when it is valid, else 1. */
export async function configCheck(io: Output, { json, config, ...options }: ConfigCheckOptions): Promise<0 | 1> {
  try {
    const draft = await readConfig({ ...options, ...(config !== undefined && { configPath: config }) });
    io.stdout.write(json ? line({ valid: true, ...summary(draft) }) : sentence(draft));
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json) io.stdout.write(line({ valid: false, problems: error.problems }));
    else io.stderr.write(`${error.message}\n${countOf(error.problems)}\n`);
    return 1;
  }
}

/** Prints the JSON Schema of a configuration file, with `--json` or without. */
export async function configSchema(io: Output): Promise<0> {
  io.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return 0;
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const summary = ({ mode, issuer, resources, scopes, roles, clients }: ConfigDraft) => ({
  mode,
  issuer,
  resources: Object.keys(resources).length,
  scopes: Object.keys(scopes).length,
  roles: Object.keys(roles).length,
  clients: Object.keys(clients).length,
});

function sentence(draft: ConfigDraft): string {
  const { mode, issuer, ...counts } = summary(draft);
  const counted = Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
  return `The configuration is valid: ${mode}, ${issuer}. With the built-in ones, ${counted.join(', ')}.\n`;
}

const countOf = (problems: readonly Problem[]): string =>
  problems.length === 1 ? '1 problem in the configuration.' : `${problems.length} problems in the configuration.`;
