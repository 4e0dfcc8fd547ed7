// What people agreed to, remembered per account and client, so that the consent page asks only for what is new. Grants are
// made of it (`grants.ts`); ending a grant by hand forgets it.
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { defineCollection, type Store, VersionConflict } from '../storage/port.ts';

/** Scopes by where they belong. */
export interface Granted {
  openid: readonly string[];
  /** By resource indicator. */
  resources: Readonly<Record<string, readonly string[]>>;
}

const consentCollection = defineCollection({
  name: 'consent',
  schema: z.object({
    accountId: z.string(),
    clientId: z.string(),
    openid: z.array(z.string()),
    resources: z.record(z.string(), z.array(z.string())),
    /** Taken back, and not given again since: no grant to the client holds them, whatever it says. */
    withdrawn: z.array(z.string()).exactOptional(),
    updatedAt: z.number(),
  }),
  durable: true,
  listable: true,
  indexes: ({ accountId, clientId }) => ({ accountId: [accountId], clientId: [clientId] }),
});

const PAGE = 500;

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

  return {
    /** Nothing for who was never asked. */
    async find(accountId: string, clientId: string): Promise<Granted> {
      const known = await consents.get(idOf(accountId, clientId));
      return known ? { openid: known.value.openid, resources: known.value.resources } : { openid: [], resources: {} };
    },

    /** Adds to what is remembered. */
    async remember(accountId: string, clientId: string, granted: Granted): Promise<void> {
      const id = await ensure(accountId, clientId);
      await consents.update(id, (old) => ({
        ...old,
        openid: union(old.openid, granted.openid),
        resources: Object.fromEntries(
          union(Object.keys(old.resources), Object.keys(granted.resources)).map((indicator) => [
            indicator,
            union(old.resources[indicator] ?? [], granted.resources[indicator] ?? []),
          ]),
        ),
        withdrawn: without(old.withdrawn, scopesOf(granted)),
        updatedAt: clock.now(),
      }));
    },

    /** Gives again what was taken back, for those who are not remembered: our own applications, and devices. */
    async lift(accountId: string, clientId: string, granted: Granted): Promise<void> {
      await consents.update(idOf(accountId, clientId), (old) =>
        old.withdrawn?.some((scope) => scopesOf(granted).includes(scope))
          ? { ...old, withdrawn: without(old.withdrawn, scopesOf(granted)), updatedAt: clock.now() }
          : undefined,
      );
    },

    /** From now on no grant to the client holds the scope, until the person gives it again. */
    async withdraw(accountId: string, clientId: string, scope: string): Promise<void> {
      await consents.update(await ensure(accountId, clientId), (old) => ({
        ...old,
        openid: without(old.openid, [scope]),
        resources: Object.fromEntries(
          Object.entries(old.resources).map(([indicator, scopes]) => [indicator, without(scopes, [scope])]),
        ),
        withdrawn: union(old.withdrawn ?? [], [scope]),
        updatedAt: clock.now(),
      }));
    },

    /** What the person took back from the client and has not given again. */
    withdrawn: async (accountId: string, clientId: string): Promise<readonly string[]> =>
      (await consents.get(idOf(accountId, clientId)))?.value.withdrawn ?? [],

    /** Everybody who agreed to something, with the scopes that they have not taken back. */
    async *given(clientId: string): AsyncGenerator<{ accountId: string; scopes: string[] }> {
      let after: string | undefined;
      do {
        const range = { limit: PAGE, ...(after !== undefined && { after }) };
        const page = await consents.list({ index: { name: 'clientId', value: clientId }, ...range });
        yield* page.items.map(({ value }) => ({ accountId: value.accountId, scopes: scopesOf(value) }));
        after = page.next;
      } while (after !== undefined);
    },

    forgetAll: async (accountId: string): Promise<void> => void (await consents.deleteBy('accountId', accountId)),

    /** The next sign-in to the client asks for everything again. What was taken back stays so for grants that live on. */
    async forget(accountId: string, clientId: string): Promise<void> {
      await consents.update(idOf(accountId, clientId), (old) => ({ ...old, openid: [], resources: {} }));
    },
  };
}

const scopesOf = ({ openid, resources }: Granted): string[] => [...openid, ...Object.values(resources).flat()];

const without = (scopes: readonly string[] = [], gone: readonly string[]): string[] =>
  scopes.filter((scope) => !gone.includes(scope));

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
