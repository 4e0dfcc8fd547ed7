// What follows from a sign-in, wherever it happened: its record, a browser that is known from then on, and a mail to the person
// when it was not before. None of it stops anybody from signing in.
import type { Context } from 'koa';
import { newSignIn } from '../../views/mail/new-sign-in.ts';
import { renderLetter } from '../../views/mail/letter.tsx';
import { browserText, placeText } from '../../views/partials/origin.ts';
import { momentText } from '../../views/partials/time.tsx';
import { standingOf } from '../accounts/account.ts';
import type { Origin, SignIn } from '../accounts/sign-ins.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import type { Geo } from '../geo/place.ts';
import type { Clock } from '../lib/clock.ts';
import { rememberBrowser } from '../web/browser-id.ts';
import { translator } from '../web/i18n.ts';
import { addressKey } from '../web/limits.ts';
import { localeOf } from '../web/middleware/locale.ts';
import { stateOf } from '../web/request-state.ts';
import type { NewLogin } from '../web/session.ts';
import type { Domain } from './domain.ts';

export const SIGN_INS_PATH = '/account/sign-ins';

export interface SignInFollowUpDeps {
  config: ConfigSource;
  domain: Pick<Domain, 'signIns' | 'directory' | 'outbox' | 'revocation'>;
  geo: Geo;
  clock: Clock;
  /** A failure that no caller waits for. */
  onError(error: unknown): void;
}

/** Of a device: the application, what it calls itself and its network, as long as all three stay the same. */
export const deviceOrigin = (clientId: string, userAgent: string, address: string): Origin => ({
  device: { clientId, userAgent, network: addressKey(address) },
});

/** Whether what an approver acted by, `session:` or `grant:` and an id, has ended since. */
export async function hasEnded(revocation: Domain['revocation'], via: string | undefined): Promise<boolean> {
  const [kind, id] = via?.split(':', 2) ?? [];
  if (id === undefined) return false;
  return kind === 'session' ? revocation.isSessionEnded({ uid: id }) : revocation.isGrantEnded(id);
}

export function composeSignInFollowUp({ config, domain, geo, clock, onError }: SignInFollowUpDeps) {
  async function record(ctx: Context, login: NewLogin): Promise<{ signIn: SignIn; isFirst: boolean }> {
    const { address } = stateOf(ctx);
    const userAgent = ctx.get('User-Agent');
    const place = geo.placeOf(address);
    const origin =
      login.grantId === undefined
        ? { browser: rememberBrowser(ctx) }
        : deviceOrigin(login.clientId ?? '', userAgent, address);
    return domain.signIns.record({ ...login, address, userAgent, origin, ...(place && { place }) });
  }

  async function tell(signIn: SignIn, isFirst: boolean, asked: Locale): Promise<void> {
    const account = await domain.directory.find(signIn.accountId);
    if (account?.email === undefined) return;
    // Records do not reach back for ever: nothing on record says "first" only of a young account.
    const isYoung = clock.now() - account.createdAt < config.current().sign_ins.keep * 1000;
    if (isFirst && isYoung) return;
    const locale = account.locale ?? asked;
    const t = translator(locale);
    const { issuer, clients } = config.current();
    const { at, userAgent, address, place, clientId } = signIn;
    const letter = newSignIn(t, {
      at: momentText(locale, new Date(at)),
      browser: browserText(userAgent, { t }),
      place: place && placeText(place, { t, locale }),
      address,
      application: clientId === undefined ? undefined : (clients[clientId]?.name ?? clientId),
      reviewHref: `${issuer}${SIGN_INS_PATH}`,
    });
    await domain.outbox.send({ to: account.email, ...renderLetter(letter, locale) });
  }

  /** Ends what was begun with a password that has been changed meanwhile: before the change of it could see this session. */
  async function endLapsed({ accountId, sessionUid, standing }: NewLogin): Promise<boolean> {
    if (sessionUid === undefined || standing === undefined) return false;
    const account = await domain.directory.find(accountId);
    if (account && standingOf(account) === standing) return false;
    await domain.revocation.endSession(sessionUid);
    return true;
  }

  /** Waits for the record, which the next page may show, and not for the mail. */
  return async (ctx: Context, { standing, ...login }: NewLogin): Promise<void> => {
    if (await endLapsed({ ...login, ...(standing !== undefined && { standing }) })) return;
    try {
      const { signIn, isFirst } = await record(ctx, login);
      if (signIn.isNew) void tell(signIn, isFirst, localeOf(ctx)).catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}
