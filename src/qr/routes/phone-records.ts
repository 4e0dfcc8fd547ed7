// What is recorded of the approving side, whichever way the person answers: pages, the phone's interface, the digits.
import type { Context } from 'koa';
import { isDomainError } from '../../lib/errors.ts';
import { CheckFailure } from '../check.ts';
import type { DeviceAuthorization } from '../device-authorization.ts';

export interface PhoneEvent {
  type: 'device.scanned' | 'device.confirming' | 'device.approved' | 'device.denied' | 'device.mismatch';
  outcome: 'success' | 'failure';
  account?: string;
  client?: string;
  scopes?: string[];
  reason?: string;
}

/** Refusals that say that a code is not this person's to answer, or was guessed. */
const MISMATCHES = new Set(['code_unknown', 'code_expired', 'already_decided', 'not_yours', 'request_changed']);

export type PhoneRecords = ReturnType<typeof createPhoneRecords>;

export function createPhoneRecords(record: (ctx: Context, event: PhoneEvent) => Promise<void>) {
  return {
    scanned: (ctx: Context, account: string, { clientId: client }: DeviceAuthorization): Promise<void> =>
      record(ctx, { type: 'device.scanned', outcome: 'success', account, client }),

    answered(
      ctx: Context,
      account: string,
      state: 'approved' | 'confirming' | 'denied',
      { clientId: client, scope }: DeviceAuthorization,
    ): Promise<void> {
      const scopes = scope.split(' ').filter(Boolean);
      return record(ctx, { type: `device.${state}`, outcome: 'success', account, client, scopes });
    },

    async refused(ctx: Context, account: string | undefined, error: unknown): Promise<void> {
      if (error instanceof CheckFailure) return wrong(ctx, error);
      if (!isDomainError(error) || !MISMATCHES.has(error.code)) return;
      const reason = error.code;
      await record(ctx, {
        type: 'device.mismatch',
        outcome: 'failure',
        reason,
        ...(account !== undefined && { account }),
      });
    },
  };

  async function wrong(ctx: Context, { wrong: { reason, accountId, clientId: client, isOver } }: CheckFailure) {
    const of = { outcome: 'failure', client, ...(accountId !== undefined && { account: accountId }) } as const;
    await record(ctx, { type: 'device.mismatch', ...of, reason });
    if (isOver) await record(ctx, { type: 'device.denied', ...of, reason: 'check_failed' });
  }
}
