// `/device` and `/d/<handle>`, the phone's side (RFC 8628 §3.3): enter or scan a code, see who asks for what, approve or
// deny. A link may be fetched by previews and bots, so GET changes nothing; scanning and answering are POSTs.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { confirm } from '../../../views/qr/confirm.tsx';
import { digits } from '../../../views/qr/digits.tsx';
import { enterCode, type EnterCodeError } from '../../../views/qr/enter-code.tsx';
import { result, type ResultProps } from '../../../views/qr/result.tsx';
import { DomainError, isDomainError } from '../../lib/errors.ts';
import { statusOf } from '../../web/error-status.ts';
import { readQuery } from '../../web/form.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Sessions } from '../../web/session.ts';
import { SIGN_IN_PATH, type Visitor, type Visitors } from '../../web/visitor.ts';
import { CheckFailure } from '../check.ts';
import type { Confirmation } from '../confirmation.ts';
import type { DeviceAuthorization, Scanner } from '../device-authorization.ts';
import type { ConfirmSheet } from './confirm-sheet.ts';
import type { PhoneRecords } from './phone-records.ts';

export interface PhoneRoutesDeps {
  visitors: Visitors;
  sessions: Pick<Sessions, 'end'>;
  confirmation: Confirmation;
  confirmSheet: ConfirmSheet;
  normalizeUserCode(input: string): string;
  records: PhoneRecords;
}

/** What a person sees of a refusal; anything else goes to the error page. */
const RESULTS: Readonly<Record<string, ResultProps['state']>> = {
  code_unknown: 'unknown',
  code_expired: 'expired',
  already_decided: 'already_decided',
  not_yours: 'claimed_by_other',
  request_changed: 'request_changed',
};

const ENTRY_ERRORS: Readonly<Record<string, Exclude<EnterCodeError, { code: 'throttled' }>['code']>> = {
  code_unknown: 'unknown',
  code_expired: 'expired',
  already_decided: 'already_used',
  not_yours: 'already_used',
};

