// How many letters of news follow from what somebody does: each one, then one that says there is more, then an hour of none.
import test, { type ExecutionContext } from 'ava';
import { composeLimits } from '../../src/compose/limits.ts';
import { createLimiter } from '../../src/web/limits.ts';
import { memoryStore, testClock } from '../accounts/fixture.ts';
import { testConfig } from '../web/host.ts';

const HOUR = 3600;

async function turns(t: ExecutionContext, notices: { per_subject: number; per_author: number }) {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  const config = testConfig();
  const current = () => ({ ...config, limits: { ...config.limits, notices } });
  const { letterTurn } = composeLimits({ current }, createLimiter({ store, clock }));
  return { clock, letterTurn };
}

test('of too many the last says so, and an hour of silence follows', async (t) => {
  const { clock, letterTurn } = await turns(t, { per_subject: 2, per_author: 100 });
  const next = () => letterTurn('news', { about: 'anna:robot', author: 'anna' });
  const said = async (count: number) => {
    const heard: string[] = [];
    for (let time = 0; time < count; time++) heard.push(await next());
    return heard;
  };
  t.deepEqual(await said(2), ['each', 'each']);
  clock.advance(HOUR - 1);
  t.deepEqual(await said(3), ['last', 'none', 'none']);
  clock.advance(HOUR - 1);
  t.deepEqual(await said(1), ['none'], 'the silence lasts an hour, although the letters are counted anew');
  clock.advance(2);
  t.deepEqual(await said(4), ['each', 'each', 'last', 'none']);
});

test('who floods takes no letter from others, and from all their subjects together no more than a few', async (t) => {
  const { letterTurn } = await turns(t, { per_subject: 2, per_author: 3 });
  const by = (author: string, subject: string) => letterTurn('news', { about: `${author}:${subject}`, author });
  for (let time = 0; time < 9; time++) await by('anna', 'robot');
  t.is(await by('wei', 'robot'), 'each');
  t.deepEqual(
    [await by('anna', 'two'), await by('anna', 'three'), await by('anna', 'three')],
    ['each', 'last', 'none'],
  );
});

test('of many at the same moment one is the last', async (t) => {
  const { letterTurn } = await turns(t, { per_subject: 2, per_author: 100 });
  const all = await Promise.all(Array.from({ length: 20 }, () => letterTurn('news', { about: 'x' })));
  t.is(all.filter((turn) => turn === 'each').length, 2);
  t.is(all.filter((turn) => turn === 'last').length, 1);
});
