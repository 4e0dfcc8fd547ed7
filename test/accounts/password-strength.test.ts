import test from 'ava';
import { CHINESE_PASSWORDS } from '../../src/accounts/chinese-passwords.ts';
import { createWeaknessOf } from '../../src/accounts/password-strength.ts';

const weaknessOf = createWeaknessOf();

const weak = [
  ['password', 'common'],
  ['P@ssw0rd', 'common'],
  ['woaini1314', 'common'],
  ['WoAiNi1314', 'common'],
  ['5201314woaini', 'common'],
  ['zhangwei', 'common'],
  ['zhangwei1990', 'common'],
  ['haohaoxuexi', 'common'],
  ['我爱你一生一世', 'common'],
  ['好好学习天天向上', 'common'],
  ['qwertyuiop', 'common'],
  ['tokenim123', 'personal'],
  ['19900101', 'pattern'],
  ['12.12.1990', 'pattern'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'pattern'],
] as const;

for (const [password, weakness] of weak) {
  test(`${password} is weak: ${weakness}`, async (t) => {
    t.is(await weaknessOf(password, []), weakness);
  });
}

for (const password of [
  'correct horse battery staple',
  'x7Kp2mQz',
  '窗外雨声与七只蓝色的鲸鱼',
  'seven quiet harbour lamps',
  'Kofferwort-Lampenschirm',
]) {
  test(`${password} will do`, async (t) => {
    t.is(await weaknessOf(password, ['lin@example.com', 'lin', 'Lin Xiaoyu']), undefined);
  });
}

test('what strangers know of the person is no password, in parts, turned round or with a figure', async (t) => {
  const about = ['xiaoyu.lin@harbour-tools.example', 'linxiaoyu', 'Lin Xiaoyu'];
  for (const password of [
    'xiaoyu.lin@harbour-tools.example',
    'linxiaoyu1',
    'uyoaixnil',
    'harbour-tools1',
    'Xiaoyu2024',
  ]) {
    t.not(await weaknessOf(password, about), undefined, password);
  }
  t.is(await weaknessOf('linxiaoyu1', about), 'personal');
});

test('an address longer than what is looked at is still recognised', async (t) => {
  const address = 'a3f5c6d7-91b2-4c3d-8e4f-5a6b7c8d9e0f@mail.example.com';
  t.is(await weaknessOf(address, [address]), 'personal');
});

test('no entry of the Chinese list passes', async (t) => {
  const passed: string[] = [];
  for (const word of CHINESE_PASSWORDS) if ((await weaknessOf(word, [])) === undefined) passed.push(word);
  t.deepEqual(passed, []);
});
