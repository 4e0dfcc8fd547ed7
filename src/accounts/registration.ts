// Registering: what somebody asked for waits under the link that was mailed, apart from accounts, so nobody can occupy an
// address or a user name that is not theirs. Whoever holds the mailbox makes the account, with a password of their own:
// one chosen elsewhere counts only in the very browser that chose it (pre-hijacking, Sudhodanan & Paverd 2022).
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { isDomainError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { defineCollection, type Store, type Stored } from '../storage/port.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { personRecord } from './new-account.ts';
import type { Passwords } from './password.ts';

const registrationRecord = z.object({
  /** As `parseEmail` answers it. */
  email: z.string(),
  username: z.string().exactOptional(),
  name: z.string().exactOptional(),
  locale: z.enum(['zh-CN', 'zh-TW', 'en']).exactOptional(),
  /** Absent: whoever opens the link chooses one. */
  passwordHash: z.string().exactOptional(),
  /** Hash of the cookie of the browser that chose the password. */
  browser: z.string().exactOptional(),
  /** Path of this server to go on to, in that browser. */
  returnTo: z.string().exactOptional(),
  createdAt: z.number(),
});

export type RegistrationRecord = z.infer<typeof registrationRecord>;
/** `browser` as the browser holds it. */
export type NewRegistration = Omit<RegistrationRecord, 'createdAt'>;

export type OpenedLink =
  | { kind: 'unknown' }
  /** The address has an account, by this link or otherwise. Only who reads its mail gets to know. */
  | { kind: 'already_active' }
  | { kind: 'open'; email: string; passwordChosen: boolean };

export type Activation =
  | { kind: 'unknown' | 'already_active' | 'password_needed' }
  | { kind: 'activated'; account: Account; usernameTaken: boolean; returnTo: string | undefined; created: boolean };

export interface Registrations {
  /** The token of a link, 256 bits; only its hash is kept. */
  create(registration: NewRegistration): Promise<string>;
  /** What this browser asked for under the address and has not activated. */
  findOwn(email: string, browser: string | undefined): Promise<NewRegistration | undefined>;
  /** Whether anybody asked for this address. */
  exists(email: string): Promise<boolean>;
  open(token: string, browser: string | undefined): Promise<OpenedLink>;
  /** Throws the refusals of a new password, and `unavailable`. */
  activate(token: string, by: { browser: string | undefined; password: string | undefined }): Promise<Activation>;
}

export interface RegistrationsDeps {
  store: Store;
  clock: Clock;
  directory: Pick<Directory, 'findByLogin' | 'insert' | 'confirm'>;
  passwords: Pick<Passwords, 'accept' | 'hash'>;
  /** 256 random bits as text. */
  newToken: () => string;
  lifetime: () => number;
}

// The id is the hash of the token.
const registrationCollection = defineCollection({
  name: 'registration',
  schema: registrationRecord,
  durable: true,
  indexes: ({ email }) => ({ email: [email] }),
});

const PAGE = 100;

export function createRegistrations(deps: RegistrationsDeps): Registrations {
  const { store, clock, directory, passwords, newToken, lifetime } = deps;
  const registrations = registrationCollection(store, () => clock.now());

  const ofAddress = async (email: string): Promise<Stored<RegistrationRecord>[]> =>
    (await registrations.list({ index: { name: 'email', value: email }, limit: PAGE })).items;

  async function opened(token: string) {
    const link = await registrations.get(sha256(token));
    if (!link) return undefined;
    const account = await directory.findByLogin(link.value.email);
    return { link, account, settled: account ? account.status !== 'pending' : link.consumedAt !== undefined };
  }

  async function chosenHash(registration: RegistrationRecord, password: string): Promise<string> {
    const { email, username, name } = registration;
    await passwords.accept(
      password,
      [email, username, name].filter((text) => text !== undefined),
    );
    return passwords.hash(password);
  }

  /** The other links of the address end; this one stays to tell that it was used. */
  async function settle({ id, value: { email } }: Stored<RegistrationRecord>): Promise<void> {
    await registrations.consume(id);
    const others = (await ofAddress(email)).filter((other) => other.id !== id);
    await Promise.all(others.map((other) => registrations.delete(other.id)));
  }

  /** The unique address decides among concurrent activations. */
  async function createAccount(registration: RegistrationRecord, passwordHash: string): Promise<Activation> {
    const { email, username, name, locale, returnTo } = registration;
    const now = clock.now();
    const insert = (own: { username?: string }) =>
      directory.insert({
        ...personRecord({ email, active: true, ...own, ...(name && { name }), ...(locale && { locale }) }, now),
        passwordHash,
        passwordChangedAt: now,
      });
    try {
      const account = await insert(username === undefined ? {} : { username });
      return { kind: 'activated', account, usernameTaken: false, returnTo, created: true };
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error;
      if (username === undefined || (await directory.findByLogin(email))) return { kind: 'already_active' };
      return { kind: 'activated', account: await insert({}), usernameTaken: true, returnTo, created: true };
    }
  }

  return {
    async create({ browser, ...registration }) {
      const token = newToken();
      const record = { ...registration, createdAt: clock.now(), ...(browser && { browser: sha256(browser) }) };
      await registrations.insert(sha256(token), record, { ttl: lifetime() * 1000 });
      return token;
    },

    async findOwn(email, browser) {
      if (browser === undefined) return undefined;
      const own = (await ofAddress(email))
        .filter(({ value, consumedAt }) => value.browser === sha256(browser) && consumedAt === undefined)
        .toSorted((a, b) => b.value.createdAt - a.value.createdAt);
      if (!own[0]) return undefined;
      const { createdAt: _, ...registration } = own[0].value;
      return { ...registration, browser };
    },

    exists: async (email) => (await ofAddress(email)).some(({ consumedAt }) => consumedAt === undefined),

    async open(token, browser) {
      const found = await opened(token);
      if (!found) return { kind: 'unknown' };
      if (found.settled) return { kind: found.account ? 'already_active' : 'unknown' };
      const { value } = found.link;
      return { kind: 'open', email: value.email, passwordChosen: ownHash(value, browser) !== undefined };
    },

    async activate(token, { browser, password }) {
      const found = await opened(token);
      if (!found) return { kind: 'unknown' };
      const { link, account, settled } = found;
      if (settled) return { kind: account ? 'already_active' : 'unknown' };

      const own = ownHash(link.value, browser);
      if (own === undefined && password === undefined) return { kind: 'password_needed' };
      const passwordHash = own ?? (await chosenHash(link.value, password ?? ''));
      const activation: Activation = account
        ? {
            kind: 'activated',
            account: await directory.confirm(account.id, passwordHash),
            usernameTaken: false,
            returnTo: link.value.returnTo,
            created: false,
          }
        : await createAccount(link.value, passwordHash);
      await settle(link);
      if (activation.kind !== 'activated' || own !== undefined) return activation;
      return { ...activation, returnTo: undefined };
    },
  };
}

/** The password that this browser chose when it registered. */
const ownHash = ({ browser, passwordHash }: RegistrationRecord, given: string | undefined): string | undefined =>
  browser !== undefined && given !== undefined && sha256(given) === browser ? passwordHash : undefined;
