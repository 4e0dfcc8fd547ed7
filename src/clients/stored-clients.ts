// Clients that no file manages: made, changed, disabled; never removed, so that records keep their meaning. A file that has the
// id of one wins. What follows for grants and tokens, and the record of who did it, is in `compose/administration.ts`.
import { isDeepStrictEqual } from 'node:util';
import type { ClientJudgement } from '../config/outside-client.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { secretHash } from '../lib/hash.ts';
import { randomBase62, randomToken } from '../lib/random.ts';
import type { Collection, Page, Stored } from '../storage/port.ts';
import { CLIENT_ID_PREFIX, type StoredClient, type StoredClientRecord } from './stored-client.ts';

/** 95 bits. */
const ID_LENGTH = 16;
const SECRET_ID_LENGTH = 8;
/** More than two at once is a rotation that nobody ended. */
const MAX_SECRETS = 5;

export type Settings = Readonly<Record<string, unknown>>;

/** Throws where a client as it stands at the moment of the change must stay so. */
export type Allow = (old: StoredClientRecord) => void;

const always: Allow = () => undefined;

export interface NewClient {
  settings: Settings;
  isConfidential: boolean;
  /** Who makes it. */
  by: string;
  registered?: Required<Pick<StoredClientRecord, 'registration'>> & Pick<StoredClientRecord, 'expiresAt'>;
}

/** A secret is told once, here. */
export interface MadeClient {
  client: StoredClient;
  secret?: string;
}

export interface ChangedClient {
  client: StoredClient;
  before: Settings;
}

export interface StoredClientsDeps {
  collection: Collection<StoredClientRecord>;
  clock: Clock;
  /** By the rules of the files in force. */
  judge(id: string, settings: Settings, secretHashes: readonly string[]): ClientJudgement;
  /** `file:line` of the client in the files in force, or `built in`. */
  managedBy(id: string): string | undefined;
  changed(id: string): Promise<void>;
  /** Tidies away what people gave to a former edition of it, which counts for nothing already. */
  endGrants(id: string): Promise<void>;
}

export type StoredClients = ReturnType<typeof createStoredClients>;

