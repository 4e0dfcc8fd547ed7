// The rate limits of the configuration, each with what it counts and in which window. Narrow limits go first: who is stopped
// by one does not use up a broad one (`web/limits.ts`).
import type { Context } from 'koa';
import type { MailedRequest } from '../accounts/mailed-requests.ts';
import type { ConfigSource } from '../config/config.ts';
import { isDomainError } from '../lib/errors.ts';
import { addressKey, type Limiter } from '../web/limits.ts';
import { stateOf } from '../web/request-state.ts';

const MINUTE_MS = 60_000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;

export type Limits = ReturnType<typeof composeLimits>;

/** `last`: the one that says that there is more; then none for an hour. */
export type LetterTurn = 'each' | 'last' | 'none';

export interface News {
  /** What is told, and of whose doing. */
  about: string;
  /** Account id or `operator`; absent where nobody is known to have caused it. */
  author?: string;
}

async function passes(admission: Promise<void>): Promise<boolean> {
  try {
    await admission;
    return true;
  } catch (error) {
    if (isDomainError(error, 'throttled')) return false;
    throw error;
  }
}

export function composeLimits(config: ConfigSource, limiter: Limiter) {
  const limits = () => config.current().limits;
  const total = (limit: number) => ({ key: 'total', limit });
  const byAddress = (address: string, limit: number) => ({ key: addressKey(address), limit });

  return {
    /** Who asks for a letter to whatever address. */
    admitMailedRequest(ctx: Context, what: MailedRequest): Promise<void> {
      const { account_mail: limit } = limits();
      return limiter.check(what, [byAddress(stateOf(ctx).address, limit.per_address), total(limit.total)], HOUR_MS);
    },

    /** Whether the recipient may get one more letter; each sort counts apart, so none keeps another from its reader. */
    mayMail(what: MailedRequest | 'invitation', email: string): Promise<boolean> {
      const counted = [{ key: `recipient:${email}`, limit: limits().account_mail.per_recipient }];
      return passes(limiter.check(`${what}_mail`, counted, HOUR_MS));
    },

    /** Counts one more letter of news. Nobody's letters use up another's, so that nothing is hidden behind a flood. */
    async letterTurn(what: string, { about, author }: News): Promise<LetterTurn> {
      const { per_subject, per_author } = limits().notices;
      const quiet = [{ key: about, limit: 1 }];
      if (!(await passes(limiter.look(`${what}_quiet`, quiet, HOUR_MS)))) return 'none';
      const counted = [
        { key: `about:${about}`, limit: per_subject },
        ...(author === undefined ? [] : [{ key: `author:${author}`, limit: per_author }]),
      ];
      if (await passes(limiter.check(what, counted, HOUR_MS))) return 'each';
      return (await passes(limiter.check(`${what}_quiet`, quiet, HOUR_MS))) ? 'last' : 'none';
    },

    /** Attempts at the present password by somebody who is signed in. */
    admitPasswordChange(accountId: string): Promise<void> {
      const counted = [{ key: `account:${accountId}`, limit: limits().sign_in.per_account }];
      return limiter.check('password_change', counted, QUARTER_HOUR_MS);
    },

    /** Passwords chosen by who opened a mailed link: judging one costs, and a link may be tried for hours. */
    admitNewPassword(ctx: Context): Promise<void> {
      const counted = [byAddress(stateOf(ctx).address, limits().sign_in.per_address)];
      return limiter.check('new_password', counted, QUARTER_HOUR_MS);
    },

    admitAuthorization(ctx: Context): Promise<void> {
      const { authorization } = limits();
      const { address } = stateOf(ctx);
      const counted = [byAddress(address, authorization.per_address), total(authorization.total)];
      return limiter.check('authorization', counted, MINUTE_MS);
    },

    /** People whom somebody asks to look after a service account: each is sent mail. */
    admitInvitation(accountId: string): Promise<void> {
      const counted = [{ key: `account:${accountId}`, limit: limits().account_mail.per_address }];
      return limiter.check('invitation', counted, HOUR_MS);
    },

    admitLeakReport(ctx: Context): Promise<void> {
      const { leaked_key } = limits();
      const counted = [byAddress(stateOf(ctx).address, leaked_key.per_address), total(leaked_key.total)];
      return limiter.check('leaked_key', counted, MINUTE_MS);
    },

    admitRegistration(ctx: Context): Promise<void> {
      const { client_registration } = limits();
      const counted = [
        byAddress(stateOf(ctx).address, client_registration.per_address),
        total(client_registration.total),
      ];
      return limiter.check('client_registration', counted, HOUR_MS);
    },

    /** By address alone: a stranger who names a client must not keep it from looking after itself. */
    admitClientManagement(ctx: Context): Promise<void> {
      const { total: limit } = limits().client_registration;
      return limiter.check('client_management', [byAddress(stateOf(ctx).address, limit)], HOUR_MS);
    },

    admitDevice(address: string, clientId: string): Promise<void> {
      const { device_authorization: limit } = limits();
      const client = { key: `client:${clientId}`, limit: limit.per_client };
      const counted = [byAddress(address, limit.per_address), client, total(limit.total)];
      return limiter.check('device_authorization', counted, MINUTE_MS);
    },

    /** `/qr` itself: strangers who ask in its public client's name must not use up what its visitors may have. */
    admitPage(ctx: Context): Promise<void> {
      const { device_authorization: limit } = limits();
      const counted = [byAddress(stateOf(ctx).address, limit.per_address), total(limit.total)];
      return limiter.check('qr_page', counted, MINUTE_MS);
    },

    /** Codes that approvers present: scanned links only by who presents them, typed user codes in total as well. */
    countCode(
      what: 'user_code' | 'scan',
      { accountId, address }: { accountId: string; address: string },
    ): Promise<void> {
      const { user_code, scan } = limits();
      const { per_account, per_address } = what === 'user_code' ? user_code : scan;
      const account = { key: `account:${accountId}`, limit: per_account };
      const everybody = what === 'user_code' ? [total(user_code.total)] : [];
      return limiter.check(what, [account, byAddress(address, per_address), ...everybody], QUARTER_HOUR_MS);
    },
  };
}
