import test from 'ava';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../src/lib/nearest.ts';

for (const [a, b, distance] of [
  ['scope', 'scope', 0],
  ['scope', 'scopes', 1],
  ['scopse', 'scopes', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
] as const) {
  test(`from "${a}" to "${b}" it is ${distance} edits`, (t) => t.is(editDistance(a, b), distance));
}

test('the distance is the same both ways and bounded by the longer word', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const distance = editDistance(a, b);
        return (
          distance === editDistance(b, a) && distance <= Math.max(a.length, b.length) && (distance === 0) === (a === b)
        );
      }),
    ),
  );
});

test('the nearest word is suggested, a far one is not', (t) => {
  t.is(didYouMean('mesages:read', ['messages:send', 'messages:read']), '; did you mean `messages:read`?');
  t.is(didYouMean('billing', ['messages:read']), '');
  t.is(didYouMean('x', ['y']), '');
});
