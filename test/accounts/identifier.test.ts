import test from 'ava';
import fc from 'fast-check';
import {
  loginBucket,
  parseDisplayName,
  parseEmail,
  parseLogin,
  parseNewUsername,
  parseUsername,
} from '../../src/accounts/identifier.ts';

test('an e-mail address is kept in lower case, without space around it', (t) => {
  t.is(parseEmail('  Ada.Lovelace@Example.COM '), 'ada.lovelace@example.com');
});

test('full-width letters are the same e-mail address', (t) => {
  t.is(parseEmail('ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ'), 'ada@example.com');
});

test('the two spellings of an international domain are one', (t) => {
  t.is(parseEmail('ada@例え.jp'), 'ada@xn--r8jz45g.jp');
  t.is(parseEmail('ada@xn--r8jz45g.jp'), 'ada@xn--r8jz45g.jp');
});

for (const text of [
  '',
  'ada',
  '@example.com',
  'ada@',
  'a@b@example.com',
  'ada lovelace@example.com',
  'ada\r\nbcc:eve@example.com',
  'ada\u200b@example.com',
  'ada\u202e@example.com',
  'ada@exam\u00adple.com',
  'ada@example..com',
  'ada@example.com.',
  'ada@-example.com',
  'ada@127.0.0.1',
  'ada@example.com/path',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(64)}.com`,
  `ada@${'abcdefgh.'.repeat(40)}com`,
]) {
  test(`${JSON.stringify(text.slice(0, 40))} (${text.length} units) is no e-mail address`, (t) => {
    t.is(parseEmail(text), undefined);
  });
}

test('a user name is 2 to 64 letters, digits and marks of any script', (t) => {
  t.is(parseUsername('Ada_99'), 'ada_99');
  t.is(parseUsername('王小明'), '王小明');
  for (const refused of ['a', '_ada', 'ada@home', 'ada lovelace', 'ada\u200dx', 'a'.repeat(65)]) {
    t.is(parseUsername(refused), undefined, refused);
  }
});

test('a display name has no invisible characters', (t) => {
  t.is(parseDisplayName(' Ada Lovelace '), 'Ada Lovelace');
  for (const refused of ['', ' ', 'Ada\u202eecalevoL', 'Ada\nLovelace', 'Ada\u2028Lovelace', 'x'.repeat(101)]) {
    t.is(parseDisplayName(refused), undefined, JSON.stringify(refused));
  }
});

test('a user name has no invisible characters, not even those that count as letters or marks', (t) => {
  for (const refused of ['ad\u034fa', 'ada\u115f', 'ada\u1160x', 'ada\ufe0f', 'ada\u17b4', 'ada\u{e0100}']) {
    t.is(parseUsername(refused), undefined, JSON.stringify(refused));
  }
});

test('each user name has a bucket of its own', (t) => {
  let names = 0;
  const shared: string[] = [];
  for (let code = 0x21; code < 0x110000; code++) {
    const text = `ab${String.fromCodePoint(code)}`;
    const username = code >= 0xd800 && code <= 0xdfff ? undefined : parseUsername(text);
    if (username === undefined) continue;
    names++;
    if (loginBucket(text) !== username) shared.push(code.toString(16));
  }
  t.deepEqual(shared, []);
  t.true(names > 100_000, 'nearly every letter of Unicode was tried');
});

test('a new user name does not mix alphabets whose letters look alike', (t) => {
  for (const refused of ['\u0430dmin', 'adm\u0456n', '\u03bfscar', 'g\u0585d']) {
    t.is(parseNewUsername(refused), undefined, JSON.stringify(refused));
  }
  for (const taken of ['admin', 'админ', 'οσκαρ', '王xiaoming', 'さくらsakura', '김minsu', '__', 'ada.1']) {
    t.is(parseNewUsername(taken), parseUsername(taken), taken);
  }
});

test('an identifier that was parsed parses to itself', (t) => {
  const unit = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  t.notThrows(() =>
    fc.assert(
      fc.property(unit, unit, (local, domain) => {
        const email = parseEmail(`${local}@${domain}.com`);
        const username = parseUsername(local);
        return (
          (email === undefined || parseEmail(email) === email) &&
          (username === undefined || parseUsername(username) === username)
        );
      }),
    ),
  );
});

test('every spelling that reaches an account is counted in its bucket', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const parsed = parseLogin(text);
      return parsed === undefined || loginBucket(text) === loginBucket(parsed.value);
    }),
  );
  t.is(loginBucket('ADA@example.com'), loginBucket('ａda@EXAMPLE.com '));
});

test('look-alikes with invisible characters share the bucket of the login they imitate', (t) => {
  t.is(loginBucket('ada\u200b@example.com'), loginBucket('ada@example.com'));
  t.is(loginBucket('a\u00add a@example.com'), loginBucket('ada@example.com'));
  t.not(loginBucket('eve@example.com'), loginBucket('ada@example.com'));
});

test('a login of any length has a bucket of bounded length', (t) => {
  t.true(loginBucket('ﷺ'.repeat(100_000)).length < 10_000);
});
