// The end of a device code that nobody answered. Nothing happens at that moment, so whoever comes late notices it: a poll, a
// stream, a page. Recorded once for each code, and codes are limited when they are issued: nobody fills the log this way.
import type { Store } from '../storage/port.ts';
import { GRACE_SECONDS } from './device-codes.ts';
import type { OAuthEvent } from './events.ts';

export interface ExpiredCode {
  /** Names the transaction, as elsewhere. */
  id: string;
  clientId: string;
  /** Who had scanned it. */
  accountId?: string | undefined;
}

export interface ExpiriesDeps {
  store: Pick<Store, 'hit'>;
  record(event: OAuthEvent): void;
  /** A notice that could not be taken; the next one may. */
  onError(error: unknown): void;
}

/** Never rejects: an answer does not wait for its record. */
export function createExpiries({ store, record, onError }: ExpiriesDeps) {
  return async ({ id, clientId, accountId }: ExpiredCode): Promise<void> => {
    try {
      const { count } = await store.hit(`expired:${id}`, 1, GRACE_SECONDS * 2 * 1000);
      if (count > 1) return;
      const account = accountId === undefined ? {} : { account: accountId };
      record({ type: 'device.expired', outcome: 'failure', client: clientId, ...account });
    } catch (error) {
      onError(error);
    }
  };
}
