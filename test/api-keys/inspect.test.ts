import test from 'ava';
import { inspectApiKey } from '../../src/api-keys/inspect.ts';
import { apiKeys, newKey } from './fixture.ts';

test('a key that was copied well is explained without faults', async (t) => {
  const { issuer, inspecting } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  t.like(await inspectApiKey(client_secret, inspecting), {
    faults: [],
    clientId: client_id,
    verification: { kind: 'valid' },
  });
});

test('what copying added is named, and the key is still read', async (t) => {
  const { issuer, inspecting } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const fullWidth = client_secret.replace(/[0-9a-z]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));
  for (const [pasted, faults] of [
    [`${client_secret}\r\n`, ['white_space']],
    [`"${client_secret}"`, ['quotes']],
    [`\ufeff${client_secret.slice(0, 20)}\u200b${client_secret.slice(20)}`, ['invisible_characters']],
    [`  ${fullWidth}`, ['full_width', 'white_space']],
    [`${client_secret.slice(0, 30)}\n  ${client_secret.slice(30)}`, ['white_space']],
    [`${client_id}:${client_secret}`, ['other_text']],
    [`Bearer ${client_secret}\n`, ['other_text']],
    [`export TOKENIM_KEY="${client_secret}"`, ['other_text']],
    [`"${client_secret}",`, ['other_text']],
  ] as const) {
    const inspection = await inspectApiKey(pasted, inspecting);
    t.like(inspection, { clientId: client_id, verification: { kind: 'valid' } });
    t.deepEqual(inspection.faults, [...faults]);
  }
});

test('a mistyped key is told by its checksum, with the client_id that can be read', async (t) => {
  const { issuer, inspecting } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const mistyped = client_secret.slice(0, -1) + (client_secret.endsWith('0') ? '1' : '0');
  t.deepEqual(await inspectApiKey(mistyped, inspecting), {
    faults: [],
    clientId: client_id,
    verification: { kind: 'invalid', reason: 'checksum' },
  });
});

test('of two keys in one text neither is chosen, and a longer word is no key', async (t) => {
  const { issuer, inspecting } = await apiKeys(t);
  const [one, two] = [await issuer.create(newKey), await issuer.create(newKey)];
  for (const text of [`${one.client_secret}\n${two.client_secret}`, `KEY=${one.client_secret}0`]) {
    t.like(await inspectApiKey(text, inspecting), { verification: { reason: 'malformed' } });
  }
});

test('any other text is malformed, and is not repeated in the answer', async (t) => {
  const { inspecting } = await apiKeys(t);
  const inspection = await inspectApiKey('my password', inspecting);
  t.deepEqual(inspection.verification, { kind: 'invalid', reason: 'malformed' });
  t.false(JSON.stringify(inspection).includes('password'));
});

test('the scopes of a key are told one by one, with the roles that would grant what is missing', async (t) => {
  const { issuer, inspecting, owner } = await apiKeys(t);
  const { client_secret } = await issuer.create(newKey);
  owner.scopes = ['messages:read'];
  const { scopes } = await inspectApiKey(client_secret, inspecting);
  t.deepEqual(scopes, [
    { scope: 'messages:read', isGranted: true, roles: [] },
    { scope: 'messages:send', isGranted: false, because: 'role', roles: ['support'] },
  ]);
});

test('a scope that went to another resource than the key is for, or that keys never get, has no effect', async (t) => {
  const { issuer, keys, inspecting, owner } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create({ ...newKey, resource: 'im' });
  owner.scopes.push('admin:read');
  await keys.update(client_id, (old) => ({ ...old, scopes: ['messages:send', 'admin:read'] }));
  const { scopes } = await inspectApiKey(client_secret, inspecting);
  t.deepEqual(
    scopes?.map(({ isGranted, because }) => [isGranted, because]),
    [
      [false, 'resource'],
      [false, 'never'],
    ],
  );
});

test('an address outside of the ranges is named as the reason, to who holds the key only', async (t) => {
  const { issuer, inspecting } = await apiKeys(t);
  const { client_secret } = await issuer.create({ ...newKey, addresses: ['192.0.2.0/24'] });
  const from = async (address: string) => (await inspectApiKey(client_secret, inspecting, address)).verification;
  t.like(await from('192.0.2.7'), { kind: 'valid' });
  t.like(await from('198.51.100.7'), { kind: 'invalid', reason: 'address_not_allowed' });
  const mistyped = await inspectApiKey(`${client_secret.slice(0, -1)}~`, inspecting, '198.51.100.7');
  t.like(mistyped.verification, { reason: 'malformed' });
});
