// `/account/security`: passkeys, the authenticator application, recovery codes. What adds or takes away needs a recent sign-in
// (`web/recent.ts`), is recorded, and told to the owner by mail.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { passkeyNew, type PasskeyNewProps } from '../../../views/accounts/passkey-new.tsx';
import { recoveryCodes } from '../../../views/accounts/recovery-codes.tsx';
import { security, type SecurityProps } from '../../../views/accounts/security.tsx';
import { totp as totpPage } from '../../../views/accounts/totp.tsx';
import type { AuditEvent } from '../../audit/event.ts';
import { hasMfa } from '../../lib/amr.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { CONFIRM_PATH, type RequireRecent } from '../../web/recent.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import { localPath } from '../../web/return-to.ts';
import { displayName, type Visitor, type Visitors } from '../../web/visitor.ts';
import type { Factors } from '../factors/factors.ts';
import type { Passkeys, Purpose } from '../factors/passkeys.ts';
import { totpUri } from '../factors/totp.ts';
import { browserOf, type FactorNews } from './factor-form.ts';

export interface SecurityRoutesDeps {
  visitors: Visitors;
  requireRecent: RequireRecent;
  factors: Factors;
  passkeys: Passkeys;
  /** A role of the account demands a second factor. */
  isRequired(accountId: string): Promise<boolean>;
  drawQr(text: string): Promise<string>;
  record(ctx: Context, event: AuditEvent): Promise<void>;
  tell(ctx: Context, accountId: string, what: FactorNews): Promise<void>;
}

const HOME = '/account/security';
const NEW_PASSKEY = `${HOME}/passkeys/new`;

/** What the page of a new passkey can say of itself. */
const PASSKEY_REFUSALS = new Set(['passkey_refused', 'passkey_known', 'passkeys_too_many']);

