// What the configuration means for the rotation of signing keys (`oidc/keys.ts`).
import type { Config, Lifetimes } from '../config/config.ts';
import type { RotationTimes } from '../oidc/keys.ts';

/** OpenID Connect Back-Channel Logout 1.0 §2.4: theirs, as oidc-provider sets it. */
const LOGOUT_TOKEN_SECONDS = 120;
const LONGEST_LOOK_SECONDS = 60;
const SIGNED = ['access_token', 'id_token'] as const;

/** In seconds. */
export function rotationTimes({ lifetimes, clients, signing_keys }: Config): RotationTimes {
  const longest = (own: Partial<Lifetimes>): number => Math.max(...SIGNED.map((name) => own[name] ?? 0));
  const each = Object.values(clients);
  const tokens = [longest(lifetimes), ...each.map((client) => longest(client.lifetimes))];
  const logout = each.some((client) => client.backchannel_logout_uri !== undefined) ? LOGOUT_TOKEN_SECONDS : 0;
  return {
    publishBefore: signing_keys.publish_before,
    // Processes whose clocks differ promote at different moments.
    outlive: Math.max(...tokens, logout) + signing_keys.publish_before - signing_keys.cache,
    keepHints: lifetimes.session_absolute,
  };
}

/** Seconds: a process that missed the message publishes a key for as long as caches keep the set without it. */
export const lookEvery = ({ signing_keys: { publish_before, cache } }: Config): number =>
  Math.min(LONGEST_LOOK_SECONDS, (publish_before - cache) / 2);
