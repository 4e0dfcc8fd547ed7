// Somebody before the pages of `/admin`, and the roles that let them in. Names of roles that grant nothing mean nothing.
import type { AuthServer, AuthServerOptions, TestPerson } from './auth-server.ts';
import { signedInPhone } from './device.ts';
import type { Phone } from './phone.ts';

export const ADMIN_ROLES: NonNullable<AuthServerOptions['config']> = {
  roles: {
    chief: { scopes: ['admin:read', 'admin:write'], description: { en: 'Runs this server' } },
    auditor: { scopes: ['admin:read'], description: { en: 'Looks at it' } },
    strong: { scopes: ['admin:read', 'admin:write'], require_mfa: true },
  },
};

export async function administrator(
  server: AuthServer,
  roles: readonly string[] = ['chief'],
): Promise<{ person: TestPerson; phone: Phone }> {
  const person = await server.createPerson({ roles });
  return { person, phone: await signedInPhone(server, person) };
}
