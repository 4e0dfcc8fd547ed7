// The composition of developer settings: API keys and service accounts on pages and by JSON, one behaviour for both, and reports of
// leaked keys.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { notDeveloper } from '../../views/developer/not-developer.tsx';
import type { KeyActs } from '../api-keys/keyring.ts';
import { mountKeysApi } from '../api-keys/routes/api.ts';
import { createDesk } from '../api-keys/routes/desk.ts';
import { mountKeyInspect } from '../api-keys/routes/inspect.ts';
import { mountLeaked } from '../api-keys/routes/leaked.ts';
import { mountKeyPages } from '../api-keys/routes/pages.ts';
import { mountServiceAccountPages } from '../api-keys/routes/service-accounts.ts';
import { mountServiceAccountsApi } from '../api-keys/routes/service-accounts-api.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { rolesGranting } from '../policy/roles.ts';
import { createAfterwards } from '../web/afterwards.ts';
import { createGate } from '../web/gate.ts';
import { createRequireRecent } from '../web/recent.ts';
import type { Visitors } from '../web/visitor.ts';
import { createAdministration } from './administration.ts';
import type { Authorization } from './authorization.ts';
import type { Domain } from './domain.ts';
import type { composeLimits } from './limits.ts';
import type { Recording } from './recording.ts';
import { composeServiceAccounts } from './service-accounts.ts';

export interface DeveloperDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Domain;
  authorization: Pick<Authorization, 'bearer'>;
  visitors: Visitors;
  limits: ReturnType<typeof composeLimits>;
  recording: Pick<Recording, 'actorOf'>;
  describeScope(scope: string, locale: Locale): string;
  onError(error: unknown): void;
}

/** Refused uses that a key's page shows. */
const REFUSALS_SHOWN = 5;

export function composeDeveloper(deps: DeveloperDeps) {
  const { config, clock, domain, authorization, visitors, limits, recording, describeScope, onError } = deps;
  const { keyring, verifier, inspect, scopesNow } = domain.keys;
  const administration = createAdministration(domain);

  const actsOf = (ctx: Context, accountId: string): KeyActs => {
    const by = recording.actorOf(ctx, accountId);
    return {
      create: (key) => administration.createKey(by, key),
      rotate: (clientId, rotation) => administration.rotateKey(by, clientId, rotation),
      revoke: (clientId) => administration.revokeKey(by, clientId),
    };
  };
  const gate = createGate({
    visitors,
    requireRecent: createRequireRecent({ visitors, clock }),
    scopesOf: domain.scopesOfAccount,
    rolesGranting: (scope) => rolesGranting(scope, config.current().roles),
    refusal: notDeveloper,
  });
  const desk = createDesk({ gate, actsOf });

  const afterwards = createAfterwards(onError);
  const services = composeServiceAccounts({
    config,
    domain,
    administration,
    afterwards,
    actorOf: recording.actorOf,
    admitInvitation: limits.admitInvitation,
  });

  async function refusalsOf(client: string) {
    const { items } = await domain.audit.list({ client, types: ['key.refused'], limit: REFUSALS_SHOWN });
    return items.map(({ at, address, reason = '' }) => ({ at: new Date(at), address, reason }));
  }

  return {
    mount(router: Router): void {
      // Before the pages and addresses of single keys, whose pattern would take theirs.
      mountKeyInspect(router, { desk, keyring, clock, inspect, describeScope });
      mountLeaked(router, {
        verify: verifier.verify,
        admit: limits.admitLeakReport,
        async end(ctx, { clientId }) {
          const by = recording.actorOf(ctx, 'anonymous');
          const { key, hasEnded } = await administration.revokeKey(by, clientId, 'leaked');
          if (hasEnded) await domain.keyLetters.tell(key, { what: 'leaked' }).catch(onError);
        },
      });
      mountKeyPages(router, { desk, keyring, clock, describeScope, scopesNow, refusalsOf });
      mountServiceAccountPages(router, {
        desk,
        ...services,
        keysOf: domain.keys.lifecycle.allOf,
        now: clock.now,
        describeScope,
      });
      mountServiceAccountsApi(router, { bearer: authorization.bearer, ...services });
      mountKeysApi(router, {
        bearer: authorization.bearer,
        keyring,
        clock,
        scopesOf: domain.scopesOfAccount,
        actsOf,
      });
    },

    /** Waits for what answers left to do. */
    close: (): Promise<void> => afterwards.settled(),
  };
}
