import test from 'ava';
import fc from 'fast-check';
import { decide, type DecisionInput } from '../../src/policy/decide.ts';

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
        return decide(asked).granted.every(
          (name) => asked.requested.includes(name) && given.every((set) => set === undefined || set.includes(name)),
        );
      }),
    ),
  );
});

test('every requested scope is either granted or refused, once', (t) => {
  fc.assert(
    fc.property(input, (asked) => {
      const { granted, refused } = decide(asked);
      const answered = [...granted, ...refused.map((refusal) => refusal.scope)];
      t.deepEqual(answered.toSorted(), [...new Set(asked.requested)].toSorted());
    }),
  );
});

test('nothing is refused that lies within every given set', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(input, (asked) => {
        const sets = {
          client: asked.clientScopes,
          role: asked.accountScopes,
          key: asked.keyScopes,
          consent: asked.consentedScopes,
        };
        return decide(asked).refused.every((refusal) => sets[refusal.because]?.includes(refusal.scope) === false);
      }),
    ),
  );
});

test('a refusal names the first limit: client, role, key, consent', (t) => {
  const requested = ['a', 'b', 'c', 'd', 'e'];
  const { granted, refused } = decide({
    requested,
    clientScopes: ['b', 'c', 'd', 'e'],
    accountScopes: ['a', 'c', 'd', 'e'],
    keyScopes: ['a', 'b', 'd', 'e'],
    consentedScopes: ['a', 'b', 'c', 'e'],
  });
  t.deepEqual(granted, ['e']);
  t.deepEqual(refused, [
    { scope: 'a', because: 'client' },
    { scope: 'b', because: 'role' },
    { scope: 'c', because: 'key' },
    { scope: 'd', because: 'consent' },
  ]);
});

test('an empty set refuses everything, an absent one nothing', (t) => {
  const asked = { requested: ['a'], clientScopes: ['a'] };
  t.deepEqual(decide(asked).granted, ['a']);
  t.deepEqual(decide({ ...asked, consentedScopes: [] }).granted, []);
});
