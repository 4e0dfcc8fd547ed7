// The logout token (OpenID Connect Back-Channel Logout 1.0 §2.4): oidc-provider makes and posts it. At its own sign-out it would do
// so before the person gets an answer, so what it sends there is queued with the rest.
import Provider from 'oidc-provider';
import type { Notice } from './logout-notices.ts';

interface NotifiedClient {
  clientId: string;
  backchannelLogoutUri?: string;
  backchannelLogout(accountId: string, sid: string): Promise<void>;
}

export type SendLogoutToken = (notice: Notice) => Promise<void>;

/** Answers what sends one; rejects when the application does not answer 200 or 204. */
export function queueLogoutTokens(provider: Provider, add: (notice: Notice) => Promise<void>): SendLogoutToken {
  const prototype = provider.Client.prototype as unknown as NotifiedClient;
  const { backchannelLogout } = prototype;
  prototype.backchannelLogout = async function queue(this: NotifiedClient, accountId, sid) {
    if (Provider.ctx?.oidc.session?.grantIdFor(this.clientId) === undefined) return;
    await add({ clientId: this.clientId, accountId, sid });
  };
  return async ({ clientId, accountId, sid }) => {
    const client = (await provider.Client.find(clientId)) as unknown as NotifiedClient | undefined;
    if (client?.backchannelLogoutUri === undefined) throw Object.assign(new Error(), { code: 'client_gone' });
    await backchannelLogout.call(client, accountId, sid);
  };
}
