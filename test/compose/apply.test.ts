// Making a plan the applied configuration: with records that lose nothing, or not at all.
import test from 'ava';
import { applyPlan } from '../../src/compose/apply.ts';
import { DomainError } from '../../src/lib/errors.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { installation } from './installation.ts';

const LINES = `password: { memory_kib: 8192, iterations: 1 }
clients:
  crm:
    name: CRM
    grants: [authorization_code]
    redirect_uris: ["https://crm.example/callback"]
    scopes: [openid]
`;

test('a change that cannot be recorded is not applied: what was applied before stands, and nobody is told', async (t) => {
  const { store, domain, plan } = await installation(t, 'sqlite::memory:', LINES);
  const before = await domain.applied.find();
  const told: string[] = [];
  await store.subscribe('config.applied', (message) => told.push(message));
  const change = await plan((text) => text.replace('CRM', 'Harbour'));
  const audit = { ...domain.audit, record: () => Promise.reject(new DomainError('unavailable', 'record_failed')) };
  const deps = { store, process: 'test', domain: { applied: domain.applied, audit } };
  await t.throwsAsync(applyPlan(deps, OPERATOR, change, change.next), { code: 'record_failed' });
  const after = await domain.applied.find();
  t.is(after?.digest, before?.digest);
  t.deepEqual(after?.snapshot, before?.snapshot);
  t.deepEqual(told, []);
});

test('a client with four hundred addresses is recorded whole, in as many records as it takes', async (t) => {
  const { store, domain, plan } = await installation(t, 'sqlite::memory:', LINES);
  const addresses = Array.from({ length: 400 }, (_, index) => `https://crm.example/callback/${index}`);
  const change = await plan((text) =>
    text.replace('["https://crm.example/callback"]', JSON.stringify(['https://crm.example/callback', ...addresses])),
  );
  t.true(await applyPlan({ store, process: 'test', domain }, OPERATOR, change, change.next));
  const { items } = await domain.audit.list({ type: 'config.changed', limit: 200 });
  const told = (field: string): string =>
    items
      .toReversed()
      .map(({ details }) => details?.[field] ?? '')
      .join('');
  t.is(told('redirect_uris.before'), '["https://crm.example/callback"]');
  t.deepEqual(JSON.parse(told('redirect_uris.after')), ['https://crm.example/callback', ...addresses]);
  t.is(told('redirect_uris.added'), addresses.join(' '));
  t.is(items.at(-1)?.details?.['part'], `1 of ${items.length}`);
});
