// The API key with which a new installation shows itself: made in development at the first start, never in production.
import type { IssuedApiKey } from '../api-keys/issue.ts';
import { isDomainError } from '../lib/errors.ts';
import { OPERATOR, type Workplace } from './command.ts';
import { everyItem } from '../storage/pages.ts';

/** A service account: it owns the key and cannot sign in. */
const DEMO = 'demo';

/** `undefined` when the configuration has no role to give it, or another process that starts at the same time made it. */
export async function createDemoKey({ config, administration }: Workplace): Promise<IssuedApiKey | undefined> {
  const roles = Object.keys(config.roles).filter((role) => config.roles[role]?.default);
  try {
    const account = await administration.createServiceAccount(OPERATOR, { username: DEMO, roles });
    return await administration.createKey(OPERATOR, { ownerId: account.id, name: DEMO });
  } catch (error) {
    if (isDomainError(error, 'conflict') || isDomainError(error, 'invalid')) return undefined;
    throw error;
  }
}

/** A store that began in development may still have the key, and its secret stood in a terminal. */
export async function disableDemoKeys({ domain, administration }: Workplace): Promise<void> {
  const account = await domain.directory.findByLogin(DEMO);
  if (account?.kind !== 'service') return;
  for await (const { clientId, status } of everyItem((range) =>
    domain.keys.lifecycle.list({ ...range, ownerId: account.id }),
  )) {
    if (status === 'active') await administration.disableKey(OPERATOR, clientId);
  }
}
