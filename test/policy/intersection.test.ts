// Whatever roles, keys and consents there are, and however roles change: no scope is granted outside of every one of them.
// The expectation is worked out here anew, from the text of the contract, not by the code under test.
import test from 'ava';
import fc from 'fast-check';
import type { RoleConfig } from '../../src/config/config.ts';
import { decide } from '../../src/policy/decide.ts';
import { accountScopes, roleScopes, type RoleHolder } from '../../src/policy/roles.ts';

const SCOPES = ['messages:read', 'messages:send', 'calls:read', 'calls:start', 'files:read'];
const ROLES = ['member', 'support', 'lead', 'admin', 'robot'];

const scopes = fc.subarray(SCOPES);
const roles = fc
  .tuple(
    ...ROLES.map(() =>
      fc.record({
        isThere: fc.boolean(),
        default: fc.boolean(),
        require_mfa: fc.boolean(),
        scopes,
        includes: fc.subarray(ROLES),
      }),
    ),
  )
  .map((drawn) => {
    const entries = drawn.flatMap(({ isThere, includes, ...role }, index): [string, RoleConfig][] => {
      const name = ROLES[index];
      // A role includes only those after it, so that there is no cycle.
      return isThere && name
        ? [[name, { ...role, includes: includes.filter((other) => ROLES.indexOf(other) > index) }]]
        : [];
    });
    return Object.fromEntries(entries);
  });
const holder: fc.Arbitrary<RoleHolder> = fc.record({
  kind: fc.constantFrom('person', 'service'),
  roles: fc.subarray([...ROLES, 'former']),
});

/** Contract §3 and §6: own and default roles, what they include, none that demands more than the sign-in was. */
function grantedByHand({ kind, roles: own }: RoleHolder, all: Record<string, RoleConfig>, mfa: boolean): Set<string> {
  const start = Object.keys(all).filter((name) => own.includes(name) || (kind === 'person' && all[name]?.default));
  const granted = new Set<string>();
  for (const waiting = [...start]; waiting.length > 0;) {
    const role = all[waiting.pop() ?? ''];
    if (!role || (role.require_mfa && !mfa)) continue;
    role.scopes.forEach((scope) => granted.add(scope));
    waiting.push(...role.includes);
  }
  return granted;
}

const input = fc.record({
  holder,
  before: roles,
  after: roles,
  mfa: fc.boolean(),
  requested: scopes,
  client: scopes,
  key: fc.option(scopes),
  consent: fc.option(scopes),
});

test('no scope is granted outside of client, roles, key and consent, before and after the roles change', (t) => {
  fc.assert(
    fc.property(input, ({ holder: who, before, after, mfa, requested, client, key, consent }) => {
      for (const now of [before, after]) {
        const granted = decide({
          requested,
          clientScopes: client,
          accountScopes: key ? roleScopes(who, now, { mfa }) : accountScopes(who, now, { mfa }),
          ...(key && { keyScopes: key }),
          ...(consent && { consentedScopes: consent }),
        });
        const byHand = grantedByHand(who, now, mfa);
        const expected = requested.filter((scope) =>
          [client, [...byHand], key ?? SCOPES, consent ?? SCOPES].every((set) => set.includes(scope)),
        );
        t.deepEqual(granted, expected);
      }
    }),
  );
});

test('who signed in with a second factor never has less than who did not', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(holder, roles, (who, all) => {
        const strong = accountScopes(who, all, { mfa: true });
        return accountScopes(who, all, { mfa: false }).every((scope) => strong.includes(scope));
      }),
    ),
  );
});
