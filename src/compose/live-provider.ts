// The provider in force. Its key set cannot change, so a promoted or retired key means another instance; all that lives
// (sessions, codes, grants, cookies) is in the store and the browser, and a request ends in the instance that it began with.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { default as Provider } from 'oidc-provider';
import type { KeySet, LiveKeys } from '../oidc/live-keys.ts';

interface Built {
  keys: KeySet;
  provider: Provider;
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

export function createLiveProvider(liveKeys: Pick<LiveKeys, 'current'>, build: (keys: KeySet) => Provider) {
  const make = (keys: KeySet): Built => {
    const provider = build(keys);
    return { keys, provider, handle: provider.callback() };
  };
  let inForce = make(liveKeys.current());

  function current(): Built {
    const keys = liveKeys.current();
    if (keys !== inForce.keys) inForce = make(keys);
    return inForce;
  }

  return { provider: () => current().provider, handler: () => current().handle };
}
