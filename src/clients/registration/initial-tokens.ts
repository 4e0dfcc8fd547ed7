// Initial access tokens (RFC 7591 §1.2): who holds one may register a client, as often as it says and until it ends. Made by
// administrators, shown once, kept as a hash.
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { DomainError } from '../../lib/errors.ts';
import { safeEqual, sha256 } from '../../lib/hash.ts';
import { randomBase62, randomToken } from '../../lib/random.ts';
import { defineCollection, type Page, type Store } from '../../storage/port.ts';

const DEFAULT_SECONDS = 3600;
const LONGEST_SECONDS = 90 * 86_400;
const MOST_USES = 1000;
const ID_LENGTH = 12;
const TOKEN = /^tim_reg_([0-9A-Za-z]{12})_[\w-]{43}$/;

const initialToken = z.object({
  hash: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  createdBy: z.string(),
  expiresAt: z.number(),
  uses: z.number(),
  used: z.number(),
  revoked: z.object({ at: z.number(), by: z.string() }).exactOptional(),
});

export type InitialToken = Omit<z.output<typeof initialToken>, 'hash'> & { id: string };

const initialTokens = defineCollection({
  name: 'initial_access_token',
  schema: initialToken,
  durable: true,
  listable: true,
});

export interface NewInitialToken {
  by: string;
  /** Seconds; an hour when absent. */
  expiresIn?: number;
  /** Once when absent. */
  uses?: number;
}

export type InitialTokens = ReturnType<typeof createInitialTokens>;

export function createInitialTokens({ store, clock }: { store: Store; clock: Clock }) {
  const collection = initialTokens(store, clock.now);
  const isGood = ({ expiresAt, uses, used, revoked }: z.output<typeof initialToken>): boolean =>
    revoked === undefined && used < uses && expiresAt > clock.now();

  /** The id of the record that the token opens, usable or not. */
  async function idOf(token: string): Promise<string | undefined> {
    const id = TOKEN.exec(token)?.[1];
    const found = id === undefined ? undefined : await collection.get(id);
    return found && safeEqual(found.value.hash, sha256(token)) ? id : undefined;
  }

  return {
    /** @throws DomainError invalid `registration_token_invalid` */
    async create({ by, expiresIn = DEFAULT_SECONDS, uses = 1 }: NewInitialToken) {
      if (expiresIn < 1 || expiresIn > LONGEST_SECONDS || uses < 1 || uses > MOST_USES) {
        throw new DomainError('invalid', 'registration_token_invalid', {
          detail: `it lives for 90d at most, and is good for ${MOST_USES} registrations at most`,
        });
      }
      const id = randomBase62(ID_LENGTH);
      const token = `tim_reg_${id}_${randomToken()}`;
      const createdAt = clock.now();
      const record = {
        hash: sha256(token),
        createdAt,
        createdBy: by,
        expiresAt: createdAt + expiresIn * 1000,
        uses,
        used: 0,
      };
      await collection.insert(id, record);
      return { token, record: faceOf(id, record) };
    },

    /** Its id while it is good for a registration. Uses nothing up. */
    async find(token: string): Promise<string | undefined> {
      const id = await idOf(token);
      const found = id === undefined ? undefined : await collection.get(id);
      return found && isGood(found.value) ? found.id : undefined;
    },

    /** Takes one use; false for who came too late. */
    async use(id: string): Promise<boolean> {
      let isTaken = false;
      await collection.update(id, (old) => {
        isTaken = isGood(old);
        return isTaken ? { ...old, used: old.used + 1 } : undefined;
      });
      return isTaken;
    },

    /** @throws DomainError not_found `registration_token_unknown` */
    async revoke(id: string, by: string): Promise<InitialToken> {
      const revoked = { at: clock.now(), by };
      const written = await collection.update(id, (old) => (old.revoked ? undefined : { ...old, revoked }));
      if (written) return faceOf(id, written.value);
      throw new DomainError('not_found', 'registration_token_unknown', {
        detail: `there is no registration token ${id}`,
      });
    },

    async list(query: { after?: string; limit: number }): Promise<Page<InitialToken>> {
      const page = await collection.list(query);
      return { ...page, items: page.items.map(({ id, value }) => faceOf(id, value)) };
    },

    /** For people: why it is no longer good. */
    stateOf: (token: InitialToken): 'good' | 'used' | 'expired' | 'revoked' => {
      if (token.revoked) return 'revoked';
      if (token.used >= token.uses) return 'used';
      return token.expiresAt <= clock.now() ? 'expired' : 'good';
    },
  };
}

const faceOf = (id: string, { hash: _hash, ...rest }: z.output<typeof initialToken>): InitialToken => ({ ...rest, id });
