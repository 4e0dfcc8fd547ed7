// `/developer/keys/inspect`: what is wrong with a pasted key. It travels in the body of a form, so no address or log has it, and
// is not shown again. Who manages the key hears everything; who only holds it, what the token endpoint would say.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { keyInspect, type InspectedKey } from '../../../views/developer/key-inspect.tsx';
import type { Locale } from '../../config/config.ts';
import type { Clock } from '../../lib/clock.ts';
import { isDomainError } from '../../lib/errors.ts';
import { KEYS_PATH } from '../../web/account-links.ts';
import { readForm } from '../../web/middleware/body.ts';
import { requireCsrf } from '../../web/middleware/csrf.ts';
import { localeOf } from '../../web/middleware/locale.ts';
import { page } from '../../web/render.ts';
import { keyFace } from '../faces.ts';
import type { Inspection } from '../inspect.ts';
import type { KeyHolder, Keyring, OwnedKey } from '../keyring.ts';
import { isAllowedFrom } from '../verify.ts';
import { stateOf } from '../../web/request-state.ts';
import type { Desk } from './desk.ts';

export interface InspectRoutesDeps {
  desk: Desk;
  keyring: Keyring;
  clock: Clock;
  inspect(pasted: string): Promise<Inspection>;
  describeScope(scope: string, locale: Locale): string;
}

const INSPECT_PATH = `${KEYS_PATH}/inspect`;

export function mountKeyInspect(
  router: Router,
  { desk, keyring, clock, inspect, describeScope }: InspectRoutesDeps,
): void {
  router.get(INSPECT_PATH, async (ctx) => {
    if (await desk.reader(ctx)) page(ctx, keyInspect, {});
  });

  router.post(INSPECT_PATH, async (ctx) => {
    const form = await readForm(ctx);
    requireCsrf(ctx, form);
    const holder = await desk.reader(ctx);
    if (!holder) return;
    const inspection = await inspect(form['key'] ?? '');
    page(ctx, keyInspect, { inspected: await explained(ctx, holder, inspection) });
  });

  async function explained(ctx: Context, holder: KeyHolder, inspection: Inspection): Promise<InspectedKey> {
    const { verification, clientId, faults, scopes = [] } = inspection;
    const code = verification.kind === 'valid' ? 'valid' : verification.reason;
    const owned = clientId === undefined ? undefined : await ownedBy(holder, clientId);
    const { address } = stateOf(ctx);
    if (owned && verification.key) {
      const words = scopes.map((one) => ({ ...one, description: describeScope(one.scope, localeOf(ctx)) }));
      const key = keyFace(verification.key, owned.owner, words, clock.now());
      return { code, errors: faults, key, address, isAddressAllowed: isAllowedFrom(verification.key, address) };
    }
    // A wrong secret of somebody else's key and a key that never was are the same to a stranger.
    const isWrongSecret = code === 'wrong_secret' && owned !== undefined;
    const { expiresAt } = verification.key ?? {};
    return {
      code: code === 'wrong_secret' && !isWrongSecret ? 'unknown' : code,
      errors: faults,
      ...(isWrongSecret && { name: owned.key.name, clientId }),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    };
  }

  async function ownedBy(holder: KeyHolder, clientId: string): Promise<OwnedKey | undefined> {
    try {
      return await keyring.find(holder, clientId);
    } catch (error) {
      if (isDomainError(error, 'not_found')) return undefined;
      throw error;
    }
  }
}
