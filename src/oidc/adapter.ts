// oidc-provider's adapter on the storage port: what each model needs beside plain documents (`document-adapter.ts`). Clients come
// from `clients.ts`.
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { epochSeconds } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { VersionConflict } from '../storage/port.ts';
import type { DeviceCodePayload, DeviceCodes } from './device-codes.ts';
import { DEVICE_CODE_KIND } from './device-codes.ts';
import { documentAdapter, type DocumentAdapterDeps, indexesOf, payloadOf, stripped } from './document-adapter.ts';
import { type EditionOf, type Given, isToPresent } from './editions.ts';
import { narrowGrant, type Scoped } from './grant-records.ts';
import { kindOf } from './kinds.ts';
import { provided } from './refusal.ts';
import type { Revocation } from './revocation.ts';

/** Until `upsert` says how long the proof lives, a claimed `jti` stays claimed. */
const REPLAY_CLAIM_SECONDS = 600;

/** Requests of one browser at the same moment. */
const SAVE_TRIES = 20;

const OFFLINE = 'offline_access';

export interface AdapterDeps extends DocumentAdapterDeps {
  deviceCodes: DeviceCodes;
  revocation: Pick<Revocation, 'isGrantEnded' | 'isSessionEnded' | 'revokeGrant'>;
  /** Scopes that the person took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  editionOf: EditionOf;
  /** Refuses a device authorization beyond the limits. */
  admitDeviceAuthorization(): Promise<void>;
  /** RFC 8628 §3.5: refuses a poll that comes too soon; asked only for pending codes. */
  pacePoll(id: string, payload: DeviceCodePayload): Promise<void>;
  /** Told of a code that ran out unanswered, at each late poll. */
  expired(id: string, payload: DeviceCodePayload): Promise<void>;
  /** Told the user code under which a device authorization was stored. */
  userCodeReserved(userCode: string): void;
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
        if (!isToPresent(deps.editionOf, grant as Given)) return undefined;
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
