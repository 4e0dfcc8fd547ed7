// What the confirm sheet shows of one device authorization to the person who is to answer it, and which of its optional scopes
// the answer leaves out. The addresses are in `phone.ts`.
import type { ConfirmProps } from '../../../views/qr/confirm.tsx';
import type { Locale } from '../../config/config.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import { displayName, type VisitorAccount } from '../../web/visitor.ts';
import type { DeviceAuthorization, DeviceAuthorizations, Scanner } from '../device-authorization.ts';
import type { Doubt } from '../doubts.ts';

export interface ConfirmSheetDeps {
  grantable: DeviceAuthorizations['grantable'];
  /** Scopes that people may leave out when they are asked for the client. */
  optionalOf(clientId: string): readonly string[];
  /** Scopes that the account took back from the client, or left out the last time. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  /** A client that became another one has another (`oidc/editions.ts`). */
  editionOf(clientId: string): number;
  clock: Clock;
  words: {
    faceOf(clientId: string): ConfirmProps['client'] | undefined;
    describeScope(scope: string, locale: Locale): string;
    formatUserCode(userCode: string): string;
    /** The approximate place of an address, in words. */
    placeText(address: string | undefined, locale: Locale): string | undefined;
  };
  doubtsAbout(authorization: DeviceAuthorization, approver: Scanner): Promise<readonly Doubt[]>;
}

export interface Reader {
  scanner: Scanner;
  account: VisitorAccount;
  locale: Locale;
}

export type ConfirmSheet = ReturnType<typeof createConfirmSheet>;

export function createConfirmSheet(deps: ConfirmSheetDeps) {
  const { grantable, optionalOf, withdrawn, editionOf, clock, doubtsAbout } = deps;
  const { faceOf, describeScope, formatUserCode, placeText } = deps.words;

  async function scopesOf(authorization: DeviceAuthorization, scanner: Scanner) {
    const requested = authorization.scope.split(' ').filter(Boolean);
    const available = await grantable(authorization, scanner);
    const optional = optionalOf(authorization.clientId);
    return {
      required: available.filter((name) => !optional.includes(name)),
      optional: available.filter((name) => optional.includes(name)),
      unavailable: requested.filter((name) => !available.includes(name)),
    };
  }

  return {
    /** `answer`: whether the user code must be typed here, was wrong the last time, and what was left out then. */
    async propsFor(
      authorization: DeviceAuthorization,
      { scanner, account, locale }: Reader,
      answer: { isAsked: boolean; isWrong: boolean; refused?: readonly string[] | undefined },
    ): Promise<ConfirmProps> {
      const { id, clientId, userCode, device, expiresAt } = authorization;
      const describe = (name: string) => ({ name, description: describeScope(name, locale) });
      const edition = editionOf(clientId);
      const scopes = await scopesOf(authorization, scanner);
      const left = answer.refused ?? (await withdrawn(scanner.accountId, clientId));
      return {
        action: `/device/${id}`,
        scanUrl: `/device/${id}/scan`,
        switchAction: `/device/${id}/switch`,
        client: faceOf(clientId) ?? { name: clientId },
        ...(edition > 0 && { edition: String(edition) }),
        userCode: answer.isAsked
          ? { kind: 'asked', isWrong: answer.isWrong }
          : { kind: 'shown', code: formatUserCode(userCode) },
        scopes: scopes.required.map(describe),
        choices: scopes.optional.map((name) => ({ ...describe(name), isChosen: !left.includes(name) })),
        unavailableScopes: scopes.unavailable.map(describe),
        device: {
          ip: device.address ?? '?',
          userAgent: device.userAgent,
          location: placeText(device.address, locale),
        },
        ownLocation: placeText(scanner.address, locale),
        doubts: await doubtsAbout(authorization, scanner),
        expiresIn: expiresAt - epochSeconds(clock),
        person: { name: displayName(account), email: account.email },
      };
    },

    /** Throws `request_changed` (`conflict`) when the client has become another one than was shown. */
    requireShown({ clientId }: DeviceAuthorization, edition = '0'): void {
      if (edition === String(editionOf(clientId))) return;
      throw new DomainError('conflict', 'request_changed', { detail: 'The application has changed; scan again' });
    },

    /** Optional scopes that are not among the ticked ones; what is ticked beyond them counts for nothing. */
    async refusedIn(authorization: DeviceAuthorization, scanner: Scanner, ticked: string): Promise<readonly string[]> {
      const names = ticked.split(' ');
      return (await scopesOf(authorization, scanner)).optional.filter((name) => !names.includes(name));
    },
  };
}
