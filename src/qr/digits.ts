// The waiting screen's side of the check: the two digits that the phone shows, typed in the browser. `confirmation.ts` is the
// phone's side.
import { DomainError } from '../lib/errors.ts';
import { safeEqual } from '../lib/hash.ts';
import { digitsOf } from './check.ts';
import type { ConfirmationDeps } from './confirmation.ts';
import type { Approver, DeviceAuthorization } from './device-authorization.ts';
import { complete, pass, requireDigits } from './state.ts';

export interface DigitsDeps extends Pick<ConfirmationDeps, 'authorizations' | 'config' | 'maySignIn' | 'decisions'> {
  /** The roles in force for who signed in so, of an account that may still act by that; `undefined` for any other. */
  rolesOf(approver: Pick<Approver, 'accountId' | 'amr' | 'via'>): Promise<readonly string[] | undefined>;
}

/** Right digits end the waiting, unless the person has yet to say yes. */
export type DigitsAnswer =
  { state: 'scanned' } | { state: 'approved'; accountId: string; authorization: DeviceAuthorization };

export type AnswerDigits = ReturnType<typeof createAnswerDigits>;

/** Throws `code_unknown`, `CheckFailure`, `check_not_due`, `request_changed`, `client_not_allowed`. */
export function createAnswerDigits({ authorizations, config, maySignIn, rolesOf, decisions }: DigitsDeps) {
  const { at, missed } = decisions;

  return async (id: string, digits: string): Promise<DigitsAnswer> => {
    const found = await authorizations.get(id);
    if (!found) throw new DomainError('not_found', 'code_unknown');
    const { check } = requireDigits(found.transaction, at(found));
    if (!safeEqual(digits, digitsOf(config().secrets.pepper[0], id, check.salt))) await missed(found, 'wrong_digits');
    const authorization = await authorizations.update(id, (current) => pass(current.transaction, at(current)));
    const { transaction } = authorization;
    if (transaction.state !== 'confirming') return { state: 'scanned' };
    const roles = await rolesOf(transaction);
    if (!roles || !maySignIn(authorization.clientId, roles)) throw new DomainError('forbidden', 'client_not_allowed');
    const { state: _, check: _met, offer: _shown, ...approved } = transaction;
    const approver = { ...approved, roles };
    await decisions.approve(authorization, approver, (current) => complete(current.transaction, at(current)));
    return { state: 'approved', accountId: approver.accountId, authorization };
  };
}
