// Sign-ins that oidc-provider finishes by itself: of a browser on an application's sign-in page, and of an application on a
// device that redeems its code. Those of our own pages are told by `session.ts`.
import type { KoaContextWithOIDC } from 'oidc-provider';
import { WEB_CLIENT } from '../config/built-in.ts';
import type { NewLogin } from '../web/session.ts';

/** Middleware of the provider: after the session or the tokens were stored, before the answer is sent. */
export function tellLogins({ signedIn, approvedVia }: LoginsDeps) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    const login = resumedLogin(ctx) ?? (await redeemedDevice(ctx, approvedVia));
    if (login) await signedIn(ctx, login);
  };
}

export interface LoginsDeps {
  signedIn(ctx: KoaContextWithOIDC, login: NewLogin): Promise<void>;
  /** What the approver of a device code acted by. */
  approvedVia(deviceCode: string): Promise<string | undefined>;
}

/** A login alone is the sign-in page's; later pages, such as consent, hand it on beside their own answers. */
function resumedLogin({ oidc }: KoaContextWithOIDC): NewLogin | undefined {
  const { login, ...others } = oidc?.result ?? {};
  if (!login || Object.keys(others).length > 0 || oidc.session?.accountId !== login.accountId) return undefined;
  const clientId = oidc.client?.clientId;
  return {
    accountId: login.accountId,
    amr: login.amr ?? [],
    sessionUid: oidc.session.uid,
    ...(clientId !== undefined && { clientId }),
    ...(typeof login['via'] === 'string' && { via: login['via'] }),
    ...(typeof login['standing'] === 'string' && { standing: login['standing'] }),
  };
}

/** The page `/qr` redeems codes too, but for a session of its own. */
async function redeemedDevice(
  { oidc, status }: KoaContextWithOIDC,
  approvedVia: LoginsDeps['approvedVia'],
): Promise<NewLogin | undefined> {
  const code = oidc?.route === 'token' && status === 200 ? oidc.entities.DeviceCode : undefined;
  if (!code?.accountId || !code.grantId || !code.clientId || code.clientId === WEB_CLIENT) return undefined;
  const { accountId, clientId, grantId, amr = [] } = code;
  const via = await approvedVia(code.jti);
  return { accountId, amr, clientId, grantId, ...(via !== undefined && { via }) };
}
