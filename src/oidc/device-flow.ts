// The device grant between its storage (`device-codes.ts`) and the approving side (`qr/confirmation.ts`): what approval
// means to oidc-provider, and a device authorization begun by our own page.
import type { default as Provider } from 'oidc-provider';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { randomToken } from '../lib/random.ts';
import { acrOf } from './acr.ts';
import type { Approver, DeviceAuthorization, DeviceAuthorizations } from '../qr/device-authorization.ts';
import type { Transaction } from '../qr/state.ts';
import type { Login } from '../web/session.ts';
import {
  type DeviceCodePayload,
  type DeviceCodeRecord,
  type DeviceCodes,
  canTakeDigits,
  type PassUse,
} from './device-codes.ts';
import type { Grants } from './grants.ts';
import type { Grantable, Resources } from './resources.ts';

export interface DeviceFlowDeps {
  provider(): Provider;
  deviceCodes: DeviceCodes;
  grants: Grants;
  resources: Resources;
  clock: Clock;
  revokeGrant(grantId: string): Promise<void>;
  /** Takes an approved code exactly once, as the token endpoint does. */
  consume(deviceCode: string): Promise<boolean>;
}

export interface NewDeviceAuthorization {
  clientId: string;
  scope: string;
  nonce: string;
  device: { address: string; userAgent: string; browser?: string };
  /** The page has a field for the digits of the check. */
  takesDigits: boolean;
  /** Seconds. */
  expiresIn: number;
}

export type DeviceFlow = ReturnType<typeof createDeviceFlow>;

export function createDeviceFlow(deps: DeviceFlowDeps) {
  const { provider, deviceCodes, grants, resources, clock, revokeGrant, consume } = deps;
  const authorizations: DeviceAuthorizations = {
    get: async (id) => toAuthorization(await deviceCodes.get(id)),
    findByUserCode: async (userCode) => toAuthorization(await deviceCodes.findByUserCode(userCode)),
    findByHandle: async (handle) => toAuthorization(await deviceCodes.findByHandle(handle)),
    async grantable({ clientId, scope }, approver) {
      const { openid, resource } = await resources.grantable(clientId, approver, scope);
      return [...openid, ...(resource?.scopes ?? [])];
    },
    async update(id, next) {
      const payload = await deviceCodes.update(id, (current) => withTransaction(id, current, next));
      return authorizationOf(id, payload);
    },
    async approve(authorization, approver, next) {
      const granted = await grantedTo(authorization, approver);
      const grantId = await grants.forDevice(provider(), approver, authorization.clientId, granted);
      try {
        await deviceCodes.update(authorization.id, (payload) => ({
          ...withTransaction(authorization.id, payload, next),
          ...approvalOf(payload, approver, granted, grantId),
        }));
      } catch (error) {
        await revokeGrant(grantId);
        throw error;
      }
    },
  };

  async function grantedTo({ clientId, scope }: DeviceAuthorization, approver: Approver) {
    const { openid, resource } = await resources.grantable(clientId, approver, scope);
    const isGiven = (name: string): boolean => !approver.refused?.includes(name);
    const granted: Grantable = {
      openid: openid.filter(isGiven),
      ...(resource && { resource: { ...resource, scopes: resource.scopes.filter(isGiven) } }),
    };
    // RFC 6749 §5.1: a device that reads no `scope` in the answer believes that it has all.
    if (isAnything(granted)) return granted;
    if (isAnything({ openid, ...(resource && { resource }) })) throw new DomainError('invalid', 'nothing_chosen');
    throw new DomainError('forbidden', 'nothing_to_grant', {
      detail: 'The roles of this account grant none of the requested scopes',
    });
  }

  return {
    authorizations,

    /** Begins a device authorization as the endpoint does (RFC 8628 §3.1), for the hosted page. */
    async start({ clientId, scope, nonce, device, takesDigits, expiresIn }: NewDeviceAuthorization) {
      const deviceCode = randomToken();
      const iat = epochSeconds(clock);
      const payload: DeviceCodePayload & { kind: string; iat: number } = {
        kind: 'DeviceCode',
        iat,
        exp: iat + expiresIn,
        clientId,
        params: { scope, nonce, ...(takesDigits && { check_supported: 'true' }) },
        deviceInfo: device,
        userCode: '',
      };
      const userCode = await deviceCodes.reserve(deviceCode, payload, expiresIn);
      return { deviceCode, userCode, handle: deviceCodes.handleOf(deviceCode), expiresAt: iat + expiresIn };
    },

    passFor: (use: PassUse, deviceCode: string): string => deviceCodes.passFor(use, sha256(deviceCode)),

    byDeviceCode: async (deviceCode: string) => toAuthorization(await deviceCodes.findByDeviceCode(deviceCode)),

    /** For the page without JavaScript: redeems an approved code for the person behind it, at most once. */
    async redeem(deviceCode: string): Promise<Login | undefined> {
      const found = await deviceCodes.findByDeviceCode(deviceCode);
      const { accountId, grantId, amr, authTime, exp, approvedVia: via } = found?.payload ?? {};
      if (accountId === undefined || (exp ?? 0) <= epochSeconds(clock) || !(await consume(deviceCode)))
        return undefined;
      if (grantId !== undefined) await revokeGrant(grantId);
      return { accountId, amr: amr ?? [], authTime: authTime ?? 0, ...(via !== undefined && { via }) };
    },
  };
}

const isAnything = ({ openid, resource }: Grantable): boolean =>
  openid.length > 0 || (resource?.scopes.length ?? 0) > 0;

const toAuthorization = (record: DeviceCodeRecord | undefined): DeviceAuthorization | undefined =>
  record && authorizationOf(record.id, record.payload);

const authorizationOf = (id: string, payload: DeviceCodePayload): DeviceAuthorization => ({
  id,
  clientId: payload.clientId,
  userCode: payload.userCode,
  scope: payload.params.scope ?? '',
  takesDigits: canTakeDigits(payload.params),
  device: payload.deviceInfo ?? {},
  expiresAt: payload.exp,
  ...(payload.approvedVia !== undefined && { approvedVia: payload.approvedVia }),
  transaction: payload.transaction ?? { state: 'pending' },
});

/** The payload after `next`; the provider reads a denial as the `error` that the poll answers (RFC 8628 §3.5). */
function withTransaction(
  id: string,
  payload: DeviceCodePayload,
  next: (current: DeviceAuthorization) => Transaction,
): DeviceCodePayload {
  const current = authorizationOf(id, payload);
  const transaction = next(current);
  if (transaction === current.transaction) return payload;
  return {
    ...payload,
    transaction,
    ...(transaction.state === 'denied' && {
      error: 'access_denied',
      errorDescription:
        transaction.reason === 'check' ? 'the check failed too often' : 'the person refused the request',
    }),
  };
}

/** What oidc-provider's own approval page would have written on the code. */
function approvalOf(
  { params }: DeviceCodePayload,
  { accountId, authTime, amr, via }: Approver,
  { openid, resource }: Grantable,
  grantId: string,
): Partial<DeviceCodePayload> {
  return {
    accountId,
    grantId,
    authTime,
    amr,
    acr: acrOf(amr),
    ...(via !== undefined && { approvedVia: via }),
    scope: [...openid, ...(resource?.scopes ?? [])].join(' '),
    ...(resource && { resource: resource.indicator }),
    ...(params.nonce !== undefined && { nonce: params.nonce }),
  };
}
