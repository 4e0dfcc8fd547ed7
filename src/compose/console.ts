// The composition of administration in the browser, `/admin`: who may come in, and the acts done in their name.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { notAdministrator } from '../../views/admin/not-administrator.tsx';
import type { AdminActs } from '../admin/acts.ts';
import { createApiDoor } from '../admin/api/door.ts';
import { mountActs } from '../admin/console/act.ts';
import { mountConfiguration } from '../admin/console/configuration.ts';
import { mountKeys } from '../admin/console/keys.ts';
import { mountOverview } from '../admin/console/overview.ts';
import { mountPeople } from '../admin/console/people.ts';
import { mountRecords } from '../admin/console/records.ts';
import { mountReview } from '../admin/console/review.ts';
import { mountRoles } from '../admin/console/roles.ts';
import { createGuard } from '../admin/guard.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { rolesGranting } from '../policy/roles.ts';
import { createGate } from '../web/gate.ts';
import { createRequireRecent } from '../web/recent.ts';
import type { Visitors } from '../web/visitor.ts';
import { createActFacts } from './act-facts.ts';
import { createAdminActs } from './admin-acts.ts';
import { mountAdminInterface } from './admin-interface.ts';
import { createAdministration } from './administration.ts';
import type { Authorization } from './authorization.ts';
import { createConfigurationDesk } from './configuration-desk.ts';
import type { Domain } from './domain.ts';
import { createKeysDesk } from './keys-desk.ts';
import { createPeopleDesk } from './people-desk.ts';
import { createRecordFaces } from './record-faces.ts';
import { createRecordsDesk } from './records-desk.ts';
import { createReviewDesk } from './review-desk.ts';
import type { Recording } from './recording.ts';
import type { Reload } from './reload.ts';

export interface ConsoleDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Domain;
  reload: Reload;
  authorization: Pick<Authorization, 'bearer'>;
  visitors: Visitors;
  recording: Pick<Recording, 'actorOf'>;
}

export function composeConsole({ config, clock, domain, reload, authorization, visitors, recording }: ConsoleDeps) {
  const gate = createGate({
    visitors,
    requireRecent: createRequireRecent({ visitors, clock }),
    scopesOf: domain.scopesOfAccount,
    rolesGranting: (scope) => rolesGranting(scope, config.current().roles),
    refusal: notAdministrator,
  });

  const actsInNameOf = createAdminActs({ config, domain, administration: createAdministration(domain) });
  const actsOf = (ctx: Context, accountId: string): AdminActs => actsInNameOf(recording.actorOf(ctx, accountId));

  const guard = createGuard({ gate, actsOf });
  const facesOf = createRecordFaces(domain);
  const recordsDesk = createRecordsDesk({ domain, facesOf });
  const peopleDesk = createPeopleDesk({ config, clock, domain, facesOf });
  const keysDesk = createKeysDesk({ clock, domain });
  const configurationDesk = createConfigurationDesk({ reload, audit: domain.audit, facesOf });

  return {
    guard,
    mount(router: Router): void {
      mountOverview(router, {
        guard,
        isRefused: () => reload.state().refused !== undefined,
        countAccounts: domain.directory.count,
      });
      mountPeople(router, { guard, ...peopleDesk });
      mountRoles(router, { guard, ...peopleDesk });
      mountActs(router, { guard, factsOf: createActFacts({ config, clock, domain }) });
      mountKeys(router, { guard, ...keysDesk });
      mountRecords(router, { guard, ...recordsDesk });
      mountAdminInterface(router, {
        config,
        clock,
        domain,
        door: createApiDoor({ bearer: authorization.bearer, actsOf }),
        desks: { recordsDesk, keysDesk, configurationDesk },
        actorOf: recording.actorOf,
      });
      mountReview(router, { guard, ...createReviewDesk({ config, clock, domain }) });
      mountConfiguration(router, {
        ...configurationDesk,
        guard,
        apply: (ctx, accountId, digest) => configurationDesk.apply(recording.actorOf(ctx, accountId), digest),
      });
    },
  };
}
