// What people do for their own accounts: registering, activating, a forgotten password, a new one; with all that follows from
// each and its record. Acts of administrators are in `administration.ts`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { mountActivate } from '../accounts/routes/activate.ts';
import type { BrowserMemory } from '../accounts/routes/browser-memory.ts';
import { mountPasswordChange } from '../accounts/routes/password-change.ts';
import { type MailedRoutesDeps, mountRegister } from '../accounts/routes/register.ts';
import { mountReset, type PasswordChange } from '../accounts/routes/reset.ts';
import type { AuditEvent } from '../audit/event.ts';
import { createAfterwards } from '../web/afterwards.ts';
import { stateOf } from '../web/request-state.ts';
import { localeOf } from '../web/middleware/locale.ts';
import type { Sessions } from '../web/session.ts';
import type { Visitors } from '../web/visitor.ts';
import type { Domain } from './domain.ts';
import type { composeLimits } from './limits.ts';

export interface SelfServiceDeps {
  domain: Domain;
  limits: ReturnType<typeof composeLimits>;
  visitors: Visitors;
  sessions: Sessions;
  browsers: BrowserMemory;
  recordFrom(ctx: Context, event: AuditEvent): Promise<void>;
  /** A failure that no caller waits for. */
  onError(error: unknown): void;
}

export function composeSelfService({
  domain,
  limits,
  visitors,
  sessions,
  browsers,
  recordFrom,
  onError,
}: SelfServiceDeps) {
  const { directory, passwords, registrations, resets, revocation } = domain;
  const afterwards = createAfterwards(onError);

  const mailed: MailedRoutesDeps = {
    requests: domain.mailedRequests,
    afterwards,
    admit: limits.admitMailedRequest,
    admitPassword: limits.admitNewPassword,
    // The asker is a stranger, so the account is whom it concerns and not who acted.
    recordRequest: (ctx, what, { accountId: account }) =>
      recordFrom(ctx, {
        type: `${what}.requested`,
        outcome: 'success',
        actor: 'anonymous',
        ...(account !== undefined && { account }),
      }),
  };

  async function recordActivation(ctx: Context, account: string, created: boolean): Promise<void> {
    if (created) await recordFrom(ctx, { type: 'account.created', outcome: 'success', account });
    await recordFrom(ctx, { type: 'account.activated', outcome: 'success', account });
  }

  async function passwordChanged(
    ctx: Context,
    { account, endOthers, activated = false, keepSession }: PasswordChange & { keepSession?: string },
  ): Promise<void> {
    const { id, email = '', locale = localeOf(ctx) } = account;
    await resets.forget(id);
    if (endOthers) {
      await revocation.endOtherSessions(id, keepSession);
      await revocation.endGrants(id);
    }
    await recordFrom(ctx, { type: 'account.password_changed', outcome: 'success', account: id });
    if (activated) await recordActivation(ctx, id, false);
    const { address } = stateOf(ctx);
    afterwards.run(ctx, () => domain.letters.passwordChanged({ email, locale }, { address }));
  }

  return {
    mount(router: Router): void {
      mountRegister(router, { ...mailed, visitors, directory, passwords });
      mountActivate(router, { ...mailed, registrations, recordActivation });
      mountReset(router, { ...mailed, resets, passwordChanged, rememberBrowser: browsers.remember });
      mountPasswordChange(router, {
        visitors,
        sessions,
        directory,
        passwords,
        admit: limits.admitPasswordChange,
        passwordChanged,
      });
    },

    /** Waits for what answers left to do. */
    close: (): Promise<void> => afterwards.settled(),
  };
}
