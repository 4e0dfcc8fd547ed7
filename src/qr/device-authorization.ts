// A device authorization as the approving side sees it, who approves it, and where it is kept (`oidc/device-codes.ts`,
// `oidc/device-flow.ts`).
import type { Transaction } from './state.ts';

/** A device authorization as stored; `oidc/device-codes.ts` keeps it. */
export interface DeviceAuthorization {
  /** Names the transaction; useless at the token endpoint. */
  id: string;
  clientId: string;
  userCode: string;
  /** As requested. */
  scope: string;
  /** The browser side can ask the person for digits (`check_supported`). */
  takesDigits: boolean;
  /** `browser`: by which it is known again. */
  device: { address?: string; userAgent?: string; browser?: string };
  /** Seconds since the epoch. */
  expiresAt: number;
  /** `via` of who approved it. */
  approvedVia?: string;
  transaction: Transaction;
}

export interface DeviceAuthorizations {
  get(id: string): Promise<DeviceAuthorization | undefined>;
  findByUserCode(userCode: string): Promise<DeviceAuthorization | undefined>;
  findByHandle(handle: string): Promise<DeviceAuthorization | undefined>;
  /** The scopes that the account could give it now. */
  grantable(
    authorization: DeviceAuthorization,
    approver: Pick<Approver, 'accountId' | 'amr'>,
  ): Promise<readonly string[]>;
  /** Compare-and-set; `next` is pure, may run again and may throw the refusal. Resolves to what is stored then. */
  update(id: string, next: (current: DeviceAuthorization) => Transaction): Promise<DeviceAuthorization>;
  /** As `update`, and gives the client what the approver may give it. Undone when `next` throws. */
  approve(
    authorization: DeviceAuthorization,
    approver: Approver,
    next: (current: DeviceAuthorization) => Transaction,
  ): Promise<void>;
}

export interface Approver {
  accountId: string;
  /** Seconds since the epoch. */
  authTime: number;
  amr: readonly string[];
  roles: readonly string[];
  /** Optional scopes that they leave out. */
  refused?: readonly string[];
  /** Of the client that they were shown, where it may have become another since. */
  edition?: number;
  /** What they act by: `session:` and its uid, or `grant:` and the id of their phone application's. Ends what it approved. */
  via?: string;
}

/** The approver at the phone, from where the code is scanned and answered. */
export interface Scanner extends Approver {
  address: string;
}