export function createStoredClients(deps: StoredClientsDeps) {
  const { collection, clock, judge, managedBy, changed, endGrants } = deps;

  const newSecret = (by: string) => {
    const secret = randomToken();
    const kept = {
      id: randomBase62(SECRET_ID_LENGTH),
      hash: secretHash(secret),
      createdAt: clock.now(),
      createdBy: by,
    };
    return { secret, kept };
  };

  function refuseBroken(id: string, settings: Settings, secrets: StoredClientRecord['secrets']): void {
    const { problems } = judge(id, settings, hashesOf(secrets));
    if (problems.length === 0) return;
    const said = problems.map(({ path, message }) => [path.map(String).join('.'), message].filter(Boolean).join(': '));
    throw new DomainError('invalid', 'client_invalid', { detail: said.join('; '), problems: said });
  }

  /** @throws DomainError not_found `client_unknown`, conflict `managed_by_file` */
  async function change(
    id: string,
    next: (old: StoredClientRecord) => StoredClientRecord | undefined,
  ): Promise<StoredClient> {
    const place = managedBy(id);
    if (place !== undefined) {
      throw new DomainError('conflict', 'managed_by_file', {
        detail: `the client ${id} is managed by ${place}; change it there`,
      });
    }
    let isOther = false;
    const written = await collection.update(id, (old) => {
      const made = next(old);
      isOther = made !== undefined && old.origin === 'registration' && hasOtherFace(old.settings, made.settings);
      return made && isOther ? { ...made, edition: (old.edition ?? 0) + 1 } : made;
    });
    if (!written) throw unknown(id);
    if (isOther) await endGrants(id);
    await changed(id);
    return faceOf(written);
  }

  const touched = (old: StoredClientRecord, by: string): StoredClientRecord => ({
    ...old,
    changedAt: clock.now(),
    changedBy: by,
  });

  return {
    async find(id: string): Promise<StoredClient | undefined> {
      const found = await collection.get(id);
      return found && faceOf(found);
    },

    async list(query: { after?: string; limit: number }): Promise<Page<StoredClient>> {
      const page = await collection.list(query);
      return { ...page, items: page.items.map(faceOf) };
    },

    /** @throws DomainError invalid `client_invalid`, naming every broken rule */
    async create({ settings: sent, isConfidential, by, registered }: NewClient): Promise<MadeClient> {
      const settings = given(sent);
      const made = isConfidential ? newSecret(by) : undefined;
      const secrets = made ? [made.kept] : [];
      const id = CLIENT_ID_PREFIX + randomBase62(ID_LENGTH);
      refuseBroken(id, settings, secrets);
      const now = clock.now();
      const born = { createdAt: now, createdBy: by, changedAt: now, changedBy: by };
      const origin = registered ? 'registration' : 'console';
      const client = await collection.insert(id, { origin, settings, secrets, ...born, ...registered });
      await changed(id);
      return { client: faceOf(client), ...(made && { secret: made.secret }) };
    },

    /**
     * Replaces settings one by one; `null` takes one away. Answers also those it found, which may be the same: then nobody changed
     * anything. Throws as `create`, and as every change does.
     */
    async change(id: string, settings: Settings, by: string, allow = always): Promise<ChangedClient> {
      let before: Settings = {};
      const client = await change(id, (old) => {
        allow(old);
        const next = given({ ...old.settings, ...settings });
        refuseBroken(id, next, old.secrets);
        before = old.settings;
        return isDeepStrictEqual(before, next) ? undefined : { ...touched(old, by), settings: next };
      });
      return { client, before };
    },

    /** One more secret; the former ones are accepted until they are removed, at once with `replace`. */
    async addSecret(id: string, by: string, { replace = false } = {}): Promise<Required<MadeClient>> {
      const { secret, kept } = newSecret(by);
      const client = await change(id, (old) => {
        if (old.secrets.length === 0) {
          throw new DomainError('conflict', 'client_public', { detail: 'a public client has no secrets' });
        }
        if (!replace && old.secrets.length >= MAX_SECRETS) {
          throw new DomainError('conflict', 'too_many_secrets', {
            detail: `remove one of the ${MAX_SECRETS} secrets first`,
          });
        }
        return { ...touched(old, by), secrets: [kept, ...(replace ? [] : old.secrets)] };
      });
      return { client, secret };
    },

    removeSecret: (id: string, secretId: string, by: string): Promise<StoredClient> =>
      change(id, (old) => {
        const secrets = old.secrets.filter((secret) => secret.id !== secretId);
        if (secrets.length === old.secrets.length) {
          throw new DomainError('not_found', 'secret_unknown', { detail: 'the client has no such secret' });
        }
        if (secrets.length === 0) {
          throw new DomainError('conflict', 'last_secret', { detail: 'the last secret stays: make another one first' });
        }
        return { ...touched(old, by), secrets };
      }),

    disable: (id: string, by: string, why?: 'deleted', allow = always): Promise<StoredClient> =>
      change(id, (old) => {
        allow(old);
        return { ...old, disabled: old.disabled ?? { at: clock.now(), by, ...(why && { why }) } };
      }),

    /** An administrator who enables it vouches for it: it no longer ends by itself. */
    enable: (id: string, by: string): Promise<StoredClient> =>
      change(id, (old) => {
        refuseBroken(id, old.settings, old.secrets);
        const { disabled: _disabled, expiresAt: _end, ...rest } = old;
        return touched(rest, by);
      }),

    /** For a client that a file has taken over; false when it was disabled before. */
    async supersede(id: string): Promise<boolean> {
      let isDone = false;
      await collection.update(id, (old) => {
        isDone = old.disabled === undefined;
        return isDone ? { ...old, disabled: { at: clock.now(), by: 'server', why: 'superseded' } } : undefined;
      });
      if (isDone) await changed(id);
      return isDone;
    },
  };
}

export const hashesOf = (secrets: StoredClientRecord['secrets']): string[] => secrets.map(({ hash }) => hash);

/** What the consent page shows of a client, beside where it leads. */
const FACE = ['name', 'uri', 'logo_uri'];

/** Whether people would see something else, or come to a host that they did not see. */
function hasOtherFace(before: Settings, after: Settings): boolean {
  const known = hostsOf(before);
  return FACE.some((name) => before[name] !== after[name]) || hostsOf(after).some((host) => !known.includes(host));
}

/** As the consent page names an address. */
const hostsOf = ({ redirect_uris: uris }: Settings): string[] =>
  Array.isArray(uris) ? uris.map(String).map((uri) => (URL.canParse(uri) && new URL(uri).host) || uri) : [];

/** `null` stands for what is not set; what a list says twice is said once. */
const given = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, Array.isArray(value) ? [...new Set<unknown>(value)] : value]),
  );

const faceOf = ({ id, value }: Stored<StoredClientRecord>): StoredClient => ({ ...value, id });

const unknown = (id: string): DomainError =>
  new DomainError('not_found', 'client_unknown', { detail: `there is no client ${id}` });
