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
    updatedAt: z.number(),
  }),
  durable: true,
  listable: true,
  indexes: ({ accountId, clientId }) => ({ accountId: [accountId], clientId: [clientId] }),
});

export type Consents = ReturnType<typeof createConsents>;

export function createConsents({ store, clock }: { store: Store; clock: Clock }) {
  const consents = consentCollection(store, clock.now);
  const idOf = (accountId: string, clientId: string) => `${accountId}:${clientId}`;

  return {
    /** Nothing for who was never asked. */
    async find(accountId: string, clientId: string): Promise<Granted> {
      const known = await consents.get(idOf(accountId, clientId));
      return known ? { openid: known.value.openid, resources: known.value.resources } : { openid: [], resources: {} };
    },

    /** Adds to what is remembered. */
    async remember(accountId: string, clientId: string, granted: Granted): Promise<void> {
      const id = idOf(accountId, clientId);
      const empty = { accountId, clientId, openid: [], resources: {}, updatedAt: clock.now() };
      await consents.insert(id, empty).catch((error: unknown) => {
        if (!(error instanceof VersionConflict)) throw error;
      });
      await consents.update(id, (old) => ({
        ...old,
        openid: union(old.openid, granted.openid),
        resources: Object.fromEntries(
          union(Object.keys(old.resources), Object.keys(granted.resources)).map((indicator) => [
            indicator,
            union(old.resources[indicator] ?? [], granted.resources[indicator] ?? []),
          ]),
        ),
        updatedAt: clock.now(),
      }));
    },

    /** The next sign-in to the client asks for everything again. */
    forget: async (accountId: string, clientId: string): Promise<void> =>
      void (await consents.delete(idOf(accountId, clientId))),
  };
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
