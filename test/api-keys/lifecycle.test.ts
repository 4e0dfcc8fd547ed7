import test from 'ava';
import { apiKeys, newKey } from './fixture.ts';

test('the keys of one owner are listed without secret or hash', async (t) => {
  const { issuer, lifecycle } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  const { items } = await lifecycle.list({ ownerId: 'owner', limit: 10 });
  t.deepEqual(
    items.map(({ clientId }) => clientId),
    [client_id],
  );
  t.false(JSON.stringify(items).includes('hash'));
  t.deepEqual((await lifecycle.list({ ownerId: 'another', limit: 10 })).items, []);
});

test('revoking says by whom and when, and a second time changes nothing', async (t) => {
  const { issuer, lifecycle, clock } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  const revokedAt = clock.now();
  t.true((await lifecycle.revoke(client_id, 'ada')).hasEnded);
  clock.advance(60);
  t.like(await lifecycle.revoke(client_id, 'eve'), {
    hasEnded: false,
    key: { status: 'revoked', revokedBy: 'ada', revokedAt },
  });
});

test('a revoked key cannot be enabled again', async (t) => {
  const { issuer, lifecycle } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  await lifecycle.revoke(client_id, 'ada');
  await t.throwsAsync(lifecycle.enable(client_id), { code: 'key_revoked' });
  await t.throwsAsync(lifecycle.disable(client_id), { code: 'key_revoked' });
});

test('an unknown key cannot be revoked', async (t) => {
  const { lifecycle } = await apiKeys(t);
  await t.throwsAsync(lifecycle.revoke('tim_live_000000000000', 'ada'), { code: 'key_unknown' });
});
