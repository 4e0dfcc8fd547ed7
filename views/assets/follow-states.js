// Follows `events_uri` (server-sent events) of a device authorization while the page is on screen. What comes are hints: who
// hears nothing misses only speed. Used by qr-sign-in.js and scan-sign-in.js.
import { pageHidden, pageVisible } from './visibility.js';

/**
 * Calls `onHint({ state, seq })` for each change, once. `isLive()` of the answer says whether a stream is there that has
 * spoken: one that a proxy holds back is none. `onLost` is called when it is there no more.
 */
export function followStates(address, { onHint, onLost, hasEnded }) {
  let lastSeq = -1;
  let live = false;
  watchWhileVisible();
  return { isLive: () => live };

  async function watchWhileVisible() {
    while (!hasEnded()) {
      await pageVisible();
      const source = open();
      if (source === undefined) return;
      await Promise.race([pageHidden(), ended(source)]);
      source.close();
      lose();
      if (source.gaveUp) return;
    }
  }

  function open() {
    if (typeof EventSource !== 'function' || !address) return undefined;
    try {
      const source = new EventSource(address);
      source.addEventListener('state', (event) => hear(JSON.parse(event.data)));
      source.addEventListener('error', lose);
      return source;
    } catch {
      return undefined;
    }
  }

  function hear(hint) {
    live = true;
    if (hint.seq <= lastSeq) return;
    lastSeq = hint.seq;
    onHint(hint);
  }

  function lose() {
    if (!live) return;
    live = false;
    onLost();
  }

  /** The browser comes back by itself after a break, but not after a refusal; a stream of an ended code is over too. */
  function ended(source) {
    return new Promise((resolve) => {
      source.addEventListener('error', () => {
        source.gaveUp = source.readyState === EventSource.CLOSED;
        if (source.gaveUp || hasEnded()) resolve();
      });
      source.addEventListener('state', () => hasEnded() && resolve());
    });
  }
}
