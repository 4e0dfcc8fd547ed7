// `/device` and `/d/<handle>`, the phone's side (RFC 8628 §3.3): enter or scan a code, see who asks for what, approve or
// deny. A link may be fetched by previews and bots, so GET changes nothing; scanning and answering are POSTs.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { confirm } from '../../../views/qr/confirm.tsx';
import { enterCode, type EnterCodeError } from '../../../views/qr/enter-code.tsx';
import { result, type ResultProps } from '../../../views/qr/result.tsx';
import type { Locale } from '../../config/config.ts';
import { type Clock, epochSeconds } from '../../lib/clock.ts';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Sessions } from '../../web/session.ts';
import { displayName, SIGN_IN_PATH, type Visitor, type Visitors } from '../../web/visitor.ts';
import type { Approver, Confirmation, DeviceAuthorization } from '../confirmation.ts';

export interface PhoneEvent {
  type: 'device.scanned' | 'device.approved' | 'device.denied' | 'device.mismatch';
  outcome: 'success' | 'failure';
  account: string;
  client?: string;
  scopes?: string[];
  reason?: string;
}

export interface PhoneRoutesDeps {
  visitors: Visitors;
  sessions: Pick<Sessions, 'end'>;
  confirmation: Confirmation;
  clock: Clock;
  faceOf(clientId: string): { name: string; uri?: string | undefined; logoUri?: string | undefined } | undefined;
  describeScope(scope: string, locale: Locale): string;
  normalizeUserCode(input: string): string;
  formatUserCode(userCode: string): string;
  record(ctx: Context, event: PhoneEvent): Promise<void>;
}

/** What a person sees of a refusal; anything else goes to the error page. */
const RESULTS: Readonly<Record<string, ResultProps['state']>> = {
  code_unknown: 'unknown',
  code_expired: 'expired',
  already_decided: 'already_decided',
  not_yours: 'claimed_by_other',
};

const ENTRY_ERRORS: Readonly<Record<string, Exclude<EnterCodeError, { code: 'throttled' }>['code']>> = {
  code_unknown: 'unknown',
  code_expired: 'expired',
  already_decided: 'already_used',
  not_yours: 'already_used',
};

