// The composition of second factors: who may try them, the pages that ask for them, and the mails that tell of them.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Account, standingOf as standingOfAccount } from '../accounts/account.ts';
import { createPasskeys } from '../accounts/factors/passkeys.ts';
import { createProve } from '../accounts/factors/prove.ts';
import { mountConfirm } from '../accounts/routes/confirm.ts';
import { createFactorForms, type FactorNews } from '../accounts/routes/factor-form.ts';
import { createPasskeySignIn } from '../accounts/routes/passkey-sign-in.ts';
import type { PasswordForm, SecondFactor } from '../accounts/routes/password-form.ts';
import { createSecondSteps } from '../accounts/routes/second-step.ts';
import { mountSecurity } from '../accounts/routes/security.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { createSealer } from '../lib/sealed.ts';
import { plainQrSvg } from '../qr/code.ts';
import type { Store } from '../storage/port.ts';
import { addressKey, type Limiter } from '../web/limits.ts';
import { localeOf } from '../web/middleware/locale.ts';
import { createRequireRecent } from '../web/recent.ts';
import { stateOf } from '../web/request-state.ts';
import type { Sessions } from '../web/session.ts';
import type { Visitors } from '../web/visitor.ts';
import type { Domain } from './domain.ts';

export interface SecondFactorsDeps {
  config: ConfigSource;
  store: Store;
  clock: Clock;
  domain: Domain;
  limiter: Limiter;
  sessions: Sessions;
  visitors: Visitors;
  recordFrom(ctx: Context, event: AuditEvent): Promise<void>;
  onError(error: unknown): void;
}

export type SecondFactors = ReturnType<typeof composeSecondFactors>;

export function composeSecondFactors(deps: SecondFactorsDeps) {
  const { config, store, clock, domain, limiter, sessions, visitors, recordFrom, onError } = deps;
  const { factors, directory } = domain;
  const cookieKeys = config.current().secrets.cookie_keys;

  const isUsable = ({ kind, status }: Account): boolean => kind === 'person' && status === 'active';
  /** A new password ends what was begun with the old one. */
  const standingOf = async (accountId: string): Promise<string | undefined> => {
    const account = await directory.find(accountId);
    return account && isUsable(account) ? standingOfAccount(account) : undefined;
  };
  /** The person is served although a mail could not be handed on. */
  const tell = (ctx: Context, accountId: string, what: FactorNews): Promise<void> =>
    domain.secondFactorLetters
      .tell(accountId, what, { address: stateOf(ctx).address, locale: localeOf(ctx) })
      .catch(onError);
  const recordSignIn = (ctx: Context, account: string, method: string): Promise<void> =>
    recordFrom(ctx, { type: 'sign_in.succeeded', outcome: 'success', account, details: { method } });

  const passkeys = createPasskeys({
    store,
    clock,
    sealer: createSealer(cookieKeys, 'passkey challenge'),
    issuer: () => config.current().issuer,
  });
  const prove = createProve({
    factors,
    passkeys,
    limiter,
    addressKey,
    limits: () => config.current().limits.second_factor,
  });
  const forms = createFactorForms({ factors, passkeys, prove, record: recordFrom, tell });
  const requireRecent = createRequireRecent({ visitors, clock });

  return {
    requireRecent,
    secondSteps: createSecondSteps({
      store,
      clock,
      sealer: createSealer(cookieKeys, 'second step'),
      forms,
      standingOf,
      recordSignIn,
    }),
    passkeySignIn: createPasskeySignIn({
      passkeys,
      forms,
      isUsable: async (accountId) => (await standingOf(accountId)) !== undefined,
      recordSignIn,
      recordRefusal: (ctx, account) =>
        recordFrom(ctx, { type: 'sign_in.failed', outcome: 'failure', account, reason: 'account_not_usable' }),
    }),

    async secondFactorOf(account: Account): Promise<SecondFactor> {
      if (await factors.has(account.id)) return 'prove';
      return domain.requiresMfa(account) ? 'enrol' : 'none';
    },

    mount(router: Router, passwordForm: PasswordForm): void {
      mountConfirm(router, { sessions, visitors, factors, forms, passwordForm, record: recordFrom });
      const drawQr = plainQrSvg;
      mountSecurity(router, {
        visitors,
        requireRecent,
        factors,
        passkeys,
        isRequired: domain.secondFactor.mustUse,
        drawQr,
        record: recordFrom,
        tell,
      });
    },
  };
}
