// Who is looking at one of our own pages: the account behind the session, or the way to sign in first.
import type { Context } from 'koa';
import type { Locale } from '../config/config.ts';
import { noteVisitor } from './middleware/csrf.ts';
import { stateOf } from './request-state.ts';
import type { Sessions, SignedIn } from './session.ts';

/** The person shown in headers and asked on sheets. */
export interface VisitorAccount {
  id: string;
  name?: string;
  username?: string;
  email?: string;
  /** As the person chose; unset until then. */
  locale?: Locale;
  /** When the account will be erased, in milliseconds since the epoch, if it will. */
  deletionAt?: number;
  /** Effective roles, default ones included. */
  roles: readonly string[];
}

export interface Visitor extends SignedIn {
  account: VisitorAccount;
}

export interface Visitors {
  /** The person signed in, whose name the page's header then shows. Throws `csrf` for a form made for somebody else. */
  current(ctx: Context): Promise<Visitor | undefined>;
  /**
   * As `current`; answers with a redirect to the sign-in page, and `undefined`, when nobody is signed in. `returnTo`: the page to
   * come back to, which must be there for GET.
   */
  require(ctx: Context, returnTo?: string): Promise<Visitor | undefined>;
}

export interface VisitorsDeps {
  sessions: Pick<Sessions, 'read'>;
  /** With the roles that have effect for who signed in so. */
  findAccount(id: string, amr: readonly string[]): Promise<VisitorAccount | undefined>;
}

export const SIGN_IN_PATH = '/account/sign-in';

export function createVisitors({ sessions, findAccount }: VisitorsDeps): Visitors {
  async function current(ctx: Context): Promise<Visitor | undefined> {
    const session = await sessions.read(ctx);
    const account = session && (await findAccount(session.accountId, session.amr));
    if (!account) return undefined;
    noteVisitor(ctx, account.id);
    stateOf(ctx).signedInAs = displayName(account);
    return { ...session, account };
  }

  return {
    current,
    async require(ctx, returnTo = ctx.method === 'GET' ? ctx.url : ctx.path) {
      const visitor = await current(ctx);
      if (!visitor) {
        ctx.redirect(`${SIGN_IN_PATH}?${new URLSearchParams({ return_to: returnTo })}`);
        ctx.status = 303;
      }
      return visitor;
    },
  };
}

export const displayName = ({ name, username, email, id }: VisitorAccount): string => name ?? username ?? email ?? id;
