// The two forms of a letter: both say the same, nothing in it becomes markup, and it loads nothing.
import test from 'ava';
import { type Letter, renderLetter } from '../../views/mail/letter.tsx';
import { ATTACK } from './ui.ts';

const letter: Letter = {
  subject: '重設密碼',
  paragraphs: ['你好，', '有人要求重設密碼。'],
  facts: [{ label: '時間', value: '2026-11-21 08:00 UTC' }],
  action: { label: '重設密碼', href: 'https://id.example/account/reset/x?a=1&b=2' },
  closing: '如果不是你本人，請忽略此郵件。',
};

test('text and HTML say the same', (t) => {
  const { subject, text, html } = renderLetter(letter, 'zh-TW');
  t.is(subject, letter.subject);
  t.true(html.startsWith('<!doctype html><html lang="zh-TW">'));
  for (const part of [...letter.paragraphs, '時間', '2026-11-21 08:00 UTC', letter.closing ?? '']) {
    t.true(text.includes(part) && html.includes(part), part);
  }
  t.true(text.includes(`\n${letter.action?.href}\n`), 'on a line of its own');
  t.true(html.includes('href="https://id.example/account/reset/x?a=1&amp;b=2"'));
});

test('nothing in a letter becomes markup', (t) => {
  const { html } = renderLetter(
    { subject: ATTACK, paragraphs: [ATTACK], facts: [{ label: ATTACK, value: ATTACK }], closing: ATTACK },
    'en',
  );
  t.false(html.includes(ATTACK));
  t.notRegex(html, /<script|<img/i);
});

test('a letter loads nothing and tells nobody that it was read', (t) => {
  t.notRegex(renderLetter(letter, 'en').html, /<(?:img|link|script|iframe)|url\(|@import/i);
});
