// What administrators write by mistake, and what they are told: where it stands, what is wrong in plain words, what to write.
// No message is the schema library's, none repeats a secret, and nothing crashes or takes long.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { configFiles, development } from './config-files.ts';

const SECRET = 'hunter2-correct-horse';
const JARGON =
  /Invalid (input|key|type)|expected|received|Unrecognized|Too (small|big)|undefined|NaN|\bzod\b|\[object|\n? {4}at |Maximum call stack/i;

const CLIENT = [
  'clients:',
  '  crm:',
  '    name: CRM',
  '    grants: [authorization_code]',
  '    redirect_uris: ["https://crm.example/cb"]',
];
const client = (line: string): string[] => [...CLIENT, `    ${line}`];
const redirect = (uri: string): string[] => [...CLIENT.slice(0, 4), `    redirect_uris: ["${uri}"]`];

/** Lines from the third on, and what is told: from `line:column` on, each in its turn. */
const cases: readonly (readonly [name: string, lines: readonly string[], ...told: RegExp[]])[] = [
  ['a list where a map belongs', ['roles: [member]'], /^3:1: `roles` must be a map, with each entry under its id$/],
  ['a map where a list belongs', ['trusted_proxies: { a: b }'], /`trusted_proxies` must be a list, such as \[a, b\]$/],
  ['a text where a section belongs', ['qr: risk'], /^3:5: `qr` must be a map of keys and values$/],
  ['a number where a text belongs', ['issuer: 5'], /^3:9: `issuer` must be a text, in quotes$/],
  ['a text where a number belongs', ['port: "80"'], /^3:7: `port` must be a whole number$/],
  ['a fraction', ['port: 80.5'], /^3:7: `port` must be a whole number$/],
  ['no number at all', ['port: .nan'], /^3:7: `port` must be a whole number$/],
  ['a port out of range', ['port: 70000'], /^3:7: `port` must be 65535 or less$/],
  ['a port below zero', ['port: -1'], /^3:7: `port` must be 0 or more$/],
  ['an endless number', ['port: 99999999999999999999'], /^3:7: `port` must be a much smaller number$/],
  ['yes for true', ['reload: { watch: "yes" }'], /`reload.watch` must be true or false$/],
  ['an empty text', ['host: ""'], /^3:7: `host` must not be empty$/],
  ['an empty id', ['roles: { "": {} }'], /is no valid id/],
  ['an id that is too long', [`roles: { ${'x'.repeat(65)}: {} }`], /is no valid id: .* at most 64$/],
  ['a key without a value', ['roles:', '  a:'], /^4:3: `roles.a` has no value$/],
  ['a key twice', ['roles: {}', 'roles: {}'], /^4:1: `roles` stands twice: also at .*:3$/],
  ['an unknown key', ['portt: 1'], /^3:1: unknown key `portt`; did you mean `port`\?$/],
  [
    'an unknown key of few',
    ['mail: { url: "smtp://a:25", from: a@b.example, pass: x }'],
    /unknown key `pass`; it takes url/,
  ],
  ['a key in camel case', client('redirectUris: []'), /unknown key `redirectUris`; did you mean `redirect_uris`\?$/],
  ['a key of RFC 7591', client('grant_types: []'), /unknown key `grant_types`; did you mean `grants`\?$/],
  ['a word that is near', ['qr: { check: rsik }'], /must be always or risk or never; did you mean `risk`\?$/],
  ['a duration in words', ['lifetimes: { grant: 30 days }'], /must be a duration such as 30s, 10m, 24h or 90d$/],
  ['a duration without a unit', ['lifetimes: { grant: 30 }'], /must be a duration such as/],
  ['a duration of nothing', ['lifetimes: { grant: 0s }'], /must be a duration such as/],
  ['a duration too long', ['lifetimes: { access_token: 25h }'], /must be 24h at most/],
  ['an issuer with a path', ['issuer: https://id.example/auth'], /must be an origin such as https:\/\/id\.example/],
  ['an issuer with a slash', ['issuer: https://id.example/'], /must be an origin/],
  ['an issuer with a query', ['issuer: https://id.example?a'], /must be an origin/],
  ['a role that includes itself', ['roles: { a: { includes: [b] }, b: { includes: [a] } }'], /a → b → a$/],
  ['an unknown role', ['roles: { lead: { includes: [laed] } }'], /unknown role `laed`; did you mean `lead`\?$/],
  ['an unknown scope', client('scopes: [opnid]'), /unknown scope `opnid`; did you mean `openid`\?$/],
  ['a redirect over http', redirect('http://crm.example/'), /must be https:/],
  ['a redirect with a fragment', redirect('https://crm.example/#a'), /must not have a fragment/],
  ['a redirect with a wildcard', redirect('https://*.example/'), /must not have a wildcard/],
  ['a relative redirect', redirect('/callback'), /must be an absolute URI/],
  ['a redirect that is a script', redirect('javascript:alert(1)'), /must be https:/],
  ['a plain secret', client(`secrets: [${SECRET}]`), /must not stand here in plain: run `tokenim secret hash`/],
  ['a plain secret without a list', client(`secrets: ${SECRET}`), /must be a list/],
  ['a plain secret as a hash', client(`secrets: [{ hash: ${SECRET} }]`), /must be what `tokenim secret hash` prints/],
  ['a plain secret as a key', client(`secrets: [{ ${SECRET} }]`), /needs exactly one/, /unknown key; it takes hash/],
  ['a plain secret under another name', client(`client_secret: ${SECRET}`), /did you mean `secrets`\?$/],
  ['a plain pepper', [`secrets: { pepper: ${SECRET} }`], /must not stand here in plain: write \{ env: NAME \}/],
  ['a secret by two ways', client('secrets: [{ env: A, file: b }]'), /needs exactly one of hash, env and file$/],
  ['a secret by none', client('secrets: [{}]'), /needs exactly one/],
  ['a variable that is not set', client('secrets: [{ env: NONE }]'), /the environment variable NONE is not set$/],
  ['a file that is not there', client('secrets: [{ file: no }]'), /cannot be read \(ENOENT\): there is no such file$/],
  ['a folder for a file', client('secrets: [{ file: . }]'), /cannot be read \(EISDIR\): it is a folder$/],
  ['an empty secret', client('secrets: [{ file: empty }]'), /the secret that this names is empty$/],
  ['a loop of links', client('secrets: [{ file: loop }]'), /\(ELOOP\): it is a link that leads to itself$/],
  ['a file without end', client('secrets: [{ file: /dev/zero }]'), /is larger than 64 KiB$/],
  ['a secret in the URL of a store', [`storage: postgres://u:${SECRET}@x/db`], /must be a URL of sqlite:/],
  ['a secret in the URL of a relay', [`mail: { url: "http://u:${SECRET}@x", from: a@b.example }`], /such as smtp:/],
  ['an anchor and an alias', ['roles: { a: &x { scopes: [] }, b: *x }'], /^3:35: aliases are not taken here: write/],
  ['a merge key', ['roles: { a: { <<: { scopes: [] } } }'], /^3:15: merge keys \(`<<`\) are not taken here/],
  ['a tag', ['issuer: !secret x'], /tags such as !name are not taken here/, /must be an origin/],
  ['a second document', ['---', 'port: 1'], /a file holds one document: remove the line ---$/],
  ['tabs', ['roles:', '\tmember: {}'], /tabs are not allowed for indenting: use spaces$/],
  ['a quote left open', [`issuer: "${SECRET}`], /a quote is opened and not closed$/],
  ['no colon', [`pepper ${SECRET}`], /a key needs a colon and a space after it$/],
  ['another indentation', ['roles:', '  a: {}', ' b: {}'], /indented otherwise than those around it$/],
  ['what every object has', ['__proto__: {}', 'roles: { constructor: 5 }'], /`__proto__`$/, /must be a map/],
];

for (const [name, lines, ...told] of cases) {
  test(`${name} is told in plain words, at its place`, async (t) => {
    const files = await development(t, ...lines);
    await writeFile(join(files.cwd, 'config/empty'), '');
    await symlink('loop', join(files.cwd, 'config/loop'));
    const problems = await files.problems();
    const sentences = problems.map((problem) => problem.replace(/^config\/tokenim\.yaml:(\d+:\d+: )/, '$1'));
    t.is(sentences.length, told.length, problems.join('\n'));
    for (const [index, expected] of told.entries()) {
      t.regex(sentences[index] ?? '', /^\d+:\d+: /);
      t.regex(sentences[index] ?? '', expected);
    }
    t.notRegex(problems.join('\n'), JARGON);
    t.false(problems.join('\n').includes(SECRET));
  });
}

const START = 'version: 1\nmode: development\n';
const ALIASES = 'bcdefghi'.replace(
  /./g,
  (name) => `${name}: &${name} [${`*${String.fromCharCode(name.charCodeAt(0) - 1)},`.repeat(9)}]\n`,
);

const whole: readonly (readonly [name: string, file: string | Buffer, told: RegExp])[] = [
  ['an empty file', '', /^1:1: the configuration is empty; it needs at least `version: 1`$/],
  ['a file of remarks alone', '# later\n', /^1:1: the configuration is empty/],
  ['a single word', 'hello', /^1:1: a configuration is a map of sections, such as `version: 1`/],
  ['a list', '- a\n- b\n', /^1:1: a configuration is a map of sections/],
  ['UTF-16', Buffer.from(`\ufeff${START}`, 'utf16le'), /^1:1: the configuration is no text in UTF-8; save it/],
  ['bytes of no text', Buffer.from([0, 1, 255, 254]), /^1:1: the configuration is no text in UTF-8/],
  ['more than anybody writes', `${START}# ${'x'.repeat(17 * 1024 * 1024)}`, /is larger than 16384 KiB$/],
  ['a depth that no reader has', `${START}roles: ${'['.repeat(20_000)}`, /the file is nested too deeply$/],
  ['no version', 'mode: development\n', /`version` is missing$/],
  ['another version', 'version: 2\nmode: development\n', /`version` must be 1$/],
  ['another mode', 'version: 1\nmode: prod\n', /`mode` must be development or production$/],
];

for (const [name, file, told] of whole) {
  test(`${name} is told in one sentence`, async (t) => {
    const files = await configFiles(t, { 'config/tokenim.yaml': '' });
    await writeFile(join(files.cwd, 'config/tokenim.yaml'), file);
    const problems = await files.problems();
    t.is(problems.length, 1, problems.join('\n'));
    t.regex(problems[0]?.replace('config/tokenim.yaml:', '') ?? '', told);
    t.notRegex(problems.join('\n'), JARGON);
  });
}

test('a bomb of aliases goes off nowhere', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': `${START}a: &a [x]\n${ALIASES}` });
  const problems = await files.problems();
  t.true(problems.length < 100);
  t.notRegex(problems.join('\n'), JARGON);
});

