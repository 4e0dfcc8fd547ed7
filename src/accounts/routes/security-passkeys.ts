// Passkeys of `/account/security`: add, which the browser does with `assets/passkey.js`, and rename.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { passkeyNew, type PasskeyNewProps } from '../../../views/accounts/passkey-new.tsx';
import { browserText } from '../../../views/partials/origin.ts';
import { parseUserAgent } from '../../../views/partials/user-agent.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { seeDone } from '../../web/done.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { translator } from '../../web/i18n.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import type { RequireRecent } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import { displayName, type Visitor, type Visitors } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import type { Passkeys, Purpose } from '../factors/passkeys.ts';
import { browserOf } from './factor-form.ts';
import { returnToOf, SECURITY_PATH as HOME, type SecurityActs } from './security-acts.ts';

export interface PasskeyRoutesDeps {
  visitors: Visitors;
  requireRecent: RequireRecent;
  factors: Factors;
  passkeys: Passkeys;
  acts: SecurityActs;
}

const NEW_PASSKEY = `${HOME}/passkeys/new`;

/** What the page of a new passkey can say of itself. */
const PASSKEY_REFUSALS = new Set(['passkey_refused', 'passkey_known', 'passkeys_too_many']);

export function mountPasskeys(router: Router, deps: PasskeyRoutesDeps): void {
  const { visitors, requireRecent, factors, passkeys } = deps;
  const { act, added } = deps.acts;

  router.get(NEW_PASSKEY, async (ctx) => {
    const visitor = await requireRecent(ctx);
    if (visitor)
      await showNewPasskey(ctx, visitor, { name: suggestedName(ctx), returnTo: returnToOf(ctx, readQuery(ctx)) });
  });

  router.post(`${HOME}/passkeys`, async (ctx) => {
    const acting = await act(ctx, NEW_PASSKEY);
    if (!acting) return;
    const { visitor, form } = acting;
    const { ticket = '', response = '', name = '' } = form;
    const { accountId } = visitor;
    try {
      await factors.addPasskey(
        accountId,
        await passkeys.finishRegistration(registering(ctx, visitor), ticket, response, name),
        visitor.sessionUid,
      );
    } catch (error) {
      if (!isDomainError(error)) throw error;
      const code = error.code === 'challenge_expired' ? 'passkey_refused' : error.code;
      if (!PASSKEY_REFUSALS.has(code)) throw error;
      const returnTo = returnToOf(ctx, form);
      return showNewPasskey(ctx, visitor, { name, returnTo, error: code as PasskeyNewProps['error'] }, statusOf(error));
    }
    await added(ctx, visitor, 'passkey', form);
  });

  router.post(`${HOME}/passkeys/rename`, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    await factors.renamePasskey(visitor.accountId, form['passkey'] ?? '', form['name'] ?? '');
    seeDone(ctx, HOME, 'passkey_renamed');
  });

  async function showNewPasskey(
    ctx: Context,
    visitor: Visitor,
    kept: Pick<PasskeyNewProps, 'name' | 'returnTo' | 'error'>,
    status = 200,
  ): Promise<void> {
    if (!passkeys.arePossible()) throw new DomainError('not_found', 'not_found');
    const { account } = visitor;
    const ceremony = await passkeys.beginRegistration(registering(ctx, visitor), {
      id: account.id,
      name: account.email ?? account.username ?? account.id,
      displayName: displayName(account),
      passkeys: await factors.passkeysOf(account.id),
    });
    page(ctx, passkeyNew, { action: `${HOME}/passkeys`, ceremony, ...kept }, { status });
  }
}

/** Such as `Firefox on Windows`; nothing for a browser that we do not know. */
function suggestedName(ctx: Context): string {
  const userAgent = ctx.get('User-Agent');
  return parseUserAgent(userAgent) === undefined ? '' : browserText(userAgent, { t: translator(localeOf(ctx)) });
}

const registering = (ctx: Context, { accountId }: Visitor): Purpose => ({
  use: 'register',
  subject: accountId,
  browser: browserOf(ctx),
});
