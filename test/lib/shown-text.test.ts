// Which texts people can see as what they are.
import test from 'ava';
import { isSeen } from '../../src/lib/shown-text.ts';

for (const name of ['TokenIM', '星港 日历', 'José', 'Nguyễn', 'می‌خواهم', 'क्‍ष', 'བསྒྲུབས', 'Notes 📝']) {
  test(`${name} is seen`, (t) => t.true(isSeen(name)));
}

for (const name of [
  '',
  ' ',
  '\u3164',
  '\u2800',
  '\u115f',
  '\u200d\u200d',
  'a\u200db',
  'a\u034fb',
  'a\ufe0f',
  'a\u202eb',
  'a\u2028b',
]) {
  test(`${JSON.stringify(name)} hides something`, (t) => t.false(isSeen(name)));
}

test('accents do not pile up, nor fall on what stands before', (t) => {
  t.false(isSeen(`Z${'\u0300'.repeat(99)}`));
  t.false(isSeen('\u0300Z'));
});
