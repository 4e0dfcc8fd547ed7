// One thing that an account holds, as the access review sees it.
import type { Account } from '../accounts/account.ts';

export interface Holding {
  kind: 'role' | 'key' | 'grant';
  account: Account;
  /** The role, the client_id of the key, or the client of the grant. */
  name: string;
  scopes: readonly string[];
  /** Of a grant, for `grant revoke`. */
  grantId?: string;
  /** Milliseconds since the epoch. */
  since?: number;
  /** Account id, or a name such as `operator`; as far as records tell. */
  by?: string;
  /** As far as the records that were read tell. */
  lastUsed?: number;
  /** When somebody decided last that it stays. */
  kept?: { at: number; by: string };
}

/** What names a holding for good: a grant is another one when it was given again. */
export const refOf = ({ name, grantId }: Pick<Holding, 'name' | 'grantId'>): string => grantId ?? name;
