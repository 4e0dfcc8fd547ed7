import test from 'ava';
import { inspectApiKey } from '../../src/api-keys/inspect.ts';
import { apiKeys, newKey } from './fixture.ts';

test('a key that was copied well is explained without faults', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  t.like(await inspectApiKey(client_secret, verifier), {
    faults: [],
    clientId: client_id,
    verification: { kind: 'valid' },
  });
});

test('what copying added is named, and the key is still read', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const fullWidth = client_secret.replace(/[0-9a-z]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));
  for (const [pasted, faults] of [
    [`${client_secret}\r\n`, ['white_space']],
    [`"${client_secret}"`, ['quotes']],
    [`\ufeff${client_secret.slice(0, 20)}\u200b${client_secret.slice(20)}`, ['invisible_characters']],
    [`  ${fullWidth}`, ['full_width', 'white_space']],
    [`${client_secret.slice(0, 30)}\n  ${client_secret.slice(30)}`, ['white_space']],
  ] as const) {
    const inspection = await inspectApiKey(pasted, verifier);
    t.like(inspection, { clientId: client_id, verification: { kind: 'valid' } });
    t.deepEqual(inspection.faults, [...faults]);
  }
});

test('a mistyped key is told by its checksum, with the client_id that can be read', async (t) => {
  const { issuer, verifier } = await apiKeys(t);
  const { client_id, client_secret } = await issuer.create(newKey);
  const mistyped = client_secret.slice(0, -1) + (client_secret.endsWith('0') ? '1' : '0');
  t.deepEqual(await inspectApiKey(mistyped, verifier), {
    faults: [],
    clientId: client_id,
    verification: { kind: 'invalid', reason: 'checksum' },
  });
});

test('any other text is malformed, and is not repeated in the answer', async (t) => {
  const { verifier } = await apiKeys(t);
  const inspection = await inspectApiKey('my password', verifier);
  t.deepEqual(inspection.verification, { kind: 'invalid', reason: 'malformed' });
  t.false(JSON.stringify(inspection).includes('password'));
});