export function mountPhone(router: Router, deps: PhoneRoutesDeps): void {
  const { visitors, confirmation, record } = deps;

  router.get('/device', async (ctx) => {
    if (!(await visitors.require(ctx))) return;
    page(ctx, enterCode, { action: '/device', userCode: readQuery(ctx)['user_code'] });
  });

  router.post('/device', async (ctx) => {
    const form = await readForm(ctx);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    requireCsrf(ctx, form);
    const typed = form['user_code'] ?? '';
    try {
      const code = deps.normalizeUserCode(typed);
      const entered = await confirmation.enter(code, approverOf(visitor), stateOf(ctx).address);
      await record(ctx, {
        type: 'device.scanned',
        outcome: 'success',
        account: visitor.accountId,
        client: entered.clientId,
      });
      ctx.redirect(`/device/${entered.id}`);
      ctx.status = 303;
    } catch (error) {
      await answerEntry(ctx, visitor, typed, error);
    }
  });

  router.get('/d/:handle', (ctx) => sheet(ctx, (approver) => confirmation.byHandle(handleOf(ctx), approver)));
  router.get('/device/:id', (ctx) => sheet(ctx, (approver) => confirmation.byId(idOf(ctx), approver)));

  /** Sent by the sheet's script, so that the other screen can say "scanned". */
  router.post('/device/:id/scan', async (ctx) => {
    const form = await readForm(ctx);
    const visitor = await visitors.current(ctx);
    if (!visitor) throw new DomainError('unauthenticated', 'unauthenticated');
    requireCsrf(ctx, form);
    const { clientId } = await confirmation.scan(idOf(ctx), approverOf(visitor));
    await record(ctx, { type: 'device.scanned', outcome: 'success', account: visitor.accountId, client: clientId });
    ctx.status = 204;
  });

  router.post('/device/:id', async (ctx) => {
    const form = await readForm(ctx);
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    requireCsrf(ctx, form);
    const decide = decisionOf(form['decision'], confirmation);
    await answering(ctx, visitor, async () => {
      const { clientId, scope } = await decide.act(idOf(ctx), approverOf(visitor));
      const event = {
        outcome: 'success',
        account: visitor.accountId,
        client: clientId,
        scopes: scope.split(' '),
      } as const;
      await record(ctx, { type: `device.${decide.state}`, ...event });
      page(ctx, result, { state: decide.state });
    });
  });

  /** "Not you?": signs out and comes back to the same code. */
  router.post('/device/:id/switch', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    await deps.sessions.end(ctx);
    ctx.redirect(`${SIGN_IN_PATH}?${new URLSearchParams({ return_to: `/device/${idOf(ctx)}` })}`);
    ctx.status = 303;
  });

  async function sheet(ctx: Context, find: (approver: Approver) => Promise<DeviceAuthorization>): Promise<void> {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    await answering(ctx, visitor, async () => show(ctx, visitor, await find(approverOf(visitor))));
  }

  function show(
    ctx: Context,
    { account }: Visitor,
    { id, clientId, userCode, scope, device, expiresAt }: DeviceAuthorization,
  ) {
    const describe = (name: string) => ({ name, description: deps.describeScope(name, localeOf(ctx)) });
    page(ctx, confirm, {
      action: `/device/${id}`,
      scanUrl: `/device/${id}/scan`,
      switchAction: `/device/${id}/switch`,
      client: deps.faceOf(clientId) ?? { name: clientId },
      userCode: deps.formatUserCode(userCode),
      scopes: scope.split(' ').filter(Boolean).map(describe),
      device: { ip: device.address ?? '?', userAgent: device.userAgent },
      expiresIn: expiresAt - epochSeconds(deps.clock),
      person: { name: displayName(account), email: account.email },
    });
  }

  /** Shows the refusals that a person can understand where they stand. */
  async function answering(ctx: Context, visitor: Visitor, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const state = isDomainError(error) ? RESULTS[error.code] : undefined;
      if (!state || !isDomainError(error)) throw error;
      if (state === 'claimed_by_other') await recordMismatch(ctx, visitor, error.code);
      page(ctx, result, { state }, { status: statusOf(error) });
    }
  }

  async function answerEntry(ctx: Context, visitor: Visitor, userCode: string, error: unknown): Promise<void> {
    if (!isDomainError(error)) throw error;
    if (error.kind === 'throttled') {
      const retryAfter = error.retryAfter ?? 60;
      ctx.set('Retry-After', String(retryAfter));
      const shown: EnterCodeError = { code: 'throttled', retryAfterMinutes: Math.ceil(retryAfter / 60) };
      return page(ctx, enterCode, { action: '/device', userCode, error: shown }, { status: 429 });
    }
    const code = ENTRY_ERRORS[error.code];
    if (!code) throw error;
    await recordMismatch(ctx, visitor, error.code);
    page(ctx, enterCode, { action: '/device', userCode, error: { code } }, { status: statusOf(error) });
  }

  const recordMismatch = (ctx: Context, { accountId }: Visitor, reason: string) =>
    record(ctx, { type: 'device.mismatch', outcome: 'failure', account: accountId, reason });
}

const handleOf = (ctx: Context): string => String(ctx['params'].handle);
const idOf = (ctx: Context): string => String(ctx['params'].id);

const approverOf = ({ accountId, authTime, amr, account }: Visitor): Approver => ({
  accountId,
  authTime,
  amr,
  roles: account.roles,
});

function decisionOf(decision: string | undefined, { approve, deny }: Confirmation) {
  if (decision === 'approve') return { state: 'approved', act: approve } as const;
  if (decision === 'deny') return { state: 'denied', act: deny } as const;
  throw new DomainError('invalid', 'decision_missing');
}
