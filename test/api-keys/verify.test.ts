import test from 'ava';
import { formatApiKey } from '../../src/api-keys/format.ts';
import { apiKeys, newKey } from './fixture.ts';

const OTHER_SECRET = 'z'.repeat(32);

test('a key opens its client and says what its owner may do now', async (t) => {
  const { issuer, verifier, owner } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  owner.scopes = ['messages:read'];
  const result = await verifier.verify(client_id, client_secret);
  t.like(result, { kind: 'valid', key: { clientId: client_id, ownerId: 'owner' }, ownerScopes: ['messages:read'] });
});

test('a verified key carries no hash', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  t.false(JSON.stringify(await verifier.verify(client_id, client_secret)).includes('hash'));
});

test('a well-formed key with another secret is refused, known client or not', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  const guess = formatApiKey(client_id, OTHER_SECRET);
  t.deepEqual(await verifier.verify(client_id, guess), { kind: 'invalid', reason: 'wrong_secret' });
  const unknown = 'tim_live_000000000000';
  const result = await verifier.verify(unknown, formatApiKey(unknown, OTHER_SECRET));
  t.deepEqual(result, { kind: 'invalid', reason: 'unknown' });
});

test('the key of another client is refused', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const [one, two] = [await issuer.create(newKey), await issuer.create(newKey)];
  t.like(await verifier.verify(one.client_id, two.client_secret), { kind: 'invalid', reason: 'other_client' });
});

test('a key is not forgiven what copying did to it', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  t.like(await verifier.verify(client_id, `${client_secret} `), { kind: 'invalid', reason: 'malformed' });
  const mistyped = client_secret.slice(0, -1) + (client_secret.endsWith('0') ? '1' : '0');
  t.like(await verifier.verify(client_id, mistyped), { kind: 'invalid', reason: 'checksum' });
});

test('an expired, disabled or revoked key is refused, and its holder may know why', async (t) => {
  const { issuer, verifier, lifecycle, clock } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create({ ...newKey, expiresIn: 60 });
  const reason = async () => {
    const result = await verifier.verify(client_id, client_secret);
    t.is(result.key?.clientId, client_id);
    return result.kind === 'invalid' ? result.reason : 'valid';
  };
  await lifecycle.disable(client_id);
  t.is(await reason(), 'disabled');
  await lifecycle.enable(client_id);
  t.is(await reason(), 'valid');
  clock.advance(60);
  t.is(await reason(), 'expired');
  await lifecycle.revoke(client_id, 'operator');
  t.is(await reason(), 'revoked');
});

test('a wrong secret does not learn that the key is revoked', async (t) => {
  const { issuer, verifier, lifecycle } = await apiKeys(t);
  const { client_id } = await issuer.create(newKey);
  await lifecycle.revoke(client_id, 'operator');
  const result = await verifier.verify(client_id, formatApiKey(client_id, OTHER_SECRET));
  t.deepEqual(result, { kind: 'invalid', reason: 'wrong_secret' });
});

test('the keys of an owner who is disabled or gone are refused', async (t) => {
  const { issuer, verifier, owner } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  owner.active = false;
  t.like(await verifier.verify(client_id, client_secret), { kind: 'invalid', reason: 'owner_inactive' });
  t.is(await verifier.findUsable(client_id), undefined);
});

test('a key made under a former pepper is accepted while that pepper is in the list', async (t) => {
  const { issuer, verifier, peppers } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  peppers.list = ['pepper two', 'pepper one'];
  t.is((await verifier.verify(client_id, client_secret)).kind, 'valid');
  peppers.list = ['pepper two'];
  t.like(await verifier.verify(client_id, client_secret), { reason: 'wrong_secret' });
});

test('a usable key tells its own secret from another', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const key = await verifier.findPresented(client_id);
  t.like(key, {
    clientId: client_id,
    ownerId: 'owner',
    name: 'CRM sync',
    ownerScopes: ['messages:read', 'messages:send'],
  });
  t.like(key?.open(client_secret, undefined), { kind: 'opened' });
  t.is(key?.open(formatApiKey(client_id, OTHER_SECRET), undefined), undefined);
  t.is(key?.open('', undefined), undefined);
});

test('a range of addresses counts for who presents the right secret, and for nobody else', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create({ ...newKey, addresses: ['192.0.2.0/24', '2001:db8::/32'] });
  const key = await verifier.findPresented(client_id);
  for (const address of ['192.0.2.7', '2001:db8::7']) t.is(key?.open(client_secret, address)?.kind, 'opened');
  for (const address of ['192.0.3.7', '2001:db9::7', 'unknown', '', undefined]) {
    t.like(key?.open(client_secret, address), { kind: 'refused', reason: 'address_not_allowed' });
  }
  t.is(key?.open(formatApiKey(client_id, OTHER_SECRET), '192.0.3.7'), undefined);
});

test('who presents a secret of an ended key is told why, in words that RFC 6749 §5.2 allows', async (t) => {
  const { issuer, verifier, lifecycle, clock, owner } = await apiKeys(t);
  const refusalOf = async ({ client_id, client_secret }: { client_id: string; client_secret: string }) => {
    const opening = (await verifier.findPresented(client_id))?.open(client_secret, undefined);
    t.is(opening?.kind, 'refused');
    const { reason, description } = opening?.kind === 'refused' ? opening : { reason: '', description: '' };
    t.regex(description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    return `${reason}: ${description}`;
  };
  const revoked = await issuer.create(newKey);
  await lifecycle.revoke(revoked.client_id, 'owner');
  t.regex(await refusalOf(revoked), /^revoked: .* by its owner$/);
  const leaked = await issuer.create(newKey);
  await lifecycle.revoke(leaked.client_id, 'anonymous', 'leaked');
  t.regex(await refusalOf(leaked), /^revoked: .*reported as leaked$/);
  const ended = await issuer.create(newKey);
  await lifecycle.revoke(ended.client_id, 'somebody-else');
  t.regex(await refusalOf(ended), /administrator or maintainer$/);
  const disabled = await issuer.create(newKey);
  await lifecycle.disable(disabled.client_id);
  t.regex(await refusalOf(disabled), /^disabled: /);
  const rotated = await issuer.create(newKey);
  await issuer.rotate(rotated.client_id, { overlap: 60 });
  clock.advance(61);
  t.regex(await refusalOf(rotated), /^replaced: /);
  owner.active = false;
  t.regex(await refusalOf(await issuer.rotate(rotated.client_id)), /^owner_inactive: /);
  const expiring = await issuer.rotate(rotated.client_id, { expiresIn: 60 });
  clock.advance(61);
  t.regex(await refusalOf(expiring), /^expired: .*expired on \d{4}-/);
});

test('an expired, revoked or unknown key is not usable', async (t) => {
  const { issuer, verifier, lifecycle, clock } = await apiKeys(t);
  const revoked = await issuer.create(newKey);
  await lifecycle.revoke(revoked.client_id, 'operator');
  t.is(await verifier.findUsable(revoked.client_id), undefined);
  const expiring = await issuer.create({ ...newKey, expiresIn: 60 });
  clock.advance(60);
  t.is(await verifier.findUsable(expiring.client_id), undefined);
  t.is(await verifier.findUsable('tim_live_000000000000'), undefined);
});
