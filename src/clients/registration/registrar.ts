// Clients that register themselves (RFC 7591) and look after themselves (RFC 7592): who may, and what follows. Metadata is read in
// `metadata.ts`; requests in `routes/registration.ts`. Nothing that a client names is ever fetched.
import type { ClientRegistrationConfig } from '../../config/config.ts';
import type { ClientJudgement } from '../../config/outside-client.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeEqual, secretHash, sha256 } from '../../lib/hash.ts';
import { randomToken } from '../../lib/random.ts';
import { isInUse, type StoredClient, type StoredClientRecord } from '../stored-client.ts';
import type { Allow, MadeClient, NewClient, Settings } from '../stored-clients.ts';
import type { InitialTokens } from './initial-tokens.ts';
import { metadataOf, readMetadata, refusedAt, type Registrable, RegistrationRefused } from './metadata.ts';

export const REGISTRATION_PATH = '/oauth/register';

/** What it does leaves records; see `compose/administration.ts`. */
export interface RegistrationActs {
  create(client: NewClient): Promise<MadeClient>;
  change(id: string, settings: Settings, allow: Allow): Promise<StoredClient>;
  end(id: string, allow: Allow): Promise<unknown>;
}

export interface RegistrarDeps {
  initialTokens: Pick<InitialTokens, 'find' | 'use'>;
  find(id: string): Promise<StoredClient | undefined>;
  judge(id: string, settings: Settings, secretHashes: readonly string[]): ClientJudgement;
  allowed(): ClientRegistrationConfig;
  issuer(): string;
  clock: Clock;
}

type Body = Readonly<Record<string, unknown>>;

export type Registrar = ReturnType<typeof createRegistrar>;

/** RFC 7592 §2.2. */
const NOT_SENT = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

/** Judged before there is a secret: only that there will be one counts. */
const SOME_SECRET = ['to be made'];

/** Every function throws `RegistrationRefused`. */
export function createRegistrar({ initialTokens, find, judge, allowed, issuer, clock }: RegistrarDeps) {
  function readJudged(body: Body): Registrable {
    const read = readMetadata(body, allowed());
    const { problems } = judge('', read.settings, read.authMethod === 'none' ? [] : SOME_SECRET);
    if (problems.length > 0) throw refusedAt(problems);
    return read;
  }

  const isOwned = (client: StoredClientRecord, token: string): boolean =>
    safeEqual(client.registration?.tokenHash ?? '', sha256(token)) && isInUse(client, clock.now());

  async function owned(id: string, token: string): Promise<StoredClient> {
    const client = await find(id);
    if (client && isOwned(client, token)) return client;
    throw notTheirs();
  }

  /** Judged again at the moment of the change: an administrator may have got there first. */
  const whileOwn =
    (id: string, token: string): Allow =>
    (old) => {
      if (!isOwned(old, token)) throw notTheirs();
      if ([old.createdBy, id].includes(old.changedBy)) return;
      throw new RegistrationRefused('access_denied', 'an administrator looks after this client now');
    };

  /** RFC 7591 §3.2.1 and RFC 7592 §3. */
  const answerOf = (client: StoredClient, token: string) => ({
    ...metadataOf(client),
    registration_access_token: token,
    registration_client_uri: `${issuer()}${REGISTRATION_PATH}/${client.id}`,
  });

  return {
    /** The initial access token is used up once the rest is right. */
    async register(initialToken: string, body: Body, acts: (by: string) => RegistrationActs) {
      const by = await initialTokens.find(initialToken);
      const refused = new RegistrationRefused('invalid_token', 'the initial access token is not good, or used up');
      if (by === undefined) throw refused;
      const { settings, authMethod } = readJudged(body);
      if (!(await initialTokens.use(by))) throw refused;
      const token = randomToken();
      const { expires } = allowed();
      const expiresAt = expires === undefined ? undefined : clock.now() + expires * 1000;
      const { client, secret } = await acts(by).create({
        settings,
        isConfidential: authMethod !== 'none',
        by,
        registered: {
          registration: { tokenHash: sha256(token), authMethod },
          ...(expiresAt !== undefined && { expiresAt }),
        },
      });
      const end = expiresAt === undefined ? 0 : Math.floor(expiresAt / 1000);
      return {
        ...answerOf(client, token),
        ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: end }),
      };
    },

    read: async (id: string, token: string) => answerOf(await owned(id, token), token),

    /** Replaces all that is registered. What an administrator has changed is theirs from then on. */
    async update(id: string, token: string, body: Body, acts: RegistrationActs) {
      const client = await owned(id, token);
      refuseForeign(client, body);
      const allow = whileOwn(id, token);
      allow(client);
      const { settings, authMethod } = readJudged(body);
      if ((authMethod === 'none') !== (client.secrets.length === 0)) {
        throw new RegistrationRefused(
          'invalid_client_metadata',
          'token_endpoint_auth_method: a public client stays public, and a confidential one confidential',
        );
      }
      return answerOf(await acts.change(id, { uri: null, ...settings }, allow), token);
    },

    /** As `update`: what is an administrator's only an administrator ends. */
    async end(id: string, token: string, acts: RegistrationActs): Promise<void> {
      await owned(id, token);
      await acts.end(id, whileOwn(id, token));
    },
  };
}

const notTheirs = (): RegistrationRefused =>
  new RegistrationRefused('invalid_token', 'this registration access token is not good for this client');

function refuseForeign({ id, secrets }: StoredClient, body: Body): void {
  const refuse = (description: string): never => {
    throw new RegistrationRefused('invalid_client_metadata', description);
  };
  const sent = NOT_SENT.find((name) => body[name] !== undefined);
  if (sent !== undefined) refuse(`${sent}: must not be sent`);
  if (body['client_id'] !== id) refuse('client_id: must be that of the client');
  const { client_secret: secret } = body;
  if (secret === undefined) return;
  const presented = secretHash(typeof secret === 'string' ? secret : '');
  if (!secrets.map(({ hash }) => safeEqual(hash, presented)).includes(true)) refuse('client_secret: is another one');
}
