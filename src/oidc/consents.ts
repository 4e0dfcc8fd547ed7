// What people agreed to or left out, remembered per account and client, so that the consent page asks only for what is new. Grants are
// made of it (`grants.ts`); ending a grant by hand forgets it.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { EditionOf } from './editions.ts';
import { everyItem, gather } from '../storage/pages.ts';
import { defineCollection, type Store, VersionConflict } from '../storage/port.ts';

/** Scopes by where they belong. */
export interface Granted {
  openid: readonly string[];
  /** By resource indicator. */
  resources: Readonly<Record<string, readonly string[]>>;
}

const consentRecord = z.object({
  accountId: z.string(),
  clientId: z.string(),
  openid: z.array(z.string()),
  resources: z.record(z.string(), z.array(z.string())),
  /** Taken back, and not given again since: no grant to the client holds them, whatever it says. */
  withdrawn: z.array(z.string()).exactOptional(),
  /** Those of `withdrawn` that were left out when they were asked for: not asked for again. */
  refused: z.array(z.string()).exactOptional(),
  updatedAt: z.number(),
  /** Of the client that it was said to (`editions.ts`). */
  edition: z.number().exactOptional(),
});

type ConsentRecord = z.output<typeof consentRecord>;

/** As a record holds them. */
type Placed = Pick<ConsentRecord, 'openid' | 'resources'>;

const consentCollection = defineCollection({
  name: 'consent',
  schema: consentRecord,
  durable: true,
  listable: true,
  indexes: ({ accountId, clientId }) => ({ accountId: [accountId], clientId: [clientId] }),
});

export interface Consent extends Granted {
  withdrawn: readonly string[];
  refused: readonly string[];
}

const NOTHING: Placed & { refused: string[] } = {
  openid: [],
  resources: {},
  refused: [],
};

export type Consents = ReturnType<typeof createConsents>;

/** An answer on the page that showed this edition of the client. */
export interface Answer {
  refused?: readonly string[];
  /** Absent: what was said before is only amended. */
  edition?: number;
}

export interface ConsentsDeps {
  store: Store;
  clock: Clock;
  editionOf: EditionOf;
}

