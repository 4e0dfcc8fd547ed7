// The virtual authenticator of a browser (CDP WebAuthn): holds passkeys, and says yes in the person's place.
import type { CDPSession, Page } from 'playwright-core';
import type { Profile } from './chromium.ts';

export interface Authenticator {
  cdp: CDPSession;
  authenticatorId: string;
}

export async function addAuthenticator({ context, page }: Profile): Promise<Authenticator> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

/** Without the offer in the field, which is taken at once, the test says when the passkey is used. */
export const withoutConditional = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const { PublicKeyCredential } = globalThis as unknown as { PublicKeyCredential?: Record<string, unknown> };
    if (PublicKeyCredential) PublicKeyCredential['isConditionalMediationAvailable'] = () => Promise.resolve(false);
  });
