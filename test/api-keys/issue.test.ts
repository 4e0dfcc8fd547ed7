import test from 'ava';
import { parseApiKey } from '../../src/api-keys/format.ts';
import { apiKeys, IM, newKey } from './fixture.ts';

const DAY = 24 * 3600;

test('a new key is answered once, with the whole key as client_secret', async (t) => {
  const { issuer } = await apiKeys(t);
  const issued = await issuer.create({ ...newKey, scopes: ['messages:read'] });
  t.deepEqual(parseApiKey(issued.client_secret), { ok: true, clientId: issued.client_id });
  t.deepEqual(issued.scopes, ['messages:read']);
});

test('neither the secret nor its half is in the store', async (t) => {
  const { issuer, keys } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const stored = JSON.stringify(await keys.get(client_id));
  t.false(stored.includes(client_secret.slice(-38, -6)));
});

test('a key lasts 90 days, and 365 at most', async (t) => {
  const { issuer, clock } = await apiKeys(t);
  const { expires_at } = await issuer.create(newKey);
  t.is(expires_at, new Date(clock.now() + 90 * DAY * 1000).toISOString());
  await t.notThrowsAsync(issuer.create({ ...newKey, expiresIn: 365 * DAY }));
  for (const expiresIn of [365 * DAY + 1, 0, -1, Number.NaN]) {
    await t.throwsAsync(issuer.create({ ...newKey, expiresIn }), { code: 'expiry_invalid' });
  }
});

test('a key gets no scope that its owner does not have', async (t) => {
  const { issuer } = await apiKeys(t);
  const error = await t.throwsAsync(issuer.create({ ...newKey, scopes: ['messages:read', 'calls:read'] }), {
    code: 'scope_not_granted',
  });
  t.regex(error?.message ?? '', /calls:read/);
});

test('without scopes a key gets what its owner has now, and never nothing', async (t) => {
  const { issuer, owner } = await apiKeys(t);
  t.deepEqual((await issuer.create(newKey)).scopes, ['messages:read', 'messages:send']);
  owner.scopes = [];
  await t.throwsAsync(issuer.create(newKey), { code: 'key_scopes_missing' });
});

test('an unknown or inactive owner gets no key', async (t) => {
  const { issuer, owner } = await apiKeys(t);
  await t.throwsAsync(issuer.create({ ...newKey, ownerId: 'nobody' }), { code: 'owner_unknown' });
  owner.active = false;
  await t.throwsAsync(issuer.create(newKey), { code: 'owner_inactive' });
});

test('a key needs a name that can be read', async (t) => {
  const { issuer } = await apiKeys(t);
  for (const name of ['', '  ', 'x'.repeat(101), 'a\nb', 'a\u202eb']) {
    await t.throwsAsync(issuer.create({ ...newKey, name }), { code: 'key_name_invalid' }, JSON.stringify(name));
  }
});

test('rotation keeps the client_id, and the former secret for the overlap only', async (t) => {
  const { issuer, verifier, clock } = await apiKeys(t);
  const former = await issuer.create(newKey);
  const latter = await issuer.rotate(former.client_id, { overlap: 3600 });
  t.is(latter.client_id, former.client_id);
  t.not(latter.client_secret, former.client_secret);

  clock.advance(3599);
  t.is((await verifier.verify(former.client_id, former.client_secret)).kind, 'valid');
  clock.advance(1);
  t.like(await verifier.verify(former.client_id, former.client_secret), { kind: 'invalid', reason: 'replaced' });
  t.is((await verifier.verify(former.client_id, latter.client_secret)).kind, 'valid');
});

test('a range of IPv4-mapped addresses is the range of IPv4 addresses that it maps', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const addresses = ['::ffff:10.0.0.0/104', '::ffff:192.0.2.7'];
  const { client_id, client_secret } = await issuer.create({ ...newKey, addresses });
  const from = async (address: string) => (await verifier.verify(client_id, client_secret, address)).kind;
  for (const address of ['10.1.2.3', '192.0.2.7']) t.is(await from(address), 'valid', address);
  for (const address of ['11.1.2.3', '192.0.2.8']) t.is(await from(address), 'invalid', address);
});

test('rotation without overlap ends the former secret at once, and its holder hears that it was replaced', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const former = await issuer.create(newKey);
  await issuer.rotate(former.client_id, { overlap: 0 });
  const replaced = { kind: 'invalid', reason: 'replaced' };
  t.like(await verifier.verify(former.client_id, former.client_secret), replaced);
  await issuer.rotate(former.client_id, { overlap: 0 });
  t.like(await verifier.verify(former.client_id, former.client_secret), replaced);
});

test('of many rotations the last ended secrets are remembered, and never more than that', async (t) => {
  const { issuer, verifier, keys } = await apiKeys(t);
  const first = await issuer.create(newKey);
  for (let times = 0; times < 12; times++) await issuer.rotate(first.client_id, { overlap: 0 });
  t.is((await keys.get(first.client_id))?.value.hashes.length, 10);
  t.like(await verifier.verify(first.client_id, first.client_secret), { reason: 'wrong_secret' });
});

