// Real API keys on an in-memory SQLite store, with owners whose state and scopes a test may change.
import type { ExecutionContext } from 'ava';
import { apiKeyCollection, type ApiKeys, type FindOwner } from '../../src/api-keys/api-key.ts';
import type { InspectDeps } from '../../src/api-keys/inspect.ts';
import { createIssuer, type Issuer } from '../../src/api-keys/issue.ts';
import { createLifecycle, type Lifecycle } from '../../src/api-keys/lifecycle.ts';
import { createVerifier, type Verifier } from '../../src/api-keys/verify.ts';
import type { SecretList } from '../../src/config/config.ts';
import { randomBase62 } from '../../src/lib/random.ts';
import type { Store } from '../../src/storage/port.ts';
import { memoryStore, testClock, type TestClock } from '../accounts/fixture.ts';

export interface World {
  clock: TestClock;
  store: Store;
  keys: ApiKeys;
  owner: { active: boolean; scopes: string[] };
  peppers: { list: SecretList };
  issuer: Issuer;
  verifier: Verifier;
  lifecycle: Lifecycle;
  /** What inspecting a key needs. */
  inspecting: InspectDeps;
}

export const IM = 'https://im.example/';

export async function apiKeys(t: ExecutionContext): Promise<World> {
  const clock = testClock();
  const store = await memoryStore(t, clock);
  const keys = apiKeyCollection(store, () => clock.now());
  const owner = { active: true, scopes: ['messages:read', 'messages:send'] };
  const peppers: World['peppers'] = { list: ['pepper one'] };
  const findOwner: FindOwner = async (id) => (id === 'owner' ? owner : undefined);
  const findResource = (name: string) =>
    name === 'im' || name === IM ? { indicator: IM, scopes: ['messages:read'] } : undefined;
  const deps = { keys, findOwner, peppers: () => peppers.list, clock };
  const verifier = createVerifier(deps);
  return {
    clock,
    store,
    keys,
    owner,
    peppers,
    issuer: createIssuer({ ...deps, findResource, randomBase62 }),
    verifier,
    lifecycle: createLifecycle({ keys, clock }),
    inspecting: {
      verify: verifier.verify,
      findOwner,
      rolesGranting: () => ['support'],
      resourceOf: (scope) => (scope === 'messages:read' ? IM : 'https://other.example/'),
    },
  };
}

export const newKey = { ownerId: 'owner', name: 'CRM sync' };
