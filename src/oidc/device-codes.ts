// Device codes in the store (RFC 8628): lookup by user code and by QR handle, changes by compare-and-set with a hint to who
// watches (`qr/hints.ts`), the pace of polling. What may happen is decided in `qr/state.ts`; oidc-provider issues tokens.
import { randomInt } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { epochSeconds } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { derive, safeEqual, sha256 } from '../lib/hash.ts';
import { base32 } from '../lib/random.ts';
import type { Transaction } from '../qr/state.ts';
import { type Doc, type PutOptions, type Store, UniqueConflict, VersionConflict } from '../storage/port.ts';
import { kindOf } from './kinds.ts';

/** Seconds between polls (RFC 8628 §3.2). */
export const POLL_INTERVAL = 5;
/** A timer may fire early and a network may bunch: polls that come this much too soon are still in time. */
const POLL_TOLERANCE_MS = 500;
/** Kept after expiry, so that a late poll hears `expired_token` instead of `invalid_grant`. */
export const GRACE_SECONDS = 300;
/** RFC 8628 §6.1: no vowels, no digits, nothing that looks alike. 20^8 codes are 34.6 bits. */
const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const USER_CODE_LENGTH = 8;
const RESERVATION_TRIES = 5;
const UPDATE_TRIES = 20;

/** Carries the ids of device codes whose state has changed. */
const CHANGES = 'device-codes';

/** What the waiting browser may do with a pass. */
export type PassUse = 'events' | 'check';

export const DEVICE_CODE_KIND = kindOf('DeviceCode');

/** The members of oidc-provider's DeviceCode payload that we read or write, and our own `transaction`. */
export interface DeviceCodePayload {
  exp: number;
  clientId: string;
  userCode: string;
  params: { scope?: string; resource?: string | string[]; nonce?: string; check_supported?: string };
  deviceInfo?: { address?: string; userAgent?: string; browser?: string };
  accountId?: string;
  grantId?: string;
  scope?: string;
  resource?: string;
  authTime?: number;
  amr?: readonly string[];
  acr?: string;
  nonce?: string;
  error?: string;
  errorDescription?: string;
  transaction?: Transaction;
  /** What the approver acted by. */
  approvedVia?: string;
}

export interface DeviceCodeRecord {
  /** Names the transaction to the approving side; a hash of the device code, useless at the token endpoint. */
  id: string;
  payload: DeviceCodePayload;
  consumed: boolean;
}

export type DeviceCodes = ReturnType<typeof createDeviceCodes>;

export interface DeviceCodesDeps {
  store: Store;
  clock: Clock;
  /** Derives the QR handle from the device code, so that only its hash needs to be stored, and the secret of its events. */
  pepper: string;
  /** A hint that could not be given: the change itself is stored, and the poll finds it. */
  onError(error: unknown): void;
}

