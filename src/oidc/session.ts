// The login session: oidc-provider's own Session, begun, kept and ended from the host's pages too, so that there is only
// one and signing out ends all. `web/session.ts` is what pages know of it.
import type { Context } from 'koa';
import type { KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import type { ConfigSource } from '../config/config.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import type { Login, NewLogin, Sessions } from '../web/session.ts';
import type { Person } from './account.ts';
import { acrOf } from './acr.ts';

/** A use within this share of the idle time does not write the session again. */
const TOUCH_SHARE = 0.1;

export interface SessionsDeps {
  provider(): Provider;
  config: ConfigSource;
  clock: Clock;
  findPerson(accountId: string): Promise<Person | undefined>;
  revokeGrant(grantId: string): Promise<void>;
  /** Told of each sign-in of our own pages; `logins.ts` tells of those that the provider finishes. */
  signedIn(ctx: Context, login: NewLogin): Promise<void>;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { provider, config, clock, findPerson, revokeGrant, signedIn } = deps;

  async function load(ctx: Context) {
    const own = providerContext(provider(), ctx);
    return { own, session: await provider().Session.get(own) };
  }

  async function save(own: KoaContextWithOIDC, session: Session): Promise<void> {
    const ttl = config.current().lifetimes.session_idle;
    await session.save(ttl);
    own.cookies.set(provider().cookieName('session'), session.jti, {
      ...cookieOptions(config.current().issuer),
      expires: new Date((epochSeconds(clock) + ttl) * 1000),
    });
  }

  async function start(
    ctx: Context,
    own: KoaContextWithOIDC,
    session: Session,
    { via, standing, ...login }: Started,
  ): Promise<void> {
    session.loginAccount(login);
    await save(own, session);
    const { accountId, amr } = login;
    await signedIn(ctx, {
      accountId,
      amr,
      sessionUid: session.uid,
      ...(via !== undefined && { via }),
      ...(standing !== undefined && { standing }),
    });
  }

  async function end(session: Session): Promise<void> {
    const bound = Object.values(session.authorizations ?? {}).filter(({ persistsLogout }) => !persistsLogout);
    await Promise.all(bound.map(async ({ grantId }) => grantId && revokeGrant(grantId)));
    await session.destroy();
  }

  return {
    async read(ctx) {
      const { own, session } = await load(ctx);
      if (session.accountId === undefined || session.loginTs === undefined) return undefined;
      if (!(await findPerson(session.accountId))?.active) return undefined;
      const idle = config.current().lifetimes.session_idle;
      if ((session.exp ?? 0) - epochSeconds(clock) < idle * (1 - TOUCH_SHARE)) await save(own, session);
      return {
        accountId: session.accountId,
        authTime: session.loginTs,
        amr: session.amr ?? [],
        sessionUid: session.uid,
      };
    },

    async begin(ctx, { accountId, amr, authTime = epochSeconds(clock), ...others }) {
      const { own, session } = await load(ctx);
      const login = { accountId, loginTs: authTime, amr: [...amr], acr: acrOf(amr), ...others };
      if (session.accountId !== undefined && session.accountId !== accountId) {
        await end(session);
        const fresh = new (provider().Session)();
        return start(ctx, own, fresh, login);
      }
      session.resetIdentifier();
      return start(ctx, own, session, login);
    },

    async renew(ctx, { amr, authTime = epochSeconds(clock) }) {
      const { own, session } = await load(ctx);
      if (session.accountId === undefined) throw new DomainError('unauthenticated', 'session_not_found');
      session.resetIdentifier();
      session.loginAccount({
        accountId: session.accountId,
        loginTs: authTime,
        amr: [...amr],
        acr: acrOf(amr),
      });
      await save(own, session);
    },

    async end(ctx) {
      const { own, session } = await load(ctx);
      await end(session);
      own.cookies.set(provider().cookieName('session'), null, cookieOptions(config.current().issuer));
    },
  };
}

type Session = InstanceType<Provider['Session']>;
type Started = Pick<Login, 'accountId' | 'via' | 'standing'> & { loginTs: number; amr: string[] };

export const cookieOptions = (issuer: string) =>
  ({ httpOnly: true, sameSite: 'lax', signed: true, secure: issuer.startsWith('https:'), path: '/' }) as const;

/** A provider context on the host's request, enough for cookies and the Session model. */
function providerContext(provider: Provider, ctx: Context): KoaContextWithOIDC {
  const own = provider.createContext(ctx.req, ctx.res) as unknown as KoaContextWithOIDC;
  own.oidc = new provider.OIDCContext(own);
  return own;
}
