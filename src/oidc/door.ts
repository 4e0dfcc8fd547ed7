// Polls of pending device codes (RFC 8628 §3.5), answered before oidc-provider is asked: a public client that has to wait
// hears the same words for a tenth of the work. Whatever else a request may be, the provider decides.
import { errors } from 'oidc-provider';
import { type ClientConfig, isPublicClient } from '../config/config.ts';
import type { FrontAnswer, FrontForm } from '../web/front-form.ts';
import type { Clients } from './clients.ts';
import type { DeviceCodes } from './device-codes.ts';
import { slowDown } from './refusal.ts';

export interface DoorDeps {
  clients: Pick<Clients, 'configured' | 'mayCall'>;
  deviceCodes: Pick<DeviceCodes, 'findByDeviceCode' | 'isPending' | 'polledTooSoon'>;
}

export const TOKEN_PATH = '/oauth/token';
const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const PENDING = bodyOf(new errors.AuthorizationPending());
const TOO_SOON = bodyOf(slowDown());

export function createDoor({ clients, deviceCodes }: DoorDeps) {
  return async ({ fields, origin }: FrontForm): Promise<FrontAnswer | undefined> => {
    const { grant_type: grantType, client_id: clientId, device_code: deviceCode } = fields;
    if (grantType !== DEVICE_CODE_GRANT || !clientId || !deviceCode) return undefined;
    if (Object.keys(fields).length !== 3 || !isPublicDevice(clients.configured(clientId))) return undefined;
    if (origin !== undefined && !clients.mayCall(clientId, origin)) return undefined;
    const found = await deviceCodes.findByDeviceCode(deviceCode);
    // A poll by another client must not count against the owner.
    if (found?.payload.clientId !== clientId || !deviceCodes.isPending(found.payload)) return undefined;
    return {
      status: 400,
      body: (await deviceCodes.polledTooSoon(found.id)) ? TOO_SOON : PENDING,
      headers: {
        Vary: 'Origin',
        'Access-Control-Allow-Origin': origin ?? '*',
        'Access-Control-Expose-Headers': 'WWW-Authenticate',
      },
    };
  };
}

const isPublicDevice = (client: ClientConfig | undefined): boolean =>
  client !== undefined &&
  isPublicClient(client) &&
  client.grants.includes('device_code') &&
  !client.dpop_bound_access_tokens;

function bodyOf({ error, error_description }: { error: string; error_description?: string | undefined }): string {
  return JSON.stringify({ error, error_description });
}