export function createDeviceCodes({ store, clock, pepper, onError }: DeviceCodesDeps) {
  /** 128 bits for the link in the QR; says nothing about the device code (HMAC). */
  const handleOf = (deviceCode: string): string =>
    base32(derive(pepper, 'device-code handle', deviceCode).subarray(0, 16));

  /** 128 bits, for each use apart and apart from the handle: who has scanned can neither watch nor type the digits. */
  const macOf = (use: PassUse, id: string): string =>
    derive(pepper, `device-code ${use}`, id).subarray(0, 16).toString('base64url');

  const indexes = (payload: DeviceCodePayload, handle: string): PutOptions => ({
    unique: { userCode: payload.userCode, handle },
    ...(payload.grantId && { indexes: { grantId: [payload.grantId] } }),
  });

  const record = (doc: Doc | undefined): DeviceCodeRecord | undefined =>
    doc && { id: doc.id, payload: (doc.value as StoredDeviceCode).payload, consumed: doc.consumedAt !== undefined };

  return {
    handleOf,

    /** The last segment of `events_uri` or `check_uri`: names the transaction and proves that this server gave it out. */
    passFor: (use: PassUse, id: string): string => `${id}.${macOf(use, id)}`,

    /** The id of the transaction that a pass is for; `undefined` when it is not one of ours for this use. */
    idOfPass(use: PassUse, pass: string): string | undefined {
      const [id = '', mac = ''] = pass.split('.', 2);
      return safeEqual(pass, `${id}.${mac}`) && safeEqual(mac, macOf(use, id)) ? id : undefined;
    },

    /** Hears the id of each code whose state has changed, in whichever process. Resolves to the end of it. */
    onChange: (listener: (id: string) => void) => store.subscribe(CHANGES, listener),

    /** Stores a new device code under a user code that no living one has; answers the code that it got (RFC 8628 §6.1). */
    async reserve(deviceCode: string, payload: DeviceCodePayload, ttl: number): Promise<string> {
      const handle = sha256(handleOf(deviceCode));
      for (let attempt = 1; ; attempt++) {
        const userCode = (attempt === 1 && payload.userCode) || randomUserCode();
        const value: StoredDeviceCode = { payload: { ...payload, userCode }, handle };
        try {
          await store.put(DEVICE_CODE_KIND, sha256(deviceCode), value, {
            ...indexes(value.payload, handle),
            ifVersion: 0,
            ttl: (ttl + GRACE_SECONDS) * 1000,
          });
          return userCode;
        } catch (error) {
          if (!(error instanceof UniqueConflict) || attempt === RESERVATION_TRIES) throw error;
        }
      }
    },

    get: async (id: string) => record(await store.get(DEVICE_CODE_KIND, id)),
    findByDeviceCode: async (deviceCode: string) => record(await store.get(DEVICE_CODE_KIND, sha256(deviceCode))),
    findByUserCode: async (userCode: string) => record(await store.find(DEVICE_CODE_KIND, 'userCode', userCode)),
    findByHandle: async (handle: string) =>
      record(await store.find(DEVICE_CODE_KIND, 'handle', sha256(handle.toUpperCase()))),

    /**
     * Compare-and-set on a code that was not redeemed. `change` is pure, may run again and may throw the refusal.
     * Throws `code_unknown` when the code is gone or was redeemed.
     */
    async update(id: string, change: (payload: DeviceCodePayload) => DeviceCodePayload): Promise<DeviceCodePayload> {
      for (let attempt = 1; ; attempt++) {
        const doc = await store.get(DEVICE_CODE_KIND, id);
        if (!doc) throw new DomainError('not_found', 'code_unknown');
        const { payload, handle } = doc.value as StoredDeviceCode;
        const next = change(payload);
        if (next === payload) return payload;
        try {
          await store.put(DEVICE_CODE_KIND, id, { payload: next, handle } satisfies StoredDeviceCode, {
            ...indexes(next, handle),
            ifVersion: doc.version,
            ttl: Math.max(1, (doc.expiresAt ?? 0) - clock.now()),
          });
          void store.publish(CHANGES, id).catch(onError);
          return next;
        } catch (error) {
          if (!(error instanceof VersionConflict) || attempt === UPDATE_TRIES) throw error;
        }
      }
    },

    /**
     * RFC 8628 §3.5: true when this poll of a pending code came sooner than the interval after the last accepted one.
     * The first poll never does. Counted outside the record, so that a poll cannot undo an approval.
     */
    async polledTooSoon(id: string): Promise<boolean> {
      const { count } = await store.hit(`poll:${id}`, 1, POLL_INTERVAL * 1000 - POLL_TOLERANCE_MS);
      return count > 1;
    },

    isPending: (payload: DeviceCodePayload): boolean => isOpen(payload) && payload.exp > epochSeconds(clock),
    hasRunOut: (payload: DeviceCodePayload): boolean => isOpen(payload) && payload.exp <= epochSeconds(clock),
  };
}

/** Nobody has approved or denied it. */
const isOpen = ({ accountId, error }: DeviceCodePayload): boolean => accountId === undefined && error === undefined;

/** The client said in its request that it can ask the person for digits. */
export const canTakeDigits = ({ check_supported }: { check_supported?: unknown }): boolean =>
  check_supported === 'true';

interface StoredDeviceCode {
  payload: DeviceCodePayload;
  /** SHA-256 of the QR handle. */
  handle: string;
}

const randomUserCode = (): string =>
  Array.from({ length: USER_CODE_LENGTH }, () => USER_CODE_ALPHABET[randomInt(USER_CODE_ALPHABET.length)]).join('');

/** RFC 8628 §6.1: upper case, without punctuation and spaces; full-width letters count as their plain ones. */
export const normalizeUserCode = (input: string): string =>
  input
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/gu, '');

/** `BCDFGHJK` as `BCDF-GHJK`. */
export const formatUserCode = (userCode: string): string => `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
