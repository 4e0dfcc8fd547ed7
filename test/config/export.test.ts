// What `config export` writes of URLs; that the whole loads again is shown on the command line.
import test from 'ava';
import { exportConfig } from '../../src/config/export.ts';
import { development } from './config-files.ts';

for (const url of [
  'redis://app:hunter2@h:6379/0',
  'redis://app:hunter2/secret@h:6379/0',
  'redis+sentinel://:hunter2@a:1,b:2/main',
  'redis://hunter2@h',
]) {
  test(`${url} leaves for an environment variable`, async (t) => {
    const { cwd } = await development(t, `storage: "${url}"`);
    const text = await exportConfig({ env: {}, cwd, configPath: 'config' });
    t.notRegex(text, /hunter2/);
    t.regex(text, /# storage holds a password here; set TOKENIM_STORAGE\./);
    t.regex(text, /^storage:\n {2}env: TOKENIM_STORAGE$/m);
  });
}

test('a relay with a user name alone leaves too: it may be a token', async (t) => {
  const { cwd } = await development(t, 'mail: { url: "smtp://hunter2@relay", from: a@b.example }');
  const text = await exportConfig({ env: {}, cwd, configPath: 'config' });
  t.notRegex(text, /hunter2/);
  t.regex(text, /set TOKENIM_MAIL_URL/);
});

test('a URL without a secret stays', async (t) => {
  const { cwd } = await development(
    t,
    'storage: "rediss://h:7000/3"',
    'mail: { url: "smtp://relay:587", from: a@b.example }',
  );
  const text = await exportConfig({ env: {}, cwd, configPath: 'config' });
  t.regex(text, /^storage: rediss:\/\/h:7000\/3$/m);
  t.regex(text, /url: smtp:\/\/relay:587/);
});
