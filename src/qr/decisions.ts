// What the phone's side (`confirmation.ts`) and the waiting screen's (`digits.ts`) have in common: what is given is what was shown,
// and a wrong answer to the check counts.
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { safeEqual, sha256 } from '../lib/hash.ts';
import { CheckFailure, type WrongAnswer } from './check.ts';
import type { Approver, DeviceAuthorization, DeviceAuthorizations } from './device-authorization.ts';
import { miss, type Transaction } from './state.ts';

export interface DecisionsDeps {
  authorizations: DeviceAuthorizations;
  clock: Clock;
  /** A client that became another one has another (`oidc/editions.ts`). */
  editionOf(clientId: string): number;
}

export type Decisions = ReturnType<typeof createDecisions>;

export function createDecisions({ authorizations, clock, editionOf }: DecisionsDeps) {
  const at = ({ expiresAt }: DeviceAuthorization) => ({ now: epochSeconds(clock), expiresAt });

  const offerTo = async (
    authorization: DeviceAuthorization,
    approver: Pick<Approver, 'accountId' | 'amr'>,
  ): Promise<string> =>
    offerOf(authorization, editionOf(authorization.clientId), await authorizations.grantable(authorization, approver));

  /** What was shown must be what is given: roles, scopes or the client may have changed meanwhile. */
  async function requireSameOffer(authorization: DeviceAuthorization, approver: Approver): Promise<void> {
    const { transaction } = authorization;
    if (!('offer' in transaction)) return;
    if (safeEqual(await offerTo(authorization, approver), transaction.offer)) return;
    throw new DomainError('conflict', 'request_changed', { detail: 'What would be given has changed; scan again' });
  }

  return {
    at,
    /** A digest of what the account would give now. */
    offerTo,
    requireSameOffer,

    /** Throws `CheckFailure`, once the wrong answer is counted. */
    async missed(authorization: DeviceAuthorization, reason: WrongAnswer['reason']): Promise<never> {
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
    },

    /** Throws `request_changed`. */
    async approve(
      authorization: DeviceAuthorization,
      approver: Approver,
      next: (current: DeviceAuthorization) => Transaction,
    ): Promise<void> {
      const edition = editionOf(authorization.clientId);
      await requireSameOffer(authorization, approver);
      await authorizations.approve(authorization, { ...approver, edition }, next);
    },
  };
}

const offerOf = (
  { clientId, scope, device }: DeviceAuthorization,
  edition: number,
  grantable: readonly string[],
): string => sha256(JSON.stringify([clientId, edition, scope, grantable, device.address, device.userAgent]));
