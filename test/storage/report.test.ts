// Errors of the background are told once in a while, not at each repetition.
import test from 'ava';
import { createReport } from '../../src/storage/report.ts';

test('an error is told again only after a while, another one at once', (t) => {
  let now = 0;
  const told: unknown[] = [];
  const report = createReport((error) => told.push(error), { now: () => now });
  for (let n = 0; n < 5; n++) report(new Error('down'));
  report(new Error('other'));
  t.is(told.length, 2);
  now = 10_000;
  report(new Error('down'));
  t.is(told.length, 3);
});
