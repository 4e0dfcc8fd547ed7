// The login session as pages see it. `oidc/session.ts` implements it on the provider's own Session, the only one there is.
import type { Context } from 'koa';

export interface SignedIn {
  accountId: string;
  /** Seconds since the epoch (OpenID Connect Core §2, auth_time). */
  authTime: number;
  /** RFC 8176 values, such as `pwd`. */
  amr: readonly string[];
  /** Stable public identifier of the session; not the cookie. */
  sessionUid: string;
}

export interface Login {
  accountId: string;
  amr: readonly string[];
  /** When the person proved who they are, in seconds since the epoch; now when absent. A session cannot outlive it. */
  authTime?: number;
  /** Of a scan: what the approver acted by, `session:` or `grant:` and an id. */
  via?: string;
  /** Of the account when its password was checked; the sign-in ends when it is another by now. */
  standing?: string;
}

/** A sign-in that has just come about: a browser's session, or an application on a device that was given a grant. */
export interface NewLogin {
  accountId: string;
  amr: readonly string[];
  /** The application that it was for. */
  clientId?: string;
  sessionUid?: string;
  grantId?: string;
  /** As in `Login`. */
  via?: string;
  standing?: string;
}

export interface Sessions {
  /** The person signed in by this request's cookie, within the idle and absolute limits, if any. */
  read(ctx: Context): Promise<SignedIn | undefined>;
  /** Signs the person in under a new session id (no fixation). */
  begin(ctx: Context, login: Login): Promise<void>;
  /** A new session id, and no new sign-in. Without `authTime` the person has proved just now who they are. */
  renew(ctx: Context, login: Pick<Login, 'amr' | 'authTime'>): Promise<void>;
  /** Signs out: ends the session and the grants that were bound to it, and clears the cookie. */
  end(ctx: Context): Promise<void>;
}
