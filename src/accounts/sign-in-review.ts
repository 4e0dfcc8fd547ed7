// What a person sees of their sign-ins, and does about one: end what it began, or say that it was somebody else. Sessions and
// grants are `oidc`'s; the page is `routes/sign-ins.ts`.
import { DomainError } from '../lib/errors.ts';
import type { SignIn, SignIns } from './sign-ins.ts';

/** A browser that is signed in. Without a record it began before there were any. */
export interface LiveSession {
  uid: string;
  amr: readonly string[];
  signedInAt: number;
  lastUsedAt: number;
  signIn?: SignIn;
}

export interface Review {
  /** The latest sign-in first, as in the others. */
  sessions: LiveSession[];
  /** Devices that an application runs on, whose grant is alive. */
  devices: SignIn[];
  /** All the others. */
  former: SignIn[];
}

/** What a person points at: a session by its uid, a sign-in by its id. */
export type Target = { session: string } | { signIn: string };

export interface EndedGrant {
  id: string;
  clientId: string;
}

export interface Ended {
  sessionUids: readonly string[];
  grants: readonly EndedGrant[];
  /** What was added to the second factors went too. */
  hadFactors: boolean;
  /** The newest of those meant. */
  signIn?: SignIn;
}

type Ending = 'signed_out' | 'disowned';

export interface SignInReviewDeps {
  signIns: SignIns;
  sessions: {
    list(accountId: string): Promise<Omit<LiveSession, 'signIn'>[]>;
    /** Answers the grants that ended with it; `undefined` for a session of somebody else. */
    end(accountId: string, uid: string, ending: Ending): Promise<EndedGrant[] | undefined>;
  };
  grants: { find(id: string): Promise<{ accountId: string; clientId: string } | undefined> };
  revokeGrant(grantId: string): Promise<void>;
  /** The next sign-in to the client asks for consent again. */
  forgetConsent(accountId: string, clientId: string): Promise<void>;
  /** Second factors added in these sessions; answers whether there were any. */
  removeFactors(accountId: string, sessionUids: readonly string[]): Promise<boolean>;
}

export type SignInReview = ReturnType<typeof createSignInReview>;

export function createSignInReview(deps: SignInReviewDeps) {
  const { signIns, sessions, grants, revokeGrant, forgetConsent, removeFactors } = deps;

  async function review(accountId: string): Promise<Review> {
    const [recorded, live] = await Promise.all([signIns.listOf(accountId), sessions.list(accountId)]);
    const granted = await Promise.all(recorded.map(({ grantId }) => findGrant(accountId, grantId)));
    const devices = recorded.filter((_signIn, place) => granted[place] !== undefined);
    const shown = live.map((session) => {
      const signIn = recorded.find(({ sessionUid }) => sessionUid === session.uid);
      return { ...session, ...(signIn && { signIn }) };
    });
    const above = new Set([...devices, ...shown.flatMap(({ signIn }) => signIn ?? [])]);
    return { sessions: shown, devices, former: recorded.filter((signIn) => !above.has(signIn)) };
  }

  async function findGrant(accountId: string, id: string | undefined): Promise<EndedGrant | undefined> {
    const grant = id === undefined ? undefined : await grants.find(id);
    return id !== undefined && grant?.accountId === accountId ? { id, clientId: grant.clientId } : undefined;
  }

  /** The sign-ins that the person means. Throws `sign_in_unknown` (`not_found`) for what is not theirs. */
  async function pointedAt(accountId: string, target: Target): Promise<{ sessionUid?: string; meant: SignIn[] }> {
    const recorded = await signIns.listOf(accountId);
    const one = 'signIn' in target ? recorded.find(({ id }) => id === target.signIn) : undefined;
    const uid = 'session' in target ? target.session : one?.sessionUid;
    const meant = recorded.filter((signIn) => signIn === one || (uid !== undefined && signIn.sessionUid === uid));
    const isTheirs = meant.length > 0 || (await sessions.list(accountId)).some((session) => session.uid === uid);
    if (!isTheirs) throw new DomainError('not_found', 'sign_in_unknown');
    return { meant, ...(uid !== undefined && { sessionUid: uid }) };
  }

  async function end(accountId: string, target: Target, ending: Ending): Promise<Ended> {
    const { sessionUid, meant } = await pointedAt(accountId, target);
    const devices = await Promise.all(meant.map(({ grantId }) => endDevice(accountId, grantId)));
    const bound = sessionUid === undefined ? [] : await sessions.end(accountId, sessionUid, ending);
    if (!bound) throw new DomainError('not_found', 'sign_in_unknown');
    const ended = [...devices.flatMap((grant) => grant ?? []), ...bound];
    if (ending === 'disowned') {
      await Promise.all(ended.map(({ clientId }) => forgetConsent(accountId, clientId)));
    }
    await Promise.all(meant.map(({ id }) => (ending === 'disowned' ? signIns.disowned(id) : signIns.ended(id))));
    const uids = sessionUid === undefined ? [] : [sessionUid];
    // Sessions that it ended could still have been adding until now.
    const hadFactors = ending === 'disowned' && (await removeFactors(accountId, uids));
    const [signIn] = meant;
    const done = { sessionUids: uids, grants: ended, hadFactors, ...(signIn && { signIn }) };
    return ending === 'disowned' ? endApproved(accountId, done, meant) : done;
  }

  /** What a disowned sign-in has approved is a stranger's as well, and so on. */
  async function endApproved(accountId: string, done: Ended, meant: readonly SignIn[]): Promise<Ended> {
    const grantIds = [...done.grants.map(({ id }) => id), ...meant.flatMap(({ grantId }) => grantId ?? [])];
    const vias = new Set([...done.sessionUids.map((uid) => `session:${uid}`), ...grantIds.map((id) => `grant:${id}`)]);
    const approved = (await signIns.listOf(accountId)).filter(
      ({ via, disownedAt }) => via !== undefined && vias.has(via) && disownedAt === undefined,
    );
    let all = done;
    for (const { id } of approved) {
      const more = await end(accountId, { signIn: id }, 'disowned');
      all = {
        ...all,
        sessionUids: [...all.sessionUids, ...more.sessionUids],
        grants: [...all.grants, ...more.grants],
        hadFactors: all.hadFactors || more.hadFactors,
      };
    }
    return all;
  }

  async function endDevice(accountId: string, grantId: string | undefined): Promise<EndedGrant | undefined> {
    const grant = await findGrant(accountId, grantId);
    if (grant) await revokeGrant(grant.id);
    return grant;
  }

  return {
    review,

    /** Signs a browser out, or takes a device its access. Throws `sign_in_unknown`. */
    end: (accountId: string, target: Target): Promise<Ended> => end(accountId, target, 'signed_out'),

    /** "This was not me": ends also what outlives a sign-out, and forgets what was consented to. Throws as `end` does. */
    disown: (accountId: string, target: Target): Promise<Ended> => end(accountId, target, 'disowned'),
  };
}
