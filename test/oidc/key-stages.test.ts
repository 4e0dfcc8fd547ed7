// The stages of signing keys as a function of records and clock.
import test from 'ava';
import { type KeyTimes, nextChange, stageOf } from '../../src/oidc/key-stages.ts';

const first: KeyTimes = { alg: 'ES256', generation: 0, signsFrom: 0, formerUntil: 0 };
const second: KeyTimes = { alg: 'ES256', generation: 1, signsFrom: 1000, formerUntil: 5000 };
const keys = [first, second];
const stages = (now: number, all: readonly KeyTimes[] = keys) => all.map((key) => stageOf(key, all, now).stage);

test('a key without a successor signs', (t) => {
  t.deepEqual(stageOf(first, [first], 1), { stage: 'signing', isLeaked: false });
});

test('the next one is published, signs from its moment, and the former one retires at its own', (t) => {
  t.deepEqual(stages(999), ['signing', 'next']);
  t.deepEqual(stages(1000), ['retiring', 'signing']);
  t.deepEqual(stages(4999), ['retiring', 'signing']);
  t.deepEqual(stages(5000), ['retired', 'signing']);
});

test('exactly one key of an algorithm signs at any moment', (t) => {
  const third = { ...second, generation: 2, signsFrom: 3000, formerUntil: 7000 };
  const all = [third, first, second];
  for (let now = 0; now < 8000; now += 100) {
    t.is(stages(now, all).filter((stage) => stage === 'signing').length, 1, String(now));
  }
});

test('a rotation at once forgets all before it, one that was to be next too', (t) => {
  const leak = { ...second, generation: 2, signsFrom: 500, formerUntil: 500 };
  const all = [first, second, leak];
  t.deepEqual(stages(500, all), ['retired', 'retired', 'signing']);
  t.deepEqual(stages(2000, all), ['retired', 'retired', 'signing']);
  t.true(stageOf(first, all, 500).isLeaked);
});

test('algorithms rotate by themselves', (t) => {
  const other = { ...first, alg: 'RS256' };
  t.is(stageOf(other, [...keys, other], 6000).stage, 'signing');
});

test('the next change is told, and that there is none', (t) => {
  t.deepEqual(
    [0, 1000, 4999, 5000].map((now) => nextChange(keys, now)),
    [1000, 5000, 5000, Infinity],
  );
});
