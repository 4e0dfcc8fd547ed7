// The approving side of the device grant: find, scan, approve, deny, and the digits that the waiting browser sends. Pages
// and the phone's interface call it (`routes/`); `state.ts` says what may follow what, `check.ts` what is to be checked.
import type { Config } from '../config/config.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { safeEqual, sha256 } from '../lib/hash.ts';
import { randomToken } from '../lib/random.ts';
import { checkFor, digitsOf } from './check.ts';
import {
  approve,
  type Check,
  checkOf,
  complete,
  deny,
  hold,
  miss,
  pass,
  type PublicState,
  publicState,
  requireAnswerable,
  requireDigits,
  scan,
  type Transaction,
} from './state.ts';

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
  /** What they act by: `session:` and its uid, or `grant:` and the id of their phone application's. Ends what it approved. */
  via?: string;
}

/** The approver at the phone, from where the code is scanned and answered. */
export interface Scanner extends Approver {
  address: string;
}

export interface ConfirmationDeps {
  authorizations: DeviceAuthorizations;
  clock: Clock;
  config(): Pick<Config, 'qr' | 'secrets'>;
  /** Whether the client may still have devices approved, and people with these roles may sign in to it. */
  maySignIn(clientId: string, roles: readonly string[]): boolean;
  /** The roles in force for who signed in so, of an account that may still act by that; `undefined` for any other. */
  rolesOf(approver: Pick<Approver, 'accountId' | 'amr' | 'via'>): Promise<readonly string[] | undefined>;
  /** Told of a code that ran out unanswered, whenever somebody looks at it. */
  expired(authorization: DeviceAuthorization): void;
  /** Counts a code that somebody tries; throws `user_code_throttled`, `scan_throttled`. */
  count(what: 'user_code' | 'scan', attempt: { accountId: string; address: string }): Promise<void>;
}

export type Confirmation = ReturnType<typeof createConfirmation>;

/** All throw `code_unknown`, `code_expired`, `already_decided`, `not_yours` or `client_not_allowed`. */
export function createConfirmation(deps: ConfirmationDeps) {
  const { authorizations, clock, config, maySignIn, rolesOf, expired, count } = deps;
  const at = ({ expiresAt }: DeviceAuthorization) => ({ now: epochSeconds(clock), expiresAt });
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

  const offerTo = async (
    authorization: DeviceAuthorization,
    approver: Pick<Approver, 'accountId' | 'amr'>,
  ): Promise<string> => offerOf(authorization, await authorizations.grantable(authorization, approver));

  /** What was shown must be what is given: roles, scopes or the client may have changed meanwhile. */
  async function requireSameOffer(authorization: DeviceAuthorization, approver: Approver): Promise<void> {
    const { transaction } = authorization;
    if (!('offer' in transaction)) return;
    if (safeEqual(await offerTo(authorization, approver), transaction.offer)) return;
    throw new DomainError('conflict', 'request_changed', { detail: 'What would be given has changed; scan again' });
  }

  async function requireUserCode(authorization: DeviceAuthorization, typed: string | undefined): Promise<void> {
    if (typed !== undefined && safeEqual(typed, authorization.userCode)) return;
    if (typed === undefined)
      throw new DomainError('unprocessable', 'check_failed', { detail: 'The user code is owed' });
    await missed(authorization, 'wrong_user_code');
  }

  async function missed(authorization: DeviceAuthorization, reason: WrongAnswer['reason']): Promise<never> {
    const { transaction } = await authorizations.update(authorization.id, (current) =>
      miss(current.transaction, at(current)),
    );
    const accountId = 'accountId' in transaction ? transaction.accountId : undefined;
    throw new CheckFailure({
      reason,
      accountId,
      clientId: authorization.clientId,
      isOver: transaction.state === 'denied',
    });
  }

  async function approveNow(
    authorization: DeviceAuthorization,
    approver: Approver,
    next: (current: DeviceAuthorization) => Transaction,
  ): Promise<void> {
    await requireSameOffer(authorization, approver);
    await authorizations.approve(authorization, approver, next);
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
      await approveNow(authorization, approver, (current) => approve(current.transaction, answer, at(current)));
      return { state: 'approved', authorization };
    },

    async deny(id: string, approver: Approver): Promise<DeviceAuthorization> {
      const authorization = open(await authorizations.get(id), approver);
      await authorizations.update(id, (current) => deny(current.transaction, approver.accountId, at(current)));
      return authorization;
    },

    /** The digits typed in the waiting browser. Throws `CheckFailure`, `check_not_due`, `request_changed`. */
    async answerDigits(id: string, digits: string): Promise<DigitsAnswer> {
      const found = await authorizations.get(id);
      if (!found) throw new DomainError('not_found', 'code_unknown');
      const { check } = requireDigits(found.transaction, at(found));
      if (!safeEqual(digits, digitsOf(pepper(), id, check.salt))) await missed(found, 'wrong_digits');
      const authorization = await authorizations.update(id, (current) => pass(current.transaction, at(current)));
      const { transaction } = authorization;
      if (transaction.state !== 'confirming') return { state: 'scanned' };
      const roles = await rolesOf(transaction);
      if (!roles || !maySignIn(authorization.clientId, roles)) throw new DomainError('forbidden', 'client_not_allowed');
      const { accountId, authTime, amr, via } = transaction;
      const approver = { accountId, authTime, amr, roles, ...(via !== undefined && { via }) };
      await approveNow(authorization, approver, (current) => complete(current.transaction, at(current)));
      return { state: 'approved', accountId, authorization };
    },
  };
}

/** Right digits end the waiting, unless the person has yet to say yes. */
export type DigitsAnswer =
  { state: 'scanned' } | { state: 'approved'; accountId: string; authorization: DeviceAuthorization };

export interface Approval {
  state: 'approved' | 'confirming';
  authorization: DeviceAuthorization;
}

export interface WrongAnswer {
  reason: 'wrong_digits' | 'wrong_user_code';
  accountId: string | undefined;
  clientId: string;
  /** It was one too many. */
  isOver: boolean;
}

/** A wrong answer to the check, with what the record of it says. */
export class CheckFailure extends DomainError {
  readonly wrong: WrongAnswer;

  constructor(wrong: WrongAnswer) {
    const detail = wrong.isOver ? 'That was wrong too often; the code has ended' : 'That is not right';
    super('unprocessable', 'check_failed', { detail });
    this.wrong = wrong;
  }
}

function newCheck(kind: Check['kind']): Check {
  return kind === 'digits' ? { kind, salt: randomToken(9), misses: 0 } : { kind, misses: 0 };
}

const offerOf = ({ clientId, scope, device }: DeviceAuthorization, grantable: readonly string[]): string =>
  sha256(JSON.stringify([clientId, scope, grantable, device.address, device.userAgent]));
