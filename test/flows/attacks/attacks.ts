// The attacks on signing in by QR and the device grant (RFC 8628 §5, RFC 10027), by number and name: the titles of the tests
// in this folder. Each is tested once on each storage; attacks.test.ts holds the list complete.
import test, { type ExecutionContext } from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthServer, AuthServerOptions } from '../../helpers/auth-server.ts';
import { stopTime } from '../../helpers/clock.ts';
import { onEachStorage, type Stage } from '../../helpers/storages.ts';

export const ATTACKS = {
  1: 'a redeemed device code is presented again',
  2: 'one device code is redeemed many times at once',
  3: "a device code is polled for in another client's name",
  4: 'a code is answered or fetched after its end',
  5: 'a code is answered in its last moment, or at a server whose clock is behind',
  6: 'a device polls faster than its interval',
  7: 'slow_down is ignored a hundred times',
  8: 'a device polls at once',
  9: 'polls race with the approval',
  10: 'unknown device codes are sprayed',
  11: 'user codes are guessed',
  12: 'one abuser shares an address with others',
  13: 'a user code is drawn that another device has',
  14: 'one user code is tried in many spellings',
  15: 'two accounts approve at the same moment',
  16: 'a second account answers what the first has scanned',
  17: 'a decision is taken back or repeated',
  18: 'a token approves that was not given for it',
  19: 'an old sign-in on the phone passes for a new one',
  20: 'what is asked for changes between scan and approval',
  21: 'a device asks for more than devices may have',
  22: 'a request without scopes skips consent',
  23: 'the account or the client goes between approval and redemption',
  24: 'the digits are guessed, or taken from another flow',
  25: "the attacker's code is put before the victim",
  26: 'previews, prefetching and bots open the link',
  27: "an answer, or the attacker's session, is slipped in from another site",
  28: 'our pages are framed under a lure',
  29: 'markup comes in names, browsers and errors',
  30: 'the way back after approval leads elsewhere',
  31: 'the QR is swapped for one of another server',
  32: "the events of somebody else's code are read",
  33: 'streams are opened until nothing is left, and a server goes away',
  34: 'a page of an unregistered origin calls',
  35: 'a stolen device code is redeemed under another key',
  36: 'codes and tokens are looked for in logs, records and addresses',
  37: 'the store goes away in the middle of a sign-in',
  38: 'the store loses its last write',
  39: 'the answer with the tokens is lost',
  40: 'the requesting browser forges its address',
  41: 'phone and screen are not where they should be',
  42: 'the person says that it was not them',
} as const;

export type Attack = keyof typeof ATTACKS;

export interface Scene {
  server: AuthServer;
  storage: Stage['storage'];
  /** Lets seconds pass: by moving the clock, or where the store keeps its own time, by waiting. */
  pass(seconds: number): Promise<void>;
}

type Body = (t: ExecutionContext, scene: Scene) => Promise<void>;

/**
 * Servers with this configuration, and the function that declares attacks on them. Tests on SQLite move the clock and run
 * one after the other; those on Redis wait, and do so together.
 */
export function attacksOn(config: AuthServerOptions['config'] = {}) {
  const stages: Stage[] = [];
  onEachStorage((stage) => void stages.push(stage), { config });

  const declare = (number: Attack, what: string, body: Body, isAlone: boolean): void => {
    for (const stage of stages) {
      const declared = isAlone || stage.storage === 'sqlite' ? test.serial : test;
      declared(stage.on(`attack ${number}, ${ATTACKS[number]}: ${what}`), (t) => body(t, sceneOf(t, stage)));
    }
  };
  const attack = (number: Attack, what: string, body: Body): void => declare(number, what, body, false);
  /** For those that change the configuration of their server. */
  attack.alone = (number: Attack, what: string, body: Body): void => declare(number, what, body, true);
  return attack;
}

function sceneOf(t: ExecutionContext, { server, storage }: Stage): Scene {
  if (storage === 'redis') return { server: server(), storage, pass: (seconds) => sleep(seconds * 1000) };
  let time: ReturnType<typeof stopTime> | undefined;
  return {
    server: server(),
    storage,
    async pass(seconds) {
      time ??= stopTime(t);
      time.advance(seconds);
    },
  };
}

/** The types of the account's records of devices, with reasons, as `device.mismatch not_yours`; oldest first. */
export async function deviceRecords({ server }: AuthServer, of: { account?: string; client?: string }) {
  const { items } = await server.domain.audit.list({ ...of, limit: 100 });
  return items
    .filter(({ type }) => type.startsWith('device.'))
    .map(({ type, reason }) => `${type} ${reason ?? ''}`.trim())
    .toReversed();
}
