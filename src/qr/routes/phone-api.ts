// `/api/v1/qr`, the phone application's side: scan, approve, deny, with an access token that holds `qr:approve`. Pages for
// phones without the application are `phone.ts`; refusals are problem details (RFC 9457).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { QR_APPROVE } from '../../config/built-in.ts';
import type { Locale } from '../../config/config.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import type { Bearer } from '../../web/bearer.ts';
import { readJson } from '../../web/middleware/body.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Confirmation } from '../confirmation.ts';
import type { DeviceAuthorization, Scanner } from '../device-authorization.ts';
import { parseCode } from '../presented-code.ts';
import { checkOf } from '../state.ts';
import type { PhoneRecords } from './phone-records.ts';

export interface PhoneApiDeps {
  bearer: Bearer;
  confirmation: Confirmation;
  records: PhoneRecords;
  clock: Clock;
  faceOf(clientId: string): { name: string; uri?: string | undefined; logoUri?: string | undefined } | undefined;
  describeScope(scope: string, locale: Locale): string;
  /** The approximate place of an address, in words. */
  placeText(address: string | undefined, locale: Locale): string | undefined;
  userCodes: { normalize(input: string): string; format(userCode: string): string };
}

const answerBody = z.object({ transaction: z.string(), user_code: z.string().max(64).exactOptional() });

export function mountPhoneApi(router: Router, deps: PhoneApiDeps): void {
  const { bearer, confirmation, records, userCodes } = deps;

  router.post('/api/v1/qr/scan', (ctx) =>
    answering(ctx, async (scanner) => {
      const { code } = await readJson(ctx);
      const { issuer } = stateOf(ctx).config;
      const presented = parseCode(code, { issuer, normalizeUserCode: userCodes.normalize });
      const scanned =
        presented.kind === 'handle'
          ? await confirmation.scanHandle(presented.handle, scanner)
          : await confirmation.enter(presented.userCode, scanner);
      await records.scanned(ctx, scanner.accountId, scanned);
      ctx.body = sheetOf(ctx, scanned);
    }),
  );

  router.post('/api/v1/qr/approve', (ctx) =>
    answering(ctx, async (scanner) => {
      const { transaction, user_code } = await readAnswer(ctx);
      const typed = user_code === undefined ? undefined : userCodes.normalize(user_code);
      const { state, authorization } = await confirmation.approve(transaction, scanner, typed);
      await records.answered(ctx, scanner.accountId, state, authorization);
      if (state === 'confirming') ctx.body = { state };
      else ctx.status = 204;
    }),
  );

  router.post('/api/v1/qr/deny', (ctx) =>
    answering(ctx, async (scanner) => {
      const { transaction } = await readAnswer(ctx);
      const denied = await confirmation.deny(transaction, scanner);
      await records.answered(ctx, scanner.accountId, 'denied', denied);
      ctx.status = 204;
    }),
  );

  async function answering(ctx: Context, act: (scanner: Scanner) => Promise<void>): Promise<void> {
    const { accountId, authTime, amr, roles, grantId } = await bearer.require(ctx, QR_APPROVE);
    const via = grantId === undefined ? {} : { via: `grant:${grantId}` };
    try {
      await act({ accountId, authTime, amr, roles, address: stateOf(ctx).address, ...via });
    } catch (error) {
      await records.refused(ctx, accountId, error);
      throw error;
    }
  }

  function sheetOf(ctx: Context, authorization: DeviceAuthorization) {
    const { id, clientId, userCode, scope, device, expiresAt } = authorization;
    const { name, uri, logoUri } = deps.faceOf(clientId) ?? { name: clientId };
    const describe = (scopeName: string) => ({
      name: scopeName,
      description: deps.describeScope(scopeName, localeOf(ctx)),
    });
    const location = deps.placeText(device.address, localeOf(ctx));
    return {
      transaction: id,
      user_code: userCodes.format(userCode),
      client: { client_id: clientId, name, uri, logo_uri: logoUri },
      scopes: scope.split(' ').filter(Boolean).map(describe),
      device: {
        ip: device.address ?? '',
        user_agent: device.userAgent ?? '',
        ...(location !== undefined && { location }),
      },
      expires_in: Math.max(0, expiresAt - epochSeconds(deps.clock)),
      check: checkFor(authorization),
    };
  }

  function checkFor(authorization: DeviceAuthorization): { show: string | undefined } | { ask: 'user_code' } | null {
    const check = checkOf(authorization.transaction);
    if (!check) return null;
    return check.kind === 'digits' ? { show: confirmation.digits(authorization) } : { ask: 'user_code' };
  }
}

async function readAnswer(ctx: Context): Promise<z.infer<typeof answerBody>> {
  const { success, data } = answerBody.safeParse(await readJson(ctx));
  if (success) return data;
  throw new DomainError('invalid', 'body_malformed', {
    detail: 'transaction: the one that the scan was answered with',
  });
}
