// The provider in force. Its key set cannot change, so a promoted or retired key means another instance; all that lives
// (sessions, codes, grants, cookies) is in the store and the browser, and a request ends in the instance that it began with.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { default as Provider } from 'oidc-provider';
import type { KeySet, LiveKeys } from '../oidc/live-keys.ts';
import type { SendLogoutToken } from '../oidc/logout-token.ts';

export interface KeyedProvider {
  provider: Provider;
  sendLogoutToken: SendLogoutToken;
}

interface Built extends KeyedProvider {
  keys: KeySet;
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

export function createLiveProvider(liveKeys: Pick<LiveKeys, 'current'>, build: (keys: KeySet) => KeyedProvider) {
  const make = (keys: KeySet): Built => {
    const built = build(keys);
    return { ...built, keys, handle: built.provider.callback() };
  };
  let inForce = make(liveKeys.current());

  function current(): Built {
    const keys = liveKeys.current();
    if (keys !== inForce.keys) inForce = make(keys);
    return inForce;
  }

  return {
    provider: () => current().provider,
    handler: () => current().handle,
    sendLogoutToken: ((notice) => current().sendLogoutToken(notice)) satisfies SendLogoutToken,
  };
}
