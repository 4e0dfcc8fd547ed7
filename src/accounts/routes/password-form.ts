// The password form, wherever it stands: its fields, the attempt, the record of it and what the page says of a refusal.
import type { Context } from 'koa';
import type { SignInError } from '../../../views/accounts/sign-in.tsx';
import { isDomainError } from '../../lib/errors.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Account } from '../account.ts';
import type { SignIn } from '../login.ts';
import type { BrowserMemory } from './browser-memory.ts';

export interface PasswordFormDeps {
  signIn: SignIn;
  browsers: BrowserMemory;
  record(ctx: Context, event: SignInEvent): Promise<void>;
}

export interface SignInEvent {
  type: 'sign_in.succeeded' | 'sign_in.failed' | 'sign_in.throttled';
  outcome: 'success' | 'failure';
  account?: string;
  reason?: string;
}

export type PasswordOutcome =
  | { kind: 'signed_in'; account: Account }
  /** `status` and `error` for the page, which keeps what was typed as `login`. */
  | { kind: 'refused'; status: number; error: SignInError; login: string };

export type PasswordForm = (ctx: Context, form: Readonly<Record<string, string>>) => Promise<PasswordOutcome>;

export function createPasswordForm({ signIn, browsers, record }: PasswordFormDeps): PasswordForm {
  async function attempt(ctx: Context, login: string, password: string): Promise<PasswordOutcome> {
    const knownBrowser = browsers.find(ctx, login);
    const outcome = await signIn({ login, password, address: stateOf(ctx).address, knownBrowser });
    if (outcome.kind === 'signed_in') {
      browsers.remember(ctx, outcome.account);
      await record(ctx, { type: 'sign_in.succeeded', outcome: 'success', account: outcome.account.id });
      return outcome;
    }
    const { reason, accountId } = outcome;
    await record(ctx, {
      type: 'sign_in.failed',
      outcome: 'failure',
      reason,
      ...(accountId !== undefined && { account: accountId }),
    });
    const error: SignInError =
      outcome.reason === 'not_activated'
        ? { code: 'not_activated', email: outcome.email }
        : { code: 'bad_credentials' };
    return { kind: 'refused', status: 403, error, login };
  }

  return async (ctx, { login = '', password = '' }) => {
    try {
      return await attempt(ctx, login, password);
    } catch (error) {
      if (isDomainError(error, 'throttled')) {
        await record(ctx, { type: 'sign_in.throttled', outcome: 'failure' });
        const retryAfter = error.retryAfter ?? 60;
        ctx.set('Retry-After', String(retryAfter));
        const shown: SignInError = { code: 'throttled', retryAfterMinutes: Math.ceil(retryAfter / 60) };
        return { kind: 'refused', status: 429, error: shown, login };
      }
      if (isDomainError(error, 'unavailable')) {
        ctx.set('Retry-After', String(error.retryAfter ?? 2));
        return { kind: 'refused', status: 503, error: { code: 'unavailable' }, login };
      }
      throw error;
    }
  };
}