test('a byte order mark, ends of lines of Windows and JSON are taken', async (t) => {
  for (const text of [`\ufeff${START}`, START.replaceAll('\n', '\r\n'), '{"version":1,"mode":"development"}']) {
    t.deepEqual(await (await configFiles(t, { 'config/tokenim.yaml': text })).problems(), []);
  }
});

test('a file of remarks alone beside others holds nothing, and is no mistake', async (t) => {
  const files = await configFiles(t, { 'config/tokenim.yaml': START, 'config/conf.d/later.yaml': '# later\n' });
  t.deepEqual(await files.problems(), []);
});

test('an id in two files is told with both places', async (t) => {
  const files = await configFiles(t, {
    'config/tokenim.yaml': `${START}roles: { a: {} }\n`,
    'config/conf.d/10.yaml': 'roles: { a: {} }\n',
  });
  t.deepEqual(await files.problems(), ['config/conf.d/10.yaml:1:10: `a` stands twice: also at config/tokenim.yaml:3']);
});

test('a folder where the file belongs is told', async (t) => {
  const files = await configFiles(t, { 'config/conf.d/a.yaml': '' });
  await mkdir(join(files.cwd, 'config/tokenim.yaml'));
  t.regex((await files.problems()).join(), /^config\/tokenim\.yaml:1:1: .*\(EISDIR\): it is a folder$/);
});
