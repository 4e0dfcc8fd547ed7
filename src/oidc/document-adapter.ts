// A model of oidc-provider as documents of the store. Ids are bearer values, so only their hashes reach the store. `consume` is
// atomic and throws to the losers, which the provider itself does not ensure. `adapter.ts` adds what single models need.
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import type { Doc, Kind, PutOptions, Store } from '../storage/port.ts';
import { kindOf } from './kinds.ts';
import { provided } from './refusal.ts';

/**
 * After a first redemption the record does not look consumed for this long: an attempt that raced with it is refused by
 * `consume` alone, while a later one is a replay, for which the provider revokes the grant (RFC 6749 §4.1.2, RFC 9700 §4.14).
 */
export const RACE_WINDOW_MS = 10_000;

const REDEEMED = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

export interface DocumentAdapterDeps {
  store: Store;
  clock: Clock;
  /** Seconds after sign-in at which a session ends, whatever its use. */
  sessionAbsolute(): number;
  /** Told of the payload of a code or token that was redeemed before, and is asked for again. */
  replayed(model: string, payload: AdapterPayload): void;
}

export function documentAdapter(model: string, deps: DocumentAdapterDeps): Adapter {
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

/** The payload of a stored document, as the provider may see it now. */
export function payloadOf(
  model: string,
  doc: Doc | undefined,
  deps: DocumentAdapterDeps,
  id?: string,
): AdapterPayload | undefined {
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

function sessionIsOver({ loginTs }: AdapterPayload, { clock, sessionAbsolute }: DocumentAdapterDeps): boolean {
  return loginTs !== undefined && loginTs + sessionAbsolute() <= Math.floor(clock.now() / 1000);
}

async function consume(model: string, kind: Kind, id: string, store: Store): Promise<void> {
  const { outcome } = await store.consume(kind, sha256(id));
  if (outcome === 'first') return;
  if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
  throw new errors.InvalidGrant(`${model} was already redeemed`);
}

/**
 * Without the id itself, and without the session id that an Interaction copies: neither stands readable in the store. The
 * id of a Grant does: it is not a bearer value, tokens show it as `gid`, and who ends a grant must name it.
 */
export function stripped(model: string, whole: AdapterPayload): AdapterPayload {
  if (model === 'Grant') return whole;
  const { jti: _jti, ...payload } = whole;
  if (model !== 'Interaction' || !payload.session) return payload;
  const { cookie: _cookie, ...session } = payload.session as typeof payload.session & { cookie?: string };
  return { ...payload, session };
}

export function indexesOf({ grantId, accountId, clientId, uid, kind }: AdapterPayload): PutOptions {
  return {
    ...(kind === 'Session' && uid && { unique: { uid } }),
    indexes: {
      ...(grantId && kind !== 'Interaction' && { grantId: [grantId] }),
      ...(accountId && (kind === 'Session' || kind === 'Grant') && { accountId: [accountId] }),
      ...(clientId && kind === 'Grant' && { clientId: [clientId] }),
    },
  };
}
