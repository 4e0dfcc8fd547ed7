// The forms in which a second factor is presented, wherever they stand: which one was sent, the attempt, its record, and what the
// page says of a refusal. The page itself is `views/accounts/second-step.tsx`.
import type { Context } from 'koa';
import type { SecondStepError } from '../../../views/accounts/second-step.tsx';
import type { PasskeyCeremony } from '../../../views/partials/passkey.tsx';
import type { AuditEvent } from '../../audit/event.ts';
import { isDomainError } from '../../lib/errors.ts';
import { browserTie } from '../../web/middleware/csrf.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Factors } from '../factors/factors.ts';
import type { Passkeys, Purpose } from '../factors/passkeys.ts';
import type { Presented, Proof, Prove } from '../factors/prove.ts';

export type FactorNews =
  'code_used' | 'passkey_added' | 'passkey_removed' | 'totp_added' | 'totp_removed' | 'codes_made';

export interface FactorFormDeps {
  factors: Factors;
  passkeys: Passkeys;
  prove: Prove;
  record(ctx: Context, event: AuditEvent): Promise<void>;
  /** A mail to the owner. */
  tell(ctx: Context, accountId: string, what: FactorNews): Promise<void>;
}

export type FactorOutcome = (Proof & { kind: 'proved' }) | { kind: 'refused'; status: number; error: SecondStepError };

/** What the page can ask of an account. */
export interface FactorOffer {
  passkey?: PasskeyCeremony;
  takesCode: boolean;
  takesRecoveryCode: boolean;
}

export type FactorForms = ReturnType<typeof createFactorForms>;

export function createFactorForms({ factors, passkeys, prove, record, tell }: FactorFormDeps) {
  async function attempt(ctx: Context, presented: Presented, accountId: string | undefined): Promise<FactorOutcome> {
    const { address } = stateOf(ctx);
    const proof = await prove(presented, { address, ...(accountId !== undefined && { accountId }) });
    if (proof.kind === 'refused') {
      const { reason, accountId: account } = proof;
      const event = { type: 'sign_in.second_factor_failed', outcome: 'failure', reason } as const;
      await record(ctx, { ...event, ...(account !== undefined && { account }) });
      return { kind: 'refused', status: 403, error: { code: 'wrong' } };
    }
    if (proof.method === 'recovery_code') {
      await record(ctx, { type: 'factor.recovery_code_used', outcome: 'success', account: proof.accountId });
      await tell(ctx, proof.accountId, 'code_used');
    }
    return proof;
  }

  return {
    /** For `use` by the account, in this browser. */
    async offer(ctx: Context, accountId: string, purpose: Omit<Purpose, 'browser'>): Promise<FactorOffer> {
      const [held, { totp, recoveryCodesLeft }] = await Promise.all([
        factors.passkeysOf(accountId),
        factors.find(accountId),
      ]);
      const hasPasskey = held.length > 0 && passkeys.arePossible();
      return {
        ...(hasPasskey && { passkey: await passkeys.beginAssertion({ ...purpose, browser: browserOf(ctx) }, held) }),
        takesCode: totp !== undefined,
        takesRecoveryCode: recoveryCodesLeft > 0,
      };
    },

    /** Without an account, the passkey says whose it is. */
    async present(
      ctx: Context,
      form: Readonly<Record<string, string>>,
      { accountId, purpose }: { accountId?: string; purpose: Omit<Purpose, 'browser'> },
    ): Promise<FactorOutcome> {
      try {
        return await attempt(ctx, presentedIn(form, { ...purpose, browser: browserOf(ctx) }), accountId);
      } catch (error) {
        if (!isDomainError(error, 'throttled')) throw error;
        const event = { type: 'sign_in.throttled', outcome: 'failure', reason: 'second_factor' } as const;
        await record(ctx, { ...event, ...(accountId !== undefined && { account: accountId }) });
        const retryAfter = error.retryAfter ?? 60;
        ctx.set('Retry-After', String(retryAfter));
        const shown: SecondStepError = { code: 'throttled', retryAfterMinutes: Math.ceil(retryAfter / 60) };
        return { kind: 'refused', status: 429, error: shown };
      }
    },
  };
}

/** What ties a challenge to this browser. */
export const browserOf = browserTie;

function presentedIn(form: Readonly<Record<string, string>>, purpose: Purpose): Presented {
  const { response, ticket = '', recovery_code: recoveryCode, code = '' } = form;
  if (response !== undefined) return { kind: 'passkey', response, ticket, purpose };
  return recoveryCode === undefined ? { kind: 'totp', code } : { kind: 'recovery_code', code: recoveryCode };
}
