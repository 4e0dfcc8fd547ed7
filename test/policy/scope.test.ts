import test from 'ava';
import { describeScope } from '../../src/policy/scope.ts';

const CONFIG = {
  scopes: {
    'messages:read': { resource: 'im', description: { en: 'Read messages', 'zh-CN': '查看消息' as const } },
    'messages:send': { resource: 'im', description: { en: 'Send messages' } },
    'customers:read': { resource: 'crm', description: { en: 'Read customers' } },
  },
};

test('a scope is described in the language of the reader, or in English', (t) => {
  t.is(describeScope('messages:read', 'zh-CN', CONFIG.scopes), '查看消息');
  t.is(describeScope('messages:read', 'zh-TW', CONFIG.scopes), 'Read messages');
  t.is(describeScope('openid', 'zh-TW', CONFIG.scopes), '識別您的身分');
});

test('a scope without a description is shown as it is', (t) => {
  t.is(describeScope('constructor', 'en', CONFIG.scopes), 'constructor');
});
