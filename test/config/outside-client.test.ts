// What the files no longer allow is left out of an application that no file manages, wherever it names it.
import test from 'ava';
import { outsideClientInForce } from '../../src/config/outside-client.ts';
import { development } from './config-files.ts';

const LINES = [
  'resources: { im: { indicator: "https://im.example/" } }',
  'scopes: { read: { resource: im, description: { en: x } }, lonely: { resource: im, description: { en: x } } }',
  'roles: { member: { default: true, scopes: [read] } }',
];
const SETTINGS = {
  name: 'Notes',
  grants: ['device_code'],
  scopes: ['openid', 'read', 'lonely', 'admin:write', 'gone'],
  device_scopes: ['read', 'lonely', 'admin:write', 'gone'],
  optional_scopes: ['read', 'lonely', 'gone'],
};

test('the ceiling of devices and what may be unticked name nothing that the client has lost', async (t) => {
  const files = await (await development(t, ...LINES)).load();
  const { client } = outsideClientInForce('app_1', SETTINGS, [], files);
  t.like(client, { scopes: ['openid', 'read'], device_scopes: ['read'], optional_scopes: ['read'] });
});

test('where every role is gone, nobody is let in', async (t) => {
  const files = await (await development(t, ...LINES)).load();
  const settings = { ...SETTINGS, allowed_roles: ['former'] };
  t.deepEqual(outsideClientInForce('app_1', settings, [], files).client?.allowed_roles, []);
});
