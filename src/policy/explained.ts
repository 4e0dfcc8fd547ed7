// What an explanation is about and made of: the facts, as they stand now, and reasons in sentences that name where something is
// written. `explain.ts` puts them together.
import type { Config } from '../config/config.ts';
import type { Limit } from './decide.ts';
import type { RoleHolder } from './roles.ts';

export interface ExplainedReason {
  /** What limits it; the others than `Limit` come before or beside any decision on scopes. */
  limit: Limit | 'scope' | 'authentication' | 'account' | 'sign_in' | 'second_factor';
  allows: boolean;
  /** A sentence. */
  text: string;
}

export interface Facts {
  config: Pick<Config, 'resources' | 'scopes' | 'roles' | 'clients' | 'origins'>;
  account?: RoleHolder & { id: string; name: string; problem?: string };
  clientId?: string;
  /** Of `clientId`, when it is an API key. */
  key?: ExplainedKey;
  /** What the person agreed to, took back, and left out when asked; for the account and the application. */
  consent?: { given: readonly string[]; withdrawn: readonly string[]; refused: readonly string[] };
  /** The refused request that is asked about. */
  request?: RefusedRequest;
}

export interface ExplainedKey {
  name: string;
  scopes: readonly string[];
  ownerId: string;
  state: string;
  /** Indicator of the only resource that it is for. */
  resource?: string;
  /** Addresses and ranges that it may be used from; absent: from everywhere. */
  addresses?: readonly string[];
}

export interface RefusedRequest {
  /** An OAuth error code, or why a key was refused. */
  reason?: string;
  /** As on the wire (RFC 6749 §4). */
  grantType?: string;
  /** Where it came from. */
  address?: string;
}

export const no = (limit: ExplainedReason['limit'], text: string): ExplainedReason => ({ limit, allows: false, text });
export const yes = (limit: ExplainedReason['limit'], text: string): ExplainedReason => ({ limit, allows: true, text });

export const listed = (config: Facts['config'], roles: readonly string[]): string =>
  `${roles.length === 1 ? 'role' : 'roles'} ${roles.map((role) => `${role}${at(config, 'roles', role)}`).join(', ')}`;

/** ` (config/tokenim.yaml:12)`, or nothing for what is built in. */
export function at({ origins }: Facts['config'], section: string, id: string): string {
  const place = origins[`${section}.${id}`];
  return place === undefined ? '' : ` (${place})`;
}

export const ownEntry = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
