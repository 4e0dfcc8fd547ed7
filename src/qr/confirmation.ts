// The phone's side of the device grant: find, scan, approve, deny. Pages and the phone's interface call it (`routes/`);
// `state.ts` says what may follow what, `check.ts` what is to be checked, `digits.ts` is the waiting screen's side.
import type { Config } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import { safeEqual } from '../lib/hash.ts';
import { checkFor, digitsOf, newCheck } from './check.ts';
import type { Decisions } from './decisions.ts';
import type { Approver, DeviceAuthorization, DeviceAuthorizations, Scanner } from './device-authorization.ts';
import {
  approve,
  type Check,
  checkOf,
  deny,
  hold,
  type PublicState,
  publicState,
  requireAnswerable,
  scan,
} from './state.ts';

export interface ConfirmationDeps {
  authorizations: DeviceAuthorizations;
  decisions: Decisions;
  config(): Pick<Config, 'qr' | 'secrets'>;
  /** Whether the client may still have devices approved, and people with these roles may sign in to it. */
  maySignIn(clientId: string, roles: readonly string[]): boolean;
  /** Told of a code that ran out unanswered, whenever somebody looks at it. */
  expired(authorization: DeviceAuthorization): void;
  /** Counts a code that somebody tries; throws `user_code_throttled`, `scan_throttled`. */
  count(what: 'user_code' | 'scan', attempt: { accountId: string; address: string }): Promise<void>;
}

export type Confirmation = ReturnType<typeof createConfirmation>;

/** All throw `code_unknown`, `code_expired`, `already_decided`, `not_yours` or `client_not_allowed`. */
export function createConfirmation(deps: ConfirmationDeps) {
  const { authorizations, decisions, config, maySignIn, expired, count } = deps;
  const { at, offerTo, requireSameOffer, missed } = decisions;
  const pepper = (): string => config().secrets.pepper[0];

  /** Also tells of a code that has run out. */
  function stateOf(authorization: DeviceAuthorization): PublicState {
    const state = publicState(authorization.transaction, at(authorization));
    if (state === 'expired') expired(authorization);
    return state;
  }

  function open(found: DeviceAuthorization | undefined, { accountId, roles }: Approver): DeviceAuthorization {
    if (!found) throw new DomainError('not_found', 'code_unknown');
    // What has run out is told of here and refused below.
    stateOf(found);
    requireAnswerable(found.transaction, accountId, at(found));
    if (!maySignIn(found.clientId, roles)) throw new DomainError('forbidden', 'client_not_allowed');
    return found;
  }

  /** What is owed, or would be from the scan on. */
  function checkOn(
    authorization: DeviceAuthorization,
    { address }: Scanner,
    userCodeTyped = false,
  ): Check['kind'] | undefined {
    const { transaction, takesDigits, device } = authorization;
    if (transaction.state !== 'pending') return checkOf(transaction)?.kind;
    const policy = config().qr.check;
    return checkFor({ policy, takesDigits, userCodeTyped, requester: device.address, approver: address });
  }

  async function claim(
    authorization: DeviceAuthorization,
    approver: Scanner,
    { userCodeTyped = false } = {},
  ): Promise<DeviceAuthorization> {
    const kind = checkOn(authorization, approver, userCodeTyped);
    const { accountId } = approver;
    const offer = await offerTo(authorization, approver);
    const check = kind && newCheck(kind);
    return authorizations.update(authorization.id, (current) =>
      scan(current.transaction, { accountId, offer, ...(check && { check }) }, at(current)),
    );
  }

  async function requireUserCode(authorization: DeviceAuthorization, typed: string | undefined): Promise<void> {
    if (typed !== undefined && safeEqual(typed, authorization.userCode)) return;
    if (typed === undefined)
      throw new DomainError('unprocessable', 'check_failed', { detail: 'The user code is owed' });
    await missed(authorization, 'wrong_user_code');
  }

  return {
    stateOf,
    checkOn,

    /** What the phone shows, once the code was scanned. */
    digits({ id, transaction }: DeviceAuthorization): string | undefined {
      const check = checkOf(transaction);
      return check?.kind === 'digits' ? digitsOf(pepper(), id, check.salt) : undefined;
    },

    /** What the confirm sheet shows, without changing anything: a link may be fetched by a preview. */
    byHandle: async (handle: string, approver: Approver) => open(await authorizations.findByHandle(handle), approver),
    byId: async (id: string, approver: Approver) => open(await authorizations.get(id), approver),

    /** A user code typed by a person: limited, and bound to the account at once. */
    async enter(userCode: string, approver: Scanner): Promise<DeviceAuthorization> {
      await count('user_code', approver);
      const authorization = open(await authorizations.findByUserCode(userCode), approver);
      return claim(authorization, approver, { userCodeTyped: true });
    },

    /** A link scanned by an application: as `enter`. */
    async scanHandle(handle: string, approver: Scanner): Promise<DeviceAuthorization> {
      await count('scan', approver);
      return claim(open(await authorizations.findByHandle(handle), approver), approver);
    },

    scan: async (id: string, approver: Scanner): Promise<DeviceAuthorization> =>
      claim(open(await authorizations.get(id), approver), approver),

    /**
     * `confirming` while the other screen owes the digits. Where the user code is owed, `userCode` is what the person typed.
     * Also throws `check_failed` (a `CheckFailure` when it was wrong) and `request_changed`.
     */
    async approve(id: string, approver: Scanner, userCode?: string): Promise<Approval> {
      let authorization = await claim(open(await authorizations.get(id), approver), approver);
      const check = checkOf(authorization.transaction)?.kind;
      if (check === 'user_code') await requireUserCode(authorization, userCode);
      if (check === 'digits') {
        await requireSameOffer(authorization, approver);
        authorization = await authorizations.update(id, (current) => hold(current.transaction, approver, at(current)));
        if (authorization.transaction.state === 'confirming') return { state: 'confirming', authorization };
      }
      const answer = { accountId: approver.accountId, userCodeTyped: check === 'user_code' };
      await decisions.approve(authorization, approver, (current) => approve(current.transaction, answer, at(current)));
      return { state: 'approved', authorization };
    },

    async deny(id: string, approver: Approver): Promise<DeviceAuthorization> {
      const authorization = open(await authorizations.get(id), approver);
      await authorizations.update(id, (current) => deny(current.transaction, approver.accountId, at(current)));
      return authorization;
    },
  };
}

export interface Approval {
  state: 'approved' | 'confirming';
  authorization: DeviceAuthorization;
}
