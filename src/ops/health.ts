// Whether this process should get traffic. A living process that must not: its store is unreachable, or it is leaving.
// `routes.ts` answers `/readyz` with it; `listen.ts` ends the server.
import { DomainError } from '../lib/errors.ts';

export interface Health {
  /** @throws DomainError unavailable: `shutting_down`, or `storage_unavailable` with the store's own error as cause. */
  requireReady(): Promise<void>;
  /** From now on not ready, so that a load balancer looks elsewhere before connections are refused. */
  leave(): void;
}

export function createHealth(store: { ping(): Promise<void> }): Health {
  let leaving = false;
  return {
    async requireReady() {
      if (leaving) throw new DomainError('unavailable', 'shutting_down', { retryAfter: 5 });
      await store.ping().catch((cause: unknown) => {
        throw new DomainError('unavailable', 'storage_unavailable', { cause, retryAfter: 2 });
      });
    },
    leave() {
      leaving = true;
    },
  };
}
