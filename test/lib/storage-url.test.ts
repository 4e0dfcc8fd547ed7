// The forms of the storage URL (contract §2).
import test from 'ava';
import { describeStorage, openStorage } from '../../src/storage/open.ts';
import { parseStorageUrl } from '../../src/lib/storage-url.ts';
import { systemClock } from '../../src/lib/clock.ts';

test('a SQLite URL names a file or memory', (t) => {
  t.deepEqual(parseStorageUrl('sqlite:tokenim.db'), { engine: 'sqlite', path: 'tokenim.db' });
  t.deepEqual(parseStorageUrl('sqlite:/var/lib/t.db'), { engine: 'sqlite', path: '/var/lib/t.db' });
  t.deepEqual(parseStorageUrl('sqlite::memory:'), { engine: 'sqlite', path: ':memory:' });
});

test('a Redis URL has a port and a database, or their defaults', (t) => {
  t.like(parseStorageUrl('redis://localhost'), { topology: 'single', tls: false, db: 0 });
  t.deepEqual(parseStorageUrl('rediss://db.example:7000/3'), {
    engine: 'redis',
    topology: 'single',
    tls: true,
    nodes: [{ host: 'db.example', port: 7000 }],
    db: 3,
  });
  t.like(parseStorageUrl('redis://[::1]:7000'), { nodes: [{ host: '::1', port: 7000 }] });
});

test('user and password are percent-decoded', (t) => {
  t.like(parseStorageUrl('redis://al%40ice:p%2Fw%3A%40@h'), { username: 'al@ice', password: 'p/w:@' });
  t.like(parseStorageUrl('redis://:secret@h'), { username: undefined, password: 'secret' });
});

test('a sentinel URL lists sentinels and names the master', (t) => {
  t.deepEqual(parseStorageUrl('rediss+sentinel://u:p@a:1,b/main'), {
    engine: 'redis',
    topology: 'sentinel',
    tls: true,
    nodes: [
      { host: 'a', port: 1 },
      { host: 'b', port: 26_379 },
    ],
    username: 'u',
    password: 'p',
    db: 0,
    master: 'main',
  });
});

test('a cluster URL lists nodes', (t) => {
  t.like(parseStorageUrl('redis+cluster://a:1,b:2'), { topology: 'cluster', nodes: [{ port: 1 }, { port: 2 }] });
});

for (const url of [
  '',
  'sqlite:',
  'sqlite://tokenim.db',
  'postgres://u:hunter2@h/db',
  'redis://u:hunter2@h:0',
  'redis://u:hunter2@h:99999',
  'redis://u:hunter2@h/name',
  'redis://u:hunter2@a,b',
  'redis://u:hunter2%@h',
  'redis+sentinel://u:hunter2@h',
  'redis+cluster://u:hunter2@h/1',
  'redis://',
]) {
  test(`the URL ${JSON.stringify(url)} is refused with the accepted forms and without its password`, async (t) => {
    const error = await t.throwsAsync(openStorage(url, { dataFolder: '/nonexistent', clock: systemClock }));
    t.like(error, { kind: 'invalid', code: 'storage_url_invalid' });
    t.regex(error.message, /redis\+sentinel:\/\//);
    t.notRegex(JSON.stringify(error) + error.message, /hunter2/);
    t.notRegex(describeStorage(url), /hunter2/);
  });
}

test('a described URL keeps all but the password', (t) => {
  t.is(describeStorage('rediss://al%40ice:p%40w@h:1/2'), 'rediss://al%40ice@h:1/2');
  t.is(describeStorage('redis://:pw@h'), 'redis://h');
  t.is(describeStorage('redis+cluster://u:a@b@c:1,d:2'), 'redis+cluster://u@c:1,d:2');
  t.is(describeStorage('sqlite:tokenim.db'), 'sqlite:tokenim.db');
});