export function mountSecurity(router: Router, deps: SecurityRoutesDeps): void {
  const { visitors, requireRecent, factors, passkeys, isRequired, drawQr, record, tell } = deps;

  router.get(HOME, async (ctx) => {
    const visitor = await visitors.require(ctx);
    if (visitor) await show(ctx, visitor, { returnTo: returnToOf(ctx, readQuery(ctx)) });
  });

  // Forms of this page that were refused stand at the address they were sent to; language links come here.
  for (const path of [
    'passkeys',
    'passkeys/rename',
    'passkeys/remove',
    'totp/confirm',
    'totp/remove',
    'recovery-codes',
  ]) {
    router.get(`${HOME}/${path}`, (ctx) => ctx.redirect(path === 'totp/confirm' ? `${HOME}/totp` : HOME));
  }

  router.get(NEW_PASSKEY, async (ctx) => {
    const visitor = await requireRecent(ctx);
    if (visitor) await showNewPasskey(ctx, visitor, { name: '', returnTo: returnToOf(ctx, readQuery(ctx)) });
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
      );
    } catch (error) {
      if (!isDomainError(error)) throw error;
      const code = error.code === 'challenge_expired' ? 'passkey_refused' : error.code;
      if (!PASSKEY_REFUSALS.has(code)) throw error;
      const returnTo = returnToOf(ctx, form);
      return showNewPasskey(ctx, visitor, { name, returnTo, error: code as PasskeyNewProps['error'] }, statusOf(error));
    }
    await added(ctx, accountId, 'passkey', form);
  });

  router.post(`${HOME}/passkeys/rename`, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    await factors.renamePasskey(visitor.accountId, form['passkey'] ?? '', form['name'] ?? '');
    seeOther(ctx, HOME);
  });

  router.post(`${HOME}/passkeys/remove`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) {
      await remove(ctx, acting.visitor, 'passkey', (how) =>
        factors.removePasskey(acting.visitor.accountId, acting.form['passkey'] ?? '', how),
      );
    }
  });

  router.post(`${HOME}/totp`, async (ctx) => {
    const acting = await act(ctx);
    if (!acting) return;
    const { visitor, form } = acting;
    await factors.beginTotp(visitor.accountId);
    const returnTo = returnToOf(ctx, form);
    seeOther(ctx, `${HOME}/totp${returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`}`);
  });

  router.get(`${HOME}/totp`, async (ctx) => {
    const visitor = await requireRecent(ctx);
    if (visitor) await showTotp(ctx, visitor, { returnTo: returnToOf(ctx, readQuery(ctx)) });
  });

  router.post(`${HOME}/totp/confirm`, async (ctx) => {
    const acting = await act(ctx, `${HOME}/totp`);
    if (!acting) return;
    const { visitor, form } = acting;
    const returnTo = returnToOf(ctx, form);
    if (await factors.confirmTotp(visitor.accountId, form['code'] ?? '')) {
      return added(ctx, visitor.accountId, 'totp', form);
    }
    await showTotp(ctx, visitor, { returnTo, isWrong: true }, 403);
  });

  router.post(`${HOME}/totp/remove`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) {
      await remove(ctx, acting.visitor, 'totp', (how) => factors.removeTotp(acting.visitor.accountId, how));
    }
  });

  router.post(`${HOME}/recovery-codes`, async (ctx) => {
    const acting = await act(ctx);
    if (acting) await showNewCodes(ctx, acting.visitor.accountId, HOME);
  });

  /** The form of somebody who signed in lately; otherwise the request is answered. */
  async function act(ctx: Context, returnTo = HOME) {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const visitor = await requireRecent(ctx, returnTo);
    return visitor && { visitor, form };
  }

  async function added(
    ctx: Context,
    account: string,
    factor: 'passkey' | 'totp',
    form: Readonly<Record<string, string>>,
  ) {
    await record(ctx, { type: 'factor.added', outcome: 'success', account, details: { factor } });
    await tell(ctx, account, `${factor}_added`);
    const returnTo = returnToOf(ctx, form);
    const { recoveryCodesLeft } = await factors.find(account);
    if (recoveryCodesLeft > 0) return seeOther(ctx, returnTo ?? HOME);
    // The page knows what is left to do.
    const onward = returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`;
    await showNewCodes(ctx, account, `${HOME}${onward}`);
  }

  async function remove(
    ctx: Context,
    visitor: Visitor,
    factor: 'passkey' | 'totp',
    work: (how: { isRequired: boolean }) => Promise<unknown>,
  ): Promise<void> {
    const account = visitor.accountId;
    try {
      if ((await work({ isRequired: await isRequired(account) })) === false) return seeOther(ctx, HOME);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'factor_required') throw error;
      return show(ctx, visitor, { problem: 'factor_required' }, statusOf(error));
    }
    await record(ctx, { type: 'factor.removed', outcome: 'success', account, details: { factor } });
    await tell(ctx, account, `${factor}_removed`);
    seeOther(ctx, HOME);
  }

  async function showNewCodes(ctx: Context, account: string, continueHref: string): Promise<void> {
    const codes = await factors.makeRecoveryCodes(account);
    await record(ctx, { type: 'factor.recovery_codes_made', outcome: 'success', account });
    await tell(ctx, account, 'codes_made');
    page(ctx, recoveryCodes, { codes, continueHref });
  }

  async function show(
    ctx: Context,
    { accountId, amr }: Visitor,
    beside: Pick<SecurityProps, 'returnTo' | 'problem'>,
    status = 200,
  ): Promise<void> {
    const [held, required, hasFactor] = await Promise.all([
      factors.find(accountId),
      isRequired(accountId),
      factors.has(accountId),
    ]);
    // An application's request asks for the factor by itself.
    const isEffective = !required || hasMfa(amr) || beside.returnTo?.startsWith('/interaction/');
    const confirmHref = `${CONFIRM_PATH}?${new URLSearchParams({ return_to: beside.returnTo ?? HOME })}`;
    const effect = hasFactor && !isEffective ? { confirmHref, returnTo: undefined } : {};
    const props = { ...held, ...beside, takesPasskeys: passkeys.arePossible(), isRequired: required, ...effect };
    page(ctx, security, props, { status });
  }

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

  async function showTotp(
    ctx: Context,
    { account }: Visitor,
    beside: { returnTo: string | undefined; isWrong?: boolean },
    status = 200,
  ): Promise<void> {
    const secret = await factors.pendingTotp(account.id);
    if (secret === undefined) return ctx.redirect(HOME);
    const label = account.email ?? account.username ?? account.id;
    const svg = await drawQr(totpUri(secret, { issuer: 'TokenIM', label }));
    const grouped = secret.replace(/(.{4})(?=.)/g, '$1 ');
    page(ctx, totpPage, { action: `${HOME}/totp/confirm`, svg, secret: grouped, ...beside }, { status });
  }
}

const registering = (ctx: Context, { accountId }: Visitor): Purpose => ({
  use: 'register',
  subject: accountId,
  browser: browserOf(ctx),
});

const returnToOf = (ctx: Context, from: Readonly<Record<string, string>>): string | undefined =>
  localPath(from['return_to'], stateOf(ctx).config.issuer);

function seeOther(ctx: Context, path: string): void {
  ctx.redirect(path);
  ctx.status = 303;
}
