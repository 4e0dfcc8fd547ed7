// oidc-provider's adapter on the storage port. Ids are bearer values, so only their hashes reach the store. `consume` is
// atomic and throws to the losers, which the provider itself does not ensure. Clients come from `clients.ts`.
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { type Doc, type Kind, type PutOptions, type Store, VersionConflict } from '../storage/port.ts';
import type { DeviceCodePayload, DeviceCodes } from './device-codes.ts';
import { DEVICE_CODE_KIND } from './device-codes.ts';
import { narrowGrant, type Scoped } from './grant-records.ts';
import { kindOf } from './kinds.ts';
import { provided } from './refusal.ts';
import type { Revocation } from './revocation.ts';

/**
 * After a first redemption the record does not look consumed for this long: an attempt that raced with it is refused by
 * `consume` alone, while a later one is a replay, for which the provider revokes the grant (RFC 6749 §4.1.2, RFC 9700 §4.14).
 */
export const RACE_WINDOW_MS = 10_000;

/** Until `upsert` says how long the proof lives, a claimed `jti` stays claimed. */
const REPLAY_CLAIM_SECONDS = 600;

/** Requests of one browser at the same moment. */
const SAVE_TRIES = 20;

const OFFLINE = 'offline_access';

const REDEEMED = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

export interface AdapterDeps {
  store: Store;
  clock: Clock;
  deviceCodes: DeviceCodes;
  /** Seconds after sign-in at which a session ends, whatever its use. */
  sessionAbsolute(): number;
  revocation: Pick<Revocation, 'isGrantEnded' | 'isSessionEnded' | 'revokeGrant'>;
  /** Scopes that the person took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  /** Refuses a device authorization beyond the limits. */
  admitDeviceAuthorization(): Promise<void>;
  /** RFC 8628 §3.5: refuses a poll that comes too soon; asked only for pending codes. */
  pacePoll(id: string, payload: DeviceCodePayload): Promise<void>;
  /** Told of a code that ran out unanswered, at each late poll. */
  expired(id: string, payload: DeviceCodePayload): Promise<void>;
  /** Told the user code under which a device authorization was stored. */
  userCodeReserved(userCode: string): void;
  replayed(model: string, payload: AdapterPayload): void;
}

export function createAdapterFactory(deps: AdapterDeps): AdapterFactory {
  return (model) => {
    if (model === 'DeviceCode') return deviceCodeAdapter(deps);
    if (model === 'ReplayDetection') return replayDetectionAdapter(deps);
    if (model === 'Session') return sessionAdapter(deps);
    if (model === 'Grant') return grantAdapter(deps);
    if (model === 'AuthorizationCode') return authorizationCodeAdapter(deps);
    if (model === 'RefreshToken') return refreshTokenAdapter(deps);
    return documentAdapter(model, deps);
  };
}

function documentAdapter(model: string, deps: AdapterDeps): Adapter {
  const { store } = deps;
  const kind = kindOf(model);
  const read = (doc: Doc | undefined, id?: string) => payloadOf(model, doc, deps, id);

  return {
    upsert: (id, payload, expiresIn) =>
      provided(async () => {
        await store.put(kind, sha256(id), stripped(model, payload), {
          ...indexesOf(payload),
          ...(expiresIn && { ttl: expiresIn * 1000 }),
        });
      }),
    find: (id) => provided(async () => read(await store.get(kind, sha256(id)), id)),
    findByUid: (uid) => provided(async () => read(await store.find(kind, 'uid', uid))),
    findByUserCode: () => Promise.resolve(undefined),
    consume: (id) => provided(() => consume(model, kind, id, store)),
    destroy: (id) => provided(async () => void (await store.delete(kind, sha256(id)))),
    revokeByGrantId: (grantId) =>
      provided(async () => void (await store.deleteBy(kind, { name: 'grantId', value: grantId }))),
  };
}

/** Beside the plain documents: a unique user code at the start, a pace while pending. */
function deviceCodeAdapter(deps: AdapterDeps): Adapter {
  const { deviceCodes, admitDeviceAuthorization, pacePoll, expired, userCodeReserved } = deps;
  return {
    ...documentAdapter('DeviceCode', deps),
    upsert: (id, payload, expiresIn) =>
      provided(async () => {
        await admitDeviceAuthorization();
        userCodeReserved(await deviceCodes.reserve(id, stripped('DeviceCode', payload) as never, expiresIn ?? 0));
      }),
    find: (id) =>
      provided(async () => {
        const doc = await deps.store.get(DEVICE_CODE_KIND, sha256(id));
        if (!doc) return undefined;
        const { payload } = doc.value as { payload: DeviceCodePayload };
        if (deviceCodes.isPending(payload)) await pacePoll(doc.id, payload);
        else if (deviceCodes.hasRunOut(payload)) await expired(doc.id, payload);
        return payloadOf('DeviceCode', { ...doc, value: payload }, deps, id);
      }),
    // Our own pages and phone API look codes up; the provider's are out of reach.
    findByUserCode: () => Promise.resolve(undefined),
  };
}

/**
 * The provider reads a session, and writes all of it back at the end of the request. So what ended meanwhile stays ended
 * (`revocation`), and what two requests added for two clients is kept for both.
 */
