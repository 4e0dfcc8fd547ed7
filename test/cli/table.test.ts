// Tables for people: columns that stay aligned, and text of strangers that cannot move the cursor.
import test from 'ava';
import { card, displayWidth, table } from '../../src/cli/table.ts';

test('columns are as wide as their widest cell, also of Chinese text', (t) => {
  t.is(
    table(
      ['NAME', 'ROLE'],
      [
        ['李雷', 'member'],
        ['lin@example.com', 'admin'],
      ],
    ),
    ['NAME             ROLE', '李雷             member', 'lin@example.com  admin'].join('\n'),
  );
});

test('the width is that of a terminal', (t) => {
  t.deepEqual(['abc', '你好', 'ｶ', 'é', 'e\u0301', '！', '한', '😀'].map(displayWidth), [3, 4, 1, 1, 1, 2, 2, 2]);
});

test('control and direction characters are shown as question marks', (t) => {
  t.is(card({ name: 'a\u001B[31mb\nc\u202Ed' }), 'name  a?[31mb?c?d');
});

test('an empty list says so', (t) => {
  t.is(table(['NAME'], []), '(none)');
});

test('absent values leave no line', (t) => {
  t.is(card({ a: 'x', long: undefined }), 'a  x');
});
