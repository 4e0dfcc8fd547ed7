// The two ceremonies of WebAuthn (Level 3, §7.1 and §7.2), by @simplewebauthn/server. A challenge is sealed into a ticket for one
// use, one browser and one purpose, and taken once; whose passkey it is and whether its counter rises is `factors.ts`.
import { isIP } from 'node:net';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import { sha256 } from '../../lib/hash.ts';
import { randomToken } from '../../lib/random.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { type Store, VersionConflict } from '../../storage/port.ts';
import type { NewPasskey } from './kept-passkeys.ts';
import type { PasskeyRecord } from './record.ts';

const TICKET_MS = 10 * 60 * 1000;
const TAKEN = { name: 'taken-challenge', durable: false, listable: false };
const MAX_RESPONSE = 32 * 1024;

/** What a challenge is for; a ticket for one thing is worth nothing for another. */
export interface Purpose {
  use: 'sign_in' | 'second' | 'confirm' | 'register';
  /** Of the browser it is given to. */
  browser: string;
  /** The account, or the sign-in begun; absent when anybody may answer. */
  subject?: string;
}

/** For the browser: options as JSON (WebAuthn §5.1.8, §5.1.9), and the ticket that comes back with the answer. */
export interface Ceremony {
  options: string;
  ticket: string;
}

export interface Assertion {
  /** Of the account the authenticator names, where it names one. */
  userHandle: string | undefined;
  credentialId: string;
  /** Against the stored key. Throws `passkey_refused` (`forbidden`). */
  verify(passkey: PasskeyRecord): Promise<{ counter: number; isBackedUp: boolean }>;
}

export interface PasskeysDeps {
  store: Store;
  clock: Clock;
  sealer: Sealer;
  issuer(): string;
}

export type Passkeys = ReturnType<typeof createPasskeys>;

const ticketSchema = z.object({
  use: z.string(),
  browser: z.string(),
  subject: z.string().exactOptional(),
  challenge: z.string(),
  until: z.number(),
});

const credentialSchema = z.looseObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string(), userHandle: z.string().nullish() }),
});

const refused = (cause?: unknown): DomainError => new DomainError('forbidden', 'passkey_refused', { cause });

export function createPasskeys({ store, clock, sealer, issuer }: PasskeysDeps) {
  const relyingParty = (): { origin: string; rpId: string } => {
    const { origin, hostname } = new URL(issuer());
    return { origin, rpId: hostname };
  };

  async function ceremony(purpose: Purpose, options: { challenge: string }): Promise<Ceremony> {
    const ticket = { ...purpose, challenge: options.challenge, until: clock.now() + TICKET_MS };
    return { options: JSON.stringify(options), ticket: await sealer.seal(JSON.stringify(ticket)) };
  }

  /** The challenge of a ticket, once. Throws `passkey_refused`, `challenge_expired` (`expired`). */
  async function take(ticket: string, purpose: Purpose): Promise<string> {
    const text = await sealer.open(ticket);
    if (text === undefined) throw refused();
    const { use, browser, subject, challenge, until } = ticketSchema.parse(JSON.parse(text));
    if (use !== purpose.use || browser !== purpose.browser || subject !== purpose.subject) throw refused();
    if (until <= clock.now()) throw new DomainError('expired', 'challenge_expired');
    try {
      await store.put(TAKEN, sha256(challenge), {}, { ifVersion: 0, ttl: TICKET_MS });
    } catch (error) {
      throw error instanceof VersionConflict ? refused(error) : error;
    }
    return challenge;
  }

  return {
    /** Authenticators bind to a domain name; an address of a LAN is none (WebAuthn §5.1.3). */
    arePossible: (): boolean => isIP(relyingParty().rpId.replace(/^\[|\]$/g, '')) === 0,

    async beginRegistration(
      purpose: Purpose,
      account: { id: string; name: string; displayName: string; passkeys: readonly PasskeyRecord[] },
    ): Promise<Ceremony> {
      const options = await generateRegistrationOptions({
        rpName: 'TokenIM',
        rpID: relyingParty().rpId,
        userID: new TextEncoder().encode(account.id),
        userName: account.name,
        userDisplayName: account.displayName,
        challenge: challengeBytes(),
        attestationType: 'none',
        excludeCredentials: account.passkeys.map(descriptor),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      });
      return ceremony(purpose, options);
    },

    /** Throws as `take`. */
    async finishRegistration(purpose: Purpose, ticket: string, response: string, name: string): Promise<NewPasskey> {
      const credential = parseCredential(response) as unknown as RegistrationResponseJSON;
      const expectedChallenge = await take(ticket, purpose);
      const { origin, rpId } = relyingParty();
      const { registrationInfo: info } = await verifying(() =>
        verifyRegistrationResponse({
          response: credential,
          expectedChallenge,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
        }),
      );
      if (!info) throw refused();
      return {
        id: info.credential.id,
        publicKey: Buffer.from(info.credential.publicKey).toString('base64url'),
        counter: info.credential.counter,
        transports: (info.credential.transports ?? []).map(String).slice(0, 8),
        name,
        isSynced: info.credentialDeviceType === 'multiDevice',
        isBackedUp: info.credentialBackedUp,
      };
    },

    /** Without passkeys the person chooses among all that their devices hold for us. */
    async beginAssertion(purpose: Purpose, passkeys: readonly PasskeyRecord[] = []): Promise<Ceremony> {
      const options = await generateAuthenticationOptions({
        rpID: relyingParty().rpId,
        challenge: challengeBytes(),
        userVerification: 'required',
        ...(passkeys.length > 0 && { allowCredentials: passkeys.map(descriptor) }),
      });
      return ceremony(purpose, options);
    },

    /** Throws as `take`. */
    async readAssertion(purpose: Purpose, ticket: string, response: string): Promise<Assertion> {
      const credential = parseCredential(response);
      const expectedChallenge = await take(ticket, purpose);
      const { userHandle } = credential.response;
      return {
        userHandle: userHandle ? Buffer.from(userHandle, 'base64url').toString() : undefined,
        credentialId: credential.id,
        async verify({ id, publicKey, transports }) {
          const { origin, rpId } = relyingParty();
          const { verified, authenticationInfo } = await verifying(() =>
            verifyAuthenticationResponse({
              response: credential as unknown as AuthenticationResponseJSON,
              expectedChallenge,
              expectedOrigin: origin,
              expectedRPID: rpId,
              // The counter is compared where it is written, or two uses at once would both pass.
              credential: {
                id,
                publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
                counter: 0,
                transports,
              },
              requireUserVerification: true,
            }),
          );
          if (!verified) throw refused();
          return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp };
        },
      };
    },
  };
}

const challengeBytes = () => new Uint8Array(Buffer.from(randomToken(), 'base64url'));

const descriptor = ({ id, transports }: PasskeyRecord) => ({ id, transports });

function parseCredential(text: string) {
  if (text.length > MAX_RESPONSE) throw refused();
  try {
    return credentialSchema.parse(JSON.parse(text));
  } catch (error) {
    throw refused(error);
  }
}

/** The library throws plain errors for whatever does not match; none of it is the server's fault. */
async function verifying<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(error);
  }
}
