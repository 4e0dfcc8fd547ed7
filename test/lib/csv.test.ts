// Lines of CSV. Attackers: texts that a spreadsheet would run.
import test from 'ava';
import { csvLine } from '../../src/lib/csv.ts';

test('what a spreadsheet takes for a formula is text, also in wide characters and after blanks', (t) => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)', ' =1', '\t1', '\u3000=1']) {
    t.is(csvLine([text]), `'${text}\r\n`, text);
  }
  for (const text of ['\n=1', '\r=1']) t.is(csvLine([text]), `"'${text}"\r\n`);
});

test('other texts stay as they are, quoted where the format needs it', (t) => {
  t.is(csvLine(['a=b', 'a,"b"', undefined, 7, ['x', 'y']]), 'a=b,"a,""b""",,7,x y\r\n');
});
