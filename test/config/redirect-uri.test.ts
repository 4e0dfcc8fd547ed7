import test from 'ava';
import { originProblem, redirectUriProblem, type AddressTerms } from '../../src/config/rules/redirect-uri.ts';

const web: AddressTerms = { type: 'web', mode: 'production' };
const native: AddressTerms = { type: 'native', mode: 'production' };
const development: AddressTerms = { type: 'web', mode: 'development' };

for (const [uri, terms] of [
  ['https://app.example/callback', web],
  ['https://app.example/callback?tenant=1', web],
  ['https://app.example/callback', native],
  ['http://127.0.0.1/callback', native],
  ['http://[::1]:8080/callback', native],
  ['http://localhost:8080/callback', native],
  ['com.example.app:/callback', native],
  ['http://localhost:8080/callback', development],
] as const) {
  test(`${terms.type} in ${terms.mode} may have ${uri}`, (t) => t.is(redirectUriProblem(uri, terms), undefined));
}

for (const [uri, terms, reason] of [
  ['http://app.example/callback', web, /must be https:/],
  ['http://localhost/callback', web, /must be https:/],
  ['http://app.example/callback', native, /must be https:/],
  ['http://127.0.0.1.evil.example/', native, /must be https:/],
  ['https://localhost/callback', native, /must be http: for a loopback/],
  ['com.example.app:/callback', web, /type native/],
  ['myapp:/callback', native, /scheme with a dot/],
  ['javascript:alert(1)', native, /scheme with a dot/],
  ['https://*.app.example/', web, /wildcard/],
  ['https://app.example/#', web, /fragment/],
  ['https://user@app.example/', web, /user name/],
  ['/callback', web, /absolute/],
] as const) {
  test(`${terms.type} in ${terms.mode} may not have ${uri}`, (t) =>
    t.regex(redirectUriProblem(uri, terms) ?? '', reason));
}

test('an origin is https, or loopback, or anything in development', (t) => {
  t.is(originProblem('https://app.example', web), undefined);
  t.is(originProblem('http://localhost:5173', web), undefined);
  t.is(originProblem('http://app.example', development), undefined);
  t.is(originProblem('http://app.example', web), 'must be https:');
});

for (const origin of [
  'https://app.example/',
  'https://app.example/x',
  'https://app.example:443',
  'app.example',
  'null',
  '*',
  'com.example.app:/x',
]) {
  test(`${origin} is no origin`, (t) => t.regex(originProblem(origin, web) ?? '', /must be an origin/));
}
