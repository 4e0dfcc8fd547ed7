// The approving side of the device grant: find, scan, approve, deny. Pages call it (`routes/`); `state.ts` says what may
// follow what; tokens come from the token endpoint alone.
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { approve, deny, type PublicState, publicState, scan, type Transaction } from './state.ts';

/** A device authorization as stored; `oidc/device-codes.ts` keeps it. */
export interface DeviceAuthorization {
  /** Names the transaction; useless at the token endpoint. */
  id: string;
  clientId: string;
  userCode: string;
  /** As requested. */
  scope: string;
  device: { address?: string; userAgent?: string };
  /** Seconds since the epoch. */
  expiresAt: number;
  transaction: Transaction;
}

export interface DeviceAuthorizations {
  get(id: string): Promise<DeviceAuthorization | undefined>;
  findByUserCode(userCode: string): Promise<DeviceAuthorization | undefined>;
  findByHandle(handle: string): Promise<DeviceAuthorization | undefined>;
  /** Compare-and-set; `next` is pure, may run again and may throw the refusal. */
  update(id: string, next: (current: DeviceAuthorization) => Transaction): Promise<void>;
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
}

export interface ConfirmationDeps {
  authorizations: DeviceAuthorizations;
  clock: Clock;
  /** Whether people with these roles may sign in to the client. */
  maySignIn(clientId: string, roles: readonly string[]): boolean;
  /** Counts a typed user code; throws `user_code_throttled`. */
  countUserCode(attempt: { accountId: string; address: string }): Promise<void>;
}

export type Confirmation = ReturnType<typeof createConfirmation>;

/** All throw `code_unknown`, `code_expired`, `already_decided`, `not_yours` or `client_not_allowed`. */
export function createConfirmation({ authorizations, clock, maySignIn, countUserCode }: ConfirmationDeps) {
  const at = ({ expiresAt }: DeviceAuthorization) => ({ now: epochSeconds(clock), expiresAt });

  function known(found: DeviceAuthorization | undefined): DeviceAuthorization {
    if (!found) throw new DomainError('not_found', 'code_unknown');
    return found;
  }

  function open(found: DeviceAuthorization | undefined, approver: Approver): DeviceAuthorization {
    const authorization = known(found);
    scan(authorization.transaction, approver.accountId, at(authorization));
    if (!maySignIn(authorization.clientId, approver.roles)) throw new DomainError('forbidden', 'client_not_allowed');
    return authorization;
  }

  const claim = async (authorization: DeviceAuthorization, { accountId }: Approver): Promise<void> =>
    authorizations.update(authorization.id, (current) => scan(current.transaction, accountId, at(current)));

  return {
    stateOf: (authorization: DeviceAuthorization): PublicState =>
      publicState(authorization.transaction, at(authorization)),

    /** What the confirm sheet shows, without changing anything: a link may be fetched by a preview. */
    byHandle: async (handle: string, approver: Approver) => open(await authorizations.findByHandle(handle), approver),
    byId: async (id: string, approver: Approver) => open(await authorizations.get(id), approver),

    /** A user code typed by a person: limited, and bound to the account at once. */
    async enter(userCode: string, approver: Approver, address: string): Promise<DeviceAuthorization> {
      await countUserCode({ accountId: approver.accountId, address });
      const authorization = open(await authorizations.findByUserCode(userCode), approver);
      await claim(authorization, approver);
      return authorization;
    },

    async scan(id: string, approver: Approver): Promise<DeviceAuthorization> {
      const authorization = open(await authorizations.get(id), approver);
      await claim(authorization, approver);
      return authorization;
    },

    async approve(id: string, approver: Approver): Promise<DeviceAuthorization> {
      const authorization = open(await authorizations.get(id), approver);
      await authorizations.approve(authorization, approver, (current) =>
        approve(current.transaction, approver.accountId, at(current)),
      );
      return authorization;
    },

    async deny(id: string, approver: Approver): Promise<DeviceAuthorization> {
      const authorization = open(await authorizations.get(id), approver);
      await authorizations.update(id, (current) => deny(current.transaction, approver.accountId, at(current)));
      return authorization;
    },
  };
}
