import test from 'ava';
import { createKnownBrowsers } from '../../src/accounts/known-browsers.ts';
import { randomToken } from '../../src/lib/random.ts';

const knownBrowsers = (...keys: [string, ...string[]]) =>
  createKnownBrowsers({ keys: () => keys, newName: () => randomToken(16) });
const browsers = knownBrowsers('first key');

test('a browser is known for the logins used in it, in any spelling, and for no other', (t) => {
  const cookie = browsers.remember(undefined, ['lin@example.com', 'lin']);
  const name = browsers.find(cookie, 'Lin@Example.com');
  t.truthy(name);
  t.is(browsers.find(cookie, 'ｌin'), name);
  t.is(browsers.find(cookie, 'wei'), undefined);
});

test('several people may use one browser', (t) => {
  const cookie = browsers.remember(browsers.remember(undefined, ['lin']), ['wei']);
  t.truthy(browsers.find(cookie, 'lin'));
  t.truthy(browsers.find(cookie, 'wei'));
});

test('the cookie does not grow for ever; the eldest goes', (t) => {
  let cookie: string | undefined;
  for (let count = 0; count < 40; count++) cookie = browsers.remember(cookie, [`user${count}`]);
  t.true((cookie ?? '').length < 400);
  t.truthy(browsers.find(cookie, 'user39'));
  t.is(browsers.find(cookie, 'user0'), undefined);
});

test('nobody can make one, change its name or move its proof to another', (t) => {
  const [name = '', proof = ''] = browsers.remember(undefined, ['lin']).split('.');
  const [otherName = '', otherProof = ''] = browsers.remember(undefined, ['wei']).split('.');
  for (const cookie of [`${otherName}.${proof}`, `${name}.${otherProof}`, name, `${name}.`, '', 'x'.repeat(9000)]) {
    t.is(browsers.find(cookie, 'lin'), undefined, cookie.slice(0, 60));
  }
});

test('a former key is still accepted, a foreign one never was', (t) => {
  const cookie = browsers.remember(undefined, ['lin']);
  t.truthy(knownBrowsers('second key', 'first key').find(cookie, 'lin'));
  t.is(knownBrowsers('second key').find(cookie, 'lin'), undefined);
});

test('the cookie names nobody', (t) => {
  t.false(browsers.remember(undefined, ['lin@example.com']).includes('lin'));
});