export function createConsents({ store, clock, editionOf }: ConsentsDeps) {
  const consents = consentCollection(store, clock.now);
  const idOf = (accountId: string, clientId: string) => `${accountId}:${clientId}`;

  async function ensure(accountId: string, clientId: string): Promise<string> {
    const id = idOf(accountId, clientId);
    const edition = editionOf(clientId);
    const empty = { accountId, clientId, openid: [], resources: {}, updatedAt: clock.now(), edition };
    await consents.insert(id, empty).catch((error: unknown) => {
      if (!(error instanceof VersionConflict)) throw error;
    });
    return id;
  }

  const answered = (old: ConsentRecord, given: readonly string[], refused: readonly string[]): ConsentRecord => ({
    ...old,
    ...without(old, refused),
    withdrawn: union(minus(old.withdrawn, given), refused),
    refused: union(minus(old.refused, given), refused),
    updatedAt: clock.now(),
  });

  /** What was said to a former edition of the client counts as never said; what was taken back stays so. */
  const saidTo = (edition: number, value: ConsentRecord): ConsentRecord =>
    (value.edition ?? 0) === edition ? value : { ...value, ...NOTHING };
  const inForce = (value: ConsentRecord): ConsentRecord => saidTo(editionOf(value.clientId), value);

  return {
    /** Everybody who agreed to something, with the scopes that they have not taken back. */
    async *given(clientId: string): AsyncGenerator<{ accountId: string; scopes: string[] }> {
      const index = { name: 'clientId', value: clientId };
      for await (const { value } of everyItem((range) => consents.list({ index, ...range }))) {
        yield { accountId: value.accountId, scopes: scopesOf(inForce(value)) };
      }
    },

    /** The next sign-in to the client asks for everything again. What was taken back stays so for grants that live on. */
    async forget(accountId: string, clientId: string): Promise<void> {
      await consents.update(idOf(accountId, clientId), (old) => ({ ...old, ...NOTHING }));
    },

    /** What the account will not be asked for again, by client; it outlives the grants that sessions and devices hold. */
    async rememberedBy(accountId: string): Promise<{ clientId: string; scopes: string[]; issuedAt: number }[]> {
      const index = { name: 'accountId', value: accountId };
      const found = await gather(everyItem((range) => consents.list({ index, ...range })));
      return found.flatMap(({ value }) => {
        const { clientId, updatedAt: issuedAt, withdrawn = [], refused = [], ...given } = inForce(value);
        const scopes = minus(scopesOf(given), withdrawn);
        return scopes.length + refused.length > 0 ? [{ clientId, scopes, issuedAt }] : [];
      });
    },

    /** Nothing for who was never asked. */
    async find(accountId: string, clientId: string): Promise<Consent> {
      const found = await consents.get(idOf(accountId, clientId));
      const known = found && inForce(found.value);
      const { openid, resources } = known ?? NOTHING;
      return { openid, resources, withdrawn: known?.withdrawn ?? [], refused: known?.refused ?? [] };
    },

    /** Adds to what is remembered; what was left out is `refused`, and no grant to the client holds it any more. */
    async remember(accountId: string, clientId: string, granted: Granted, answer: Answer = {}): Promise<void> {
      const { refused = [], edition } = answer;
      await consents.update(await ensure(accountId, clientId), (old) => {
        const { edition: known = 0 } = old;
        // A process that knows only a former edition takes nothing from the present one.
        if (edition !== undefined && edition < known) return undefined;
        const before = saidTo(edition ?? known, old);
        const all = { ...before, ...plus(before, granted), edition: edition ?? known };
        return answered(all, scopesOf(granted), refused);
      });
    },

    /** Gives again what was taken back, for those who are not remembered: our own applications, and devices. `refused` as above. */
    async lift(accountId: string, clientId: string, granted: Granted, refused: readonly string[] = []): Promise<void> {
      const given = scopesOf(granted);
      const id = refused.length > 0 ? await ensure(accountId, clientId) : idOf(accountId, clientId);
      await consents.update(id, (old) =>
        refused.length > 0 || old.withdrawn?.some((scope) => given.includes(scope))
          ? answered(old, given, refused)
          : undefined,
      );
    },

    /** From now on no grant to the client holds the scope, until the person gives it again. */
    async withdraw(accountId: string, clientId: string, scope: string): Promise<void> {
      await consents.update(await ensure(accountId, clientId), (old) => ({
        ...old,
        ...without(old, [scope]),
        withdrawn: union(old.withdrawn ?? [], [scope]),
        updatedAt: clock.now(),
      }));
    },

    /** What the person took back from the client and has not given again. */
    withdrawn: async (accountId: string, clientId: string): Promise<readonly string[]> =>
      (await consents.get(idOf(accountId, clientId)))?.value.withdrawn ?? [],

    forgetAll: async (accountId: string): Promise<void> => void (await consents.deleteBy('accountId', accountId)),
  };
}

/** All of them, wherever they belong. */
export const scopesOf = ({ openid, resources }: Granted): string[] => [...openid, ...Object.values(resources).flat()];

/** Those that pass, each where it belongs. */
const filtered = ({ openid, resources }: Granted, passes: (scope: string) => boolean): Placed => ({
  openid: openid.filter(passes),
  resources: Object.fromEntries(
    Object.entries(resources).map(([indicator, scopes]) => [indicator, scopes.filter(passes)]),
  ),
});

export const without = (all: Granted, gone: readonly string[]): Placed =>
  filtered(all, (scope) => !gone.includes(scope));

export const only = (all: Granted, wanted: readonly string[]): Placed =>
  filtered(all, (scope) => wanted.includes(scope));

const plus = (a: Granted, b: Granted): Placed => ({
  openid: union(a.openid, b.openid),
  resources: Object.fromEntries(
    union(Object.keys(a.resources), Object.keys(b.resources)).map((indicator) => [
      indicator,
      union(a.resources[indicator] ?? [], b.resources[indicator] ?? []),
    ]),
  ),
});

const minus = (scopes: readonly string[] = [], gone: readonly string[]): string[] =>
  scopes.filter((scope) => !gone.includes(scope));

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
