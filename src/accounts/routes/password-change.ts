// `/account/security/password`: a new password for who knows the present one.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { password as passwordPage, type PasswordFormProps } from '../../../views/accounts/password.tsx';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { page } from '../../web/render.ts';
import type { Sessions } from '../../web/session.ts';
import type { Visitor, Visitors } from '../../web/visitor.ts';
import type { Account } from '../account.ts';
import type { Directory } from '../directory.ts';
import { MIN_CHARACTERS, type Passwords } from '../password.ts';
import { passwordProblemOf } from '../registration-form.ts';
import type { PasswordChange } from './reset.ts';

export interface PasswordChangeRoutesDeps {
  visitors: Visitors;
  sessions: Pick<Sessions, 'renew'>;
  directory: Pick<Directory, 'findCredentials' | 'setPassword'>;
  passwords: Pick<Passwords, 'verify'>;
  /** Counts an attempt at the present password; throws `throttled`. */
  admit(accountId: string): Promise<void>;
  /** What follows from a new password: ends, records and letter. Keeps the session named. */
  passwordChanged(ctx: Context, change: PasswordChange & { keepSession: string }): Promise<void>;
}

const PATH = '/account/security/password';

export function mountPasswordChange(router: Router, deps: PasswordChangeRoutesDeps): void {
  const { visitors, sessions, directory, passwords, admit, passwordChanged } = deps;
  const formOf = ({ account: { email } }: Visitor): PasswordFormProps => ({
    state: 'form',
    action: PATH,
    email,
    minPasswordLength: MIN_CHARACTERS,
    endOthers: true,
  });
  const credentials = ({ account }: Visitor) => directory.findCredentials(account.email ?? '');

  async function attempt(
    visitor: Visitor,
    fields: Record<string, string>,
  ): Promise<Account | PasswordFormProps['errors']> {
    const { current_password: current = '', password = '' } = fields;
    await admit(visitor.accountId);
    const found = await credentials(visitor);
    if (!(await passwords.verify(current, found?.passwordHash))) return { current: 'wrong' };
    try {
      return await directory.setPassword(visitor.accountId, password);
    } catch (error) {
      return { password: passwordProblemOf(error) };
    }
  }

  router.get(PATH, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const hasPassword = (await credentials(visitor))?.passwordHash !== undefined;
    page(ctx, passwordPage, hasPassword ? formOf(visitor) : { state: 'none' });
  });

  router.post(PATH, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    const fields = await readForm(ctx);
    requireCsrf(ctx, fields);
    const endOthers = fields['end_others'] === 'yes';
    const outcome = await attempt(visitor, fields);
    if (outcome === undefined || !('id' in outcome)) {
      return page(ctx, passwordPage, { ...formOf(visitor), endOthers, errors: outcome }, { status: 422 });
    }
    await passwordChanged(ctx, { account: outcome, endOthers, keepSession: visitor.sessionUid });
    // Whoever else holds this cookie is one of the others.
    await sessions.renew(ctx, visitor);
    page(ctx, passwordPage, { state: 'done', endedOthers: endOthers });
  });
}
