// What people agreed to or left out, remembered per account and client, so that the consent page asks only for what is new. Grants are
// made of it (`grants.ts`); ending a grant by hand forgets it.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
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

export function createConsents({ store, clock }: { store: Store; clock: Clock }) {
  const consents = consentCollection(store, clock.now);
  const idOf = (accountId: string, clientId: string) => `${accountId}:${clientId}`;

  async function ensure(accountId: string, clientId: string): Promise<string> {
    const id = idOf(accountId, clientId);
    const empty = { accountId, clientId, openid: [], resources: {}, updatedAt: clock.now() };
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

  /** Everybody who agreed to something, with the scopes that they have not taken back. */
  async function* givenTo(clientId: string): AsyncGenerator<{ accountId: string; scopes: string[] }> {
    const index = { name: 'clientId', value: clientId };
    for await (const { value } of everyItem((range) => consents.list({ index, ...range }))) {
      yield { accountId: value.accountId, scopes: scopesOf(value) };
    }
  }

  /** The next sign-in to the client asks for everything again. What was taken back stays so for grants that live on. */
  async function forget(accountId: string, clientId: string): Promise<void> {
    await consents.update(idOf(accountId, clientId), (old) => ({ ...old, ...NOTHING }));
  }

  return {
    given: givenTo,
    forget,

    /** What the account will not be asked for again, by client; it outlives the grants that sessions and devices hold. */
    async rememberedBy(accountId: string): Promise<{ clientId: string; scopes: string[]; issuedAt: number }[]> {
      const index = { name: 'accountId', value: accountId };
      const found = await gather(everyItem((range) => consents.list({ index, ...range })));
      return found.flatMap(({ value: { clientId, updatedAt: issuedAt, withdrawn = [], refused = [], ...given } }) => {
        const scopes = minus(scopesOf(given), withdrawn);
        return scopes.length + refused.length > 0 ? [{ clientId, scopes, issuedAt }] : [];
      });
    },

    /** Nothing for who was never asked. */
    async find(accountId: string, clientId: string): Promise<Consent> {
      const known = (await consents.get(idOf(accountId, clientId)))?.value;
      const { openid, resources } = known ?? NOTHING;
      return { openid, resources, withdrawn: known?.withdrawn ?? [], refused: known?.refused ?? [] };
    },

    /** Adds to what is remembered; what was left out is `refused`, and no grant to the client holds it any more. */
    async remember(
      accountId: string,
      clientId: string,
      granted: Granted,
      refused: readonly string[] = [],
    ): Promise<void> {
      await consents.update(await ensure(accountId, clientId), (old) =>
        answered({ ...old, ...plus(old, granted) }, scopesOf(granted), refused),
      );
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

    /** `forget` of everybody. */
    async forgetAllTo(clientId: string): Promise<void> {
      for await (const { accountId } of givenTo(clientId)) await forget(accountId, clientId);
    },
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