export function mountPhone(router: Router, deps: PhoneRoutesDeps): void {
  const { visitors, confirmation, records } = deps;

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
      const entered = await confirmation.enter(code, scannerOf(ctx, visitor));
      await records.scanned(ctx, visitor.accountId, entered);
      ctx.redirect(`/device/${entered.id}`);
      ctx.status = 303;
    } catch (error) {
      await answerEntry(ctx, visitor, typed, error);
    }
  });

  router.get('/d/:handle', (ctx) => sheet(ctx, (scanner) => confirmation.byHandle(handleOf(ctx), scanner)));
  router.get('/device/:id', (ctx) => sheet(ctx, (scanner) => confirmation.byId(idOf(ctx), scanner)));

  /** Sent by the sheet's script, so that the other screen can say "scanned". */
  router.post('/device/:id/scan', async (ctx) => {
    const form = await readForm(ctx);
    const visitor = await visitors.current(ctx);
    if (!visitor) throw new DomainError('unauthenticated', 'unauthenticated');
    requireCsrf(ctx, form);
    try {
      const scanned = await confirmation.scan(idOf(ctx), scannerOf(ctx, visitor));
      await records.scanned(ctx, visitor.accountId, scanned);
    } catch (error) {
      await records.refused(ctx, visitor.accountId, error);
      throw error;
    }
    ctx.status = 204;
  });

  router.post('/device/:id', async (ctx) => {
    const form = await readForm(ctx, 'scope');
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    requireCsrf(ctx, form);
    const decision = decisionOf(form['decision']);
    await answering(ctx, visitor, () => (decision === 'deny' ? deny(ctx, visitor) : approve(ctx, visitor, form)));
  });

  /** "Not you?": signs out and comes back to the same code. */
  router.post('/device/:id/switch', async (ctx) => {
    requireCsrf(ctx, await readForm(ctx));
    await deps.sessions.end(ctx);
    ctx.redirect(`${SIGN_IN_PATH}?${new URLSearchParams({ return_to: `/device/${idOf(ctx)}` })}`);
    ctx.status = 303;
  });

  async function sheet(ctx: Context, find: (scanner: Scanner) => Promise<DeviceAuthorization>): Promise<void> {
    const visitor = await visitors.require(ctx);
    if (!visitor) return;
    await answering(ctx, visitor, async () => {
      const found = await find(scannerOf(ctx, visitor));
      if (found.transaction.state === 'confirming') showDigits(ctx, found);
      else await show(ctx, visitor, found);
    });
  }

  async function deny(ctx: Context, visitor: Visitor): Promise<void> {
    const denied = await confirmation.deny(idOf(ctx), scannerOf(ctx, visitor));
    await records.answered(ctx, visitor.accountId, 'denied', denied);
    page(ctx, result, { state: 'denied' });
  }

  async function approve(ctx: Context, visitor: Visitor, form: Record<string, string>): Promise<void> {
    const typed = form['user_code'];
    const scanner = scannerOf(ctx, visitor);
    const scanned = await scanFirst(ctx, visitor);
    deps.confirmSheet.requireShown(scanned, form['edition']);
    const refused = await deps.confirmSheet.refusedIn(scanned, scanner, form['scope'] ?? '');
    try {
      const userCode = typed === undefined ? undefined : deps.normalizeUserCode(typed);
      const { state, authorization } = await confirmation.approve(idOf(ctx), { ...scanner, refused }, userCode);
      await records.answered(ctx, visitor.accountId, state, authorization);
      if (state === 'confirming') showDigits(ctx, authorization);
      else page(ctx, result, { state });
    } catch (error) {
      if (!isDomainError(error, 'unprocessable')) throw error;
      await records.refused(ctx, visitor.accountId, error);
      if (error instanceof CheckFailure && error.wrong.isOver) {
        return page(ctx, result, { state: 'check_failed' }, { status: statusOf(error) });
      }
      await show(ctx, visitor, await confirmation.byId(idOf(ctx), scanner), {
        status: statusOf(error),
        isWrong: typed !== undefined,
        refused,
      });
    }
  }

  /** Without scripts the answer is the first that is heard of the person: the record says both. */
  async function scanFirst(ctx: Context, visitor: Visitor): Promise<DeviceAuthorization> {
    const scanner = scannerOf(ctx, visitor);
    const found = await confirmation.byId(idOf(ctx), scanner);
    if (found.transaction.state !== 'pending') return found;
    const scanned = await confirmation.scan(found.id, scanner);
    await records.scanned(ctx, visitor.accountId, scanned);
    return scanned;
  }

  async function show(
    ctx: Context,
    visitor: Visitor,
    authorization: DeviceAuthorization,
    {
      status = 200,
      isWrong = false,
      refused,
    }: { status?: number; isWrong?: boolean; refused?: readonly string[] } = {},
  ): Promise<void> {
    const scanner = scannerOf(ctx, visitor);
    const answer = { isAsked: confirmation.checkOn(authorization, scanner) === 'user_code', isWrong, refused };
    const reader = { scanner, account: visitor.account, locale: localeOf(ctx) };
    page(ctx, confirm, await deps.confirmSheet.propsFor(authorization, reader, answer), { status });
  }

  function showDigits(ctx: Context, authorization: DeviceAuthorization): void {
    page(ctx, digits, {
      digits: confirmation.digits(authorization) ?? '',
      action: `/device/${authorization.id}`,
    });
  }

  /** Shows the refusals that a person can understand where they stand. */
  async function answering(ctx: Context, visitor: Visitor, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const state = isDomainError(error) ? RESULTS[error.code] : undefined;
      if (!state || !isDomainError(error)) throw error;
      // Who only looks at a code of the past has tried nothing.
      if (error.kind === 'forbidden' || ctx.method === 'POST') await records.refused(ctx, visitor.accountId, error);
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
    await records.refused(ctx, visitor.accountId, error);
    page(ctx, enterCode, { action: '/device', userCode, error: { code } }, { status: statusOf(error) });
  }
}

const handleOf = (ctx: Context): string => String(ctx['params'].handle);
const idOf = (ctx: Context): string => String(ctx['params'].id);

const scannerOf = (ctx: Context, { accountId, authTime, amr, account, sessionUid }: Visitor): Scanner => ({
  accountId,
  authTime,
  amr,
  roles: account.roles,
  address: stateOf(ctx).address,
  via: `session:${sessionUid}`,
});

function decisionOf(decision: string | undefined): 'approve' | 'deny' {
  if (decision === 'approve' || decision === 'deny') return decision;
  throw new DomainError('invalid', 'decision_missing');
}
