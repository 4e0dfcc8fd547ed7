// What administrators do, from pages and by JSON. Each act is done with all that follows from it and recorded in the administrator's
// name; `compose/admin-acts.ts` binds them to those of the command line.
import type { Account } from '../accounts/account.ts';
import type { NewPerson, NewServiceAccount } from '../accounts/new-account.ts';

export interface AdminActs {
  /** The address is not confirmed: an invitation is mailed. Throws as `directory.createPerson`. */
  createPerson(person: NewPerson): Promise<Account>;
  /** Throws as `directory.createServiceAccount`; `own_account` as `grantRole`, where oneself would look after it. */
  createServiceAccount(service: NewServiceAccount): Promise<Account>;
  /** Throws as `maintenance.add`; `own_account` (`forbidden`) for oneself. */
  addMaintainer(id: string, person: string): Promise<unknown>;
  /** Throws as `maintenance.remove`. */
  removeMaintainer(id: string, person: string): Promise<unknown>;
  /** Throws `last_administrator` (`conflict`) for one's own account while nobody else may change anything here. */
  disableAccount(id: string): Promise<unknown>;
  enableAccount(id: string): Promise<unknown>;
  resetSecondFactors(id: string): Promise<unknown>;
  /** Out of every browser. */
  signOut(id: string): Promise<unknown>;
  /** Throws `own_account` (`forbidden`) for one's own account, and for a service account that one looks after. */
  grantRole(id: string, role: string): Promise<unknown>;
  /** Throws `last_administrator` as `disableAccount` does. */
  revokeRole(id: string, role: string): Promise<unknown>;
  revokeGrant(grantId: string): Promise<unknown>;
  revokeKey(clientId: string): Promise<unknown>;
  disableKey(clientId: string): Promise<unknown>;
  enableKey(clientId: string): Promise<unknown>;
  /** Throws `managed_by_file` (`conflict`), as `enableClient` does. */
  disableClient(id: string): Promise<unknown>;
  enableClient(id: string): Promise<unknown>;
  /** Records that it stays. Throws `holding_unknown` (`not_found`). */
  keepHolding(holding: HoldingRef): Promise<void>;
  /** As the act of its kind. Throws `holding_unknown`. */
  takeBack(holding: HoldingRef): Promise<void>;
}

/** What an account holds: a role, an API key by its client_id, or a grant by its id. */
export interface HoldingRef {
  kind: 'role' | 'key' | 'grant';
  account: string;
  ref: string;
}
