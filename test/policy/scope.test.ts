import test from 'ava';
import type { ResourceConfig } from '../../src/config/config.ts';
import { describeScope, parseScope, selectResource } from '../../src/policy/scope.ts';

const resource = (indicator: string): ResourceConfig => ({ indicator, token: 'jwt', introspected_by: [] });
const CONFIG = {
  resources: { im: resource('https://im.example/'), crm: resource('https://crm.example/') },
  scopes: {
    'messages:read': { resource: 'im', description: { en: 'Read messages', 'zh-CN': '查看消息' as const } },
    'messages:send': { resource: 'im', description: { en: 'Send messages' } },
    'customers:read': { resource: 'crm', description: { en: 'Read customers' } },
  },
};

test('a scope parameter is a list of distinct tokens in their order', (t) => {
  t.deepEqual(parseScope('openid messages:read openid'), ['openid', 'messages:read']);
  t.deepEqual(parseScope(''), []);
});

test('a scope with a character outside RFC 6749 is refused', (t) => {
  for (const scope of ['messages:read\n', 'a"b', 'a\\b', 'a\tb', '读取']) {
    t.throws(() => parseScope(scope), { code: 'invalid_scope' }, scope);
  }
});

test('scopes of one resource select it, whatever OpenID scopes are beside them', (t) => {
  const selection = selectResource(['openid', 'messages:read', 'messages:send'], CONFIG);
  t.deepEqual(selection, { kind: 'one', name: 'im', resource: CONFIG.resources.im });
});

test('OpenID scopes and unknown scopes select no resource', (t) => {
  t.deepEqual(selectResource(['openid', 'profile', 'nonsense', '__proto__'], CONFIG), { kind: 'none' });
});

test('scopes of two resources are ambiguous, and both are named', (t) => {
  t.deepEqual(selectResource(['messages:read', 'customers:read'], CONFIG), { kind: 'several', names: ['im', 'crm'] });
});

test('a scope is described in the language of the reader, or in English', (t) => {
  t.is(describeScope('messages:read', 'zh-CN', CONFIG.scopes), '查看消息');
  t.is(describeScope('messages:read', 'zh-TW', CONFIG.scopes), 'Read messages');
  t.is(describeScope('openid', 'zh-TW', CONFIG.scopes), '識別您的身分');
});

test('a scope without a description is shown as it is', (t) => {
  t.is(describeScope('constructor', 'en', CONFIG.scopes), 'constructor');
});
