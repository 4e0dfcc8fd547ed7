// What is said of a browser, taken from what it claims to be.
import test from 'ava';
import { parseUserAgent } from '../../views/partials/user-agent.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

const agents = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`, 'Edge', 'Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0 Safari/537.36`, 'Chrome', 'Windows'],
  [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${WEBKIT} Chrome/140.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} Version/18.0 Mobile Safari/604`, 'Safari', 'iOS'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605`, 'Safari', 'macOS'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
] as const;

for (const [userAgent, name, system] of agents) {
  test(`${name} on ${system} is recognised`, (t) => {
    t.deepEqual(parseUserAgent(userAgent), { name, system });
  });
}

test('a program without a system is named alone', (t) => {
  t.deepEqual(parseUserAgent('curl/8.9.1'), { name: 'curl' });
});

for (const userAgent of [undefined, '', 'YourBank/1.0', 'Mozilla/5.0 (Windows NT 10.0)']) {
  test(`${JSON.stringify(userAgent)} names no browser that we know`, (t) => {
    t.is(parseUserAgent(userAgent), undefined);
  });
}
