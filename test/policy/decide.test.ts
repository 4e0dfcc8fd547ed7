import test from 'ava';
import fc from 'fast-check';
import { decide, type DecisionInput, reasonsFor } from '../../src/policy/decide.ts';

const scope = fc.constantFrom('openid', 'messages:read', 'messages:send', 'calls:read', 'keys:write', '__proto__');
const scopes = fc.uniqueArray(scope);
const input: fc.Arbitrary<DecisionInput> = fc.record(
  {
    requested: fc.array(scope),
    clientScopes: scopes,
    accountScopes: scopes,
    keyScopes: scopes,
    consentedScopes: scopes,
  },
  { requiredKeys: ['requested', 'clientScopes'] },
);

test('what is granted was requested and lies within every given set', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(input, (asked) => {
        const given = [asked.clientScopes, asked.accountScopes, asked.keyScopes, asked.consentedScopes];
        return decide(asked).every(
          (name) => asked.requested.includes(name) && given.every((set) => set === undefined || set.includes(name)),
        );
      }),
    ),
  );
});

test('what is not granted is beyond a given set, which is named', (t) => {
  fc.assert(
    fc.property(input, (asked) => {
      const granted = decide(asked);
      for (const name of asked.requested) {
        t.is(
          reasonsFor(asked, name).every(({ allows }) => allows),
          granted.includes(name),
        );
      }
      t.is(new Set(granted).size, granted.length);
    }),
  );
});

test('the limits are named in the order client, role, key, consent', (t) => {
  const bounds = {
    clientScopes: ['b', 'c', 'd', 'e'],
    accountScopes: ['a', 'c', 'd', 'e'],
    keyScopes: ['a', 'b', 'd', 'e'],
    consentedScopes: ['a', 'b', 'c', 'e'],
  };
  const beyond = (name: string) => reasonsFor(bounds, name).flatMap(({ limit, allows }) => (allows ? [] : [limit]));
  t.deepEqual(decide({ requested: ['a', 'b', 'c', 'd', 'e'], ...bounds }), ['e']);
  t.deepEqual(['a', 'b', 'c', 'd', 'e'].flatMap(beyond), ['client', 'role', 'key', 'consent']);
});

test('an empty set refuses everything, an absent one nothing, and without any nothing is granted', (t) => {
  const asked = { requested: ['a'], clientScopes: ['a'] };
  t.deepEqual(decide(asked), ['a']);
  t.deepEqual(decide({ ...asked, consentedScopes: [] }), []);
  t.deepEqual(decide({ requested: ['a'] }), []);
});