test('rotation does not lengthen the life of a secret that a rotation has already replaced', async (t) => {
  const { issuer, verifier, clock } = await apiKeys(t);
  const first = await issuer.create(newKey);
  await issuer.rotate(first.client_id, { overlap: 60 });
  await issuer.rotate(first.client_id, { overlap: DAY });
  clock.advance(61);
  t.is((await verifier.verify(first.client_id, first.client_secret)).kind, 'invalid');
});

test('of more than three secrets at once the oldest ends', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const first = await issuer.create(newKey);
  const second = await issuer.rotate(first.client_id);
  await issuer.rotate(first.client_id);
  await issuer.rotate(first.client_id);
  t.like(await verifier.verify(first.client_id, first.client_secret), { kind: 'invalid', reason: 'replaced' });
  t.is((await verifier.verify(first.client_id, second.client_secret)).kind, 'valid');
});

test('rotation lengthens the life of the key, but a former secret ends no later than it would have', async (t) => {
  const { issuer, verifier, clock } = await apiKeys(t);
  const former = await issuer.create({ ...newKey, expiresIn: 100 });
  const latter = await issuer.rotate(former.client_id, { overlap: DAY });
  clock.advance(101);
  t.is((await verifier.verify(former.client_id, former.client_secret)).kind, 'invalid');
  t.is((await verifier.verify(former.client_id, latter.client_secret)).kind, 'valid');
});

test('an expired, disabled, revoked or unknown key is not rotated', async (t) => {
  const { issuer, lifecycle, clock } = await apiKeys(t);
  const notActive = { code: 'key_not_active' };
  const expired = await issuer.create({ ...newKey, expiresIn: 1 });
  clock.advance(2);
  await t.throwsAsync(issuer.rotate(expired.client_id), notActive);
  const { client_id } = await issuer.create(newKey);
  await lifecycle.disable(client_id);
  await t.throwsAsync(issuer.rotate(client_id), notActive);
  await lifecycle.revoke(client_id, 'operator');
  await t.throwsAsync(issuer.rotate(client_id), notActive);
  await t.throwsAsync(issuer.rotate('tim_live_000000000000'), { code: 'key_unknown' });
});

test('an overlap outside 0 to 30 days is refused', async (t) => {
  const { issuer } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  for (const overlap of [-1, 30 * DAY + 1, Number.NaN]) {
    await t.throwsAsync(issuer.rotate(client_id, { overlap }), { code: 'overlap_invalid' });
  }
});

test('a key for one resource has its scopes only, and says which resource', async (t) => {
  const { issuer, lifecycle } = await apiKeys(t);
  const { client_id, scopes } = await issuer.create({ ...newKey, resource: 'im' });
  t.deepEqual(scopes, ['messages:read']);
  t.is((await lifecycle.find(client_id))?.resource, IM);
  await t.throwsAsync(issuer.create({ ...newKey, resource: IM, scopes: ['messages:send'] }), {
    code: 'scope_not_of_resource',
  });
  await t.throwsAsync(issuer.create({ ...newKey, resource: 'files' }), { code: 'resource_unknown' });
});

test('ranges are kept in one spelling, and what is none is refused', async (t) => {
  const { issuer, lifecycle } = await apiKeys(t);
  const addresses = ['192.0.2.0/24', '2001:DB8:0:0::/32', '192.0.2.0/24'];
  const { client_id } = await issuer.create({ ...newKey, addresses });
  t.deepEqual((await lifecycle.find(client_id))?.addresses, ['192.0.2.0/24', '2001:db8::/32']);
  const outside = ['192.0.2.0/33', '2001:db8::/129', '::ffff:10.0.0.0/24', '::ffff:10.0.0.0/129'];
  const none = ['example.com', '192.0.2', '', '10.0.0.0/8 ', '10.0.0.1:443', '[2001:db8::1]', 'fe80::1%eth0'];
  for (const wrong of [...outside, ...none]) {
    await t.throwsAsync(issuer.create({ ...newKey, addresses: [wrong] }), { code: 'network_invalid' }, wrong);
  }
  const many = Array.from({ length: 21 }, (_, last) => `192.0.2.${last}`);
  await t.throwsAsync(issuer.create({ ...newKey, addresses: many }), { code: 'networks_too_many' });
});

test('a key can neither manage keys nor approve sign-ins nor administer, whatever its owner may', async (t) => {
  const { issuer, owner } = await apiKeys(t);
  const never = ['keys:read', 'keys:write', 'qr:approve', 'admin:read', 'admin:write'];
  owner.scopes = ['messages:read', ...never];
  for (const scope of never) {
    const error = await t.throwsAsync(issuer.create({ ...newKey, scopes: [scope] }), { code: 'scope_not_granted' });
    t.is(error?.message, `API keys never get ${scope}`);
  }
});

test('a list of addresses that is empty is refused: the key would be usable from everywhere', async (t) => {
  const { issuer } = await apiKeys(t);
  await t.throwsAsync(issuer.create({ ...newKey, addresses: [] }), { code: 'network_invalid' });
});
