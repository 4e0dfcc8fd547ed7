// The password form, wherever it stands: its fields, the attempt, the record of it and what the page says of a refusal. What is
// left to do after a right password is in `second-step.ts`.
import type { Context } from 'koa';
import type { SignInError } from '../../../views/accounts/sign-in.tsx';
import { isDomainError } from '../../lib/errors.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Login } from '../../web/session.ts';
import { type Account, standingOf } from '../account.ts';
import type { SignIn } from '../login.ts';
import type { BrowserMemory } from './browser-memory.ts';

export interface PasswordFormDeps {
  signIn: SignIn;
  /** What the account still owes after its password. */
  secondFactorOf(account: Account): Promise<SecondFactor>;
  browsers: BrowserMemory;
  record(ctx: Context, event: SignInEvent): Promise<void>;
}

/** `prove`: it has a second factor. `enrol`: it has none, and a role of it demands one. */
export type SecondFactor = 'none' | 'prove' | 'enrol';

export interface SignInEvent {
  type: 'sign_in.succeeded' | 'sign_in.failed' | 'sign_in.throttled';
  outcome: 'success' | 'failure';
  account?: string;
  reason?: string;
}

interface Refused {
  kind: 'refused';
  /** `status` and `error` for the page, which keeps what was typed as `login`. */
  status: number;
  error: SignInError;
  login: string;
}

export type PasswordOutcome = { kind: 'signed_in'; login: Login; secondFactor: SecondFactor } | Refused;

export interface PasswordForm {
  (ctx: Context, form: Readonly<Record<string, string>>): Promise<PasswordOutcome>;
  /** The password once more, of who is signed in already. */
  confirm(ctx: Context, login: string, password: string): Promise<{ kind: 'proved'; account: Account } | Refused>;
}

export function createPasswordForm({ signIn, secondFactorOf, browsers, record }: PasswordFormDeps): PasswordForm {
  async function attempt(
    ctx: Context,
    login: string,
    password: string,
  ): Promise<{ kind: 'proved'; account: Account } | Refused> {
    const knownBrowser = browsers.find(ctx, login);
    const outcome = await signIn({ login, password, address: stateOf(ctx).address, knownBrowser });
    if (outcome.kind === 'signed_in') {
      browsers.remember(ctx, outcome.account);
      return { kind: 'proved', account: outcome.account };
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

  const confirm: PasswordForm['confirm'] = async (ctx, login, password) => {
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

  const submit = async (ctx: Context, { login = '', password = '' }: Readonly<Record<string, string>>) => {
    const outcome = await confirm(ctx, login, password);
    if (outcome.kind === 'refused') return outcome;
    const { account } = outcome;
    const secondFactor = await secondFactorOf(account);
    if (secondFactor !== 'prove') {
      await record(ctx, { type: 'sign_in.succeeded', outcome: 'success', account: account.id });
    }
    const proved: Login = { accountId: account.id, amr: ['pwd'], standing: standingOf(account) };
    return { kind: 'signed_in', login: proved, secondFactor } as const;
  };
  return Object.assign(submit, { confirm });
}
