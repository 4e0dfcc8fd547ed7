// An API key with an owner of its own, as the developer page or the command line makes it.
import type { IssuedApiKey } from '../../src/api-keys/issue.ts';
import { type AuthServer, OPERATOR, type TestPerson } from './auth-server.ts';

/** Without `scopes` it has all that the roles of its owner grant. */
export async function createKey(
  server: AuthServer,
  scopes?: readonly string[],
  roles: readonly string[] = [],
): Promise<{ owner: TestPerson; key: IssuedApiKey }> {
  const owner = await server.createPerson({ roles });
  const wanted = { ownerId: owner.id, name: 'test key', ...(scopes && { scopes }) };
  return { owner, key: await server.administration.createKey(OPERATOR, wanted) };
}