function sessionAdapter(deps: AdapterDeps): Adapter {
  const { store, revocation } = deps;
  const plain = documentAdapter('Session', deps);
  const kind = kindOf('Session');
  const unlessEnded = async (payload: AdapterPayload | undefined | void) =>
    payload && !(await provided(() => revocation.isSessionEnded(payload))) ? payload : undefined;

  return {
    ...plain,
    find: async (id) => unlessEnded(await plain.find(id)),
    findByUid: async (uid) => unlessEnded(await plain.findByUid(uid)),
    upsert: (id, payload, expiresIn) =>
      provided(async () => {
        for (let attempt = 1; ; attempt++) {
          const stored = await store.get(kind, sha256(id));
          const { authorizations } = (stored?.value ?? {}) as AdapterPayload;
          const merged = { ...payload, authorizations: { ...authorizations, ...payload.authorizations } };
          const options = { ...indexesOf(payload), ifVersion: stored?.version ?? 0, ttl: (expiresIn ?? 0) * 1000 };
          try {
            return void (await store.put(kind, sha256(id), stripped('Session', merged), options));
          } catch (error) {
            if (!(error instanceof VersionConflict) || attempt === SAVE_TRIES) throw error;
          }
        }
      }),
  };
}

/** A code that a request in flight made for a session which has ended meanwhile is worth nothing, with or without offline access. */
function authorizationCodeAdapter(deps: AdapterDeps): Adapter {
  const plain = documentAdapter('AuthorizationCode', deps);
  return {
    ...plain,
    async find(id) {
      const payload = await plain.find(id);
      const uid = payload?.sessionUid;
      return uid && (await provided(() => deps.revocation.isSessionEnded({ uid }))) ? undefined : payload;
    },
  };
}

/** Access without its person present, once taken back, is over: the token itself is of no use then. */
function refreshTokenAdapter(deps: AdapterDeps): Adapter {
  const plain = documentAdapter('RefreshToken', deps);
  return {
    ...plain,
    async find(id) {
      const payload = await plain.find(id);
      const { accountId, clientId, scope } = payload ?? {};
      if (!accountId || !clientId || !scope?.split(' ').includes(OFFLINE)) return payload;
      const withdrawn = await provided(() => deps.withdrawn(accountId, clientId));
      return withdrawn.includes(OFFLINE) ? undefined : payload;
    },
  };
}

/**
 * What was revoked, or taken back of it, stays so, also when a request that read the grant before saves it afterwards: both are
 * kept beside the grant and hold at each reading.
 */
function grantAdapter(deps: AdapterDeps): Adapter {
  const plain = documentAdapter('Grant', deps);
  return {
    ...plain,
    find: (id) =>
      provided(async () => {
        const grant = (await deps.revocation.isGrantEnded(id)) ? undefined : await plain.find(id);
        const { accountId, clientId } = grant ?? {};
        if (!grant || !accountId || !clientId) return grant ?? undefined;
        return narrowGrant(grant as AdapterPayload & Scoped, await deps.withdrawn(accountId, clientId));
      }),
    destroy: (id) => provided(() => deps.revocation.revokeGrant(id)),
  };
}

/** The provider asks with `find`, then saves: the asking itself takes the place, so that two at once cannot both be first. */
function replayDetectionAdapter(deps: AdapterDeps): Adapter {
  const { store, clock } = deps;
  const kind = kindOf('ReplayDetection');
  return {
    ...documentAdapter('ReplayDetection', deps),
    find: (id) =>
      provided(async () => {
        const iat = epochSeconds(clock);
        const claim: AdapterPayload = { kind: 'ReplayDetection', iat, exp: iat + REPLAY_CLAIM_SECONDS };
        try {
          await store.put(kind, sha256(id), claim, { ifVersion: 0, ttl: REPLAY_CLAIM_SECONDS * 1000 });
          return undefined;
        } catch (error) {
          if (error instanceof VersionConflict) return { ...claim, jti: id };
          throw error;
        }
      }),
  };
}

async function consume(model: string, kind: Kind, id: string, store: Store): Promise<void> {
  const { outcome } = await store.consume(kind, sha256(id));
  if (outcome === 'first') return;
  if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
  throw new errors.InvalidGrant(`${model} was already redeemed`);
}

function payloadOf(model: string, doc: Doc | undefined, deps: AdapterDeps, id?: string): AdapterPayload | undefined {
  if (!doc) return undefined;
  const payload = { ...(doc.value as AdapterPayload), ...(id !== undefined && { jti: id }) };
  if (model === 'Session' && sessionIsOver(payload, deps)) return undefined;
  if (doc.consumedAt === undefined) return payload;
  if (REDEEMED.has(model)) {
    if (deps.clock.now() - doc.consumedAt < RACE_WINDOW_MS) return payload;
    deps.replayed(model, payload);
  }
  return { ...payload, consumed: Math.floor(doc.consumedAt / 1000) };
}

function sessionIsOver({ loginTs }: AdapterPayload, { clock, sessionAbsolute }: AdapterDeps): boolean {
  return loginTs !== undefined && loginTs + sessionAbsolute() <= Math.floor(clock.now() / 1000);
}

/**
 * Without the id itself, and without the session id that an Interaction copies: neither stands readable in the store. The
 * id of a Grant does: it is not a bearer value, tokens show it as `gid`, and who ends a grant must name it.
 */
function stripped(model: string, whole: AdapterPayload): AdapterPayload {
  if (model === 'Grant') return whole;
  const { jti: _jti, ...payload } = whole;
  if (model !== 'Interaction' || !payload.session) return payload;
  const { cookie: _cookie, ...session } = payload.session as typeof payload.session & { cookie?: string };
  return { ...payload, session };
}

function indexesOf({ grantId, accountId, uid, kind }: AdapterPayload): PutOptions {
  return {
    ...(kind === 'Session' && uid && { unique: { uid } }),
    indexes: {
      ...(grantId && kind !== 'Interaction' && { grantId: [grantId] }),
      ...(accountId && (kind === 'Session' || kind === 'Grant') && { accountId: [accountId] }),
    },
  };
}
