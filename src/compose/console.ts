// The composition of administration in the browser, `/admin`: who may come in, and the acts done in their name.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { notAdministrator } from '../../views/admin/not-administrator.tsx';
import type { AdminActs } from '../admin/acts.ts';
import { mountAdminApi } from '../admin/api.ts';
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
import { createAdminApiSource } from './admin-api.ts';
import { createAdministration } from './administration.ts';
import type { Authorization } from './authorization.ts';
import { createConfigurationDesk } from './configuration-desk.ts';
import type { Domain } from './domain.ts';
import { createKeysDesk } from './keys-desk.ts';
import { createLockout } from './lockout.ts';
import { createPeopleDesk } from './people-desk.ts';
import { createRecordFaces } from './record-faces.ts';
import { createRecordsDesk } from './records-desk.ts';
import { createReviewActs } from './review-acts.ts';
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
  const administration = createAdministration(domain);
  const reviewActs = createReviewActs({ domain, administration });
  const lockout = createLockout({ config, directory: domain.directory });
  const gate = createGate({
    visitors,
    requireRecent: createRequireRecent({ visitors, clock }),
    scopesOf: domain.scopesOfAccount,
    rolesGranting: (scope) => rolesGranting(scope, config.current().roles),
    refusal: notAdministrator,
  });

  function actsOf(ctx: Context, accountId: string): AdminActs {
    const by = recording.actorOf(ctx, accountId);
    const acts: Omit<AdminActs, 'keepHolding' | 'takeBack'> = {
      createPerson: (person) => administration.createPerson(by, person),
      enableAccount: (id) => administration.enableAccount(by, id),
      resetSecondFactors: (id) => administration.resetSecondFactors(by, id),
      signOut: (id) => administration.signOut(by, id),
      grantRole: (id, role) => administration.grantRole(by, id, role),
      revokeGrant: (id) => administration.revokeGrant(by, id),
      revokeKey: (clientId) => administration.revokeKey(by, clientId),
      disableKey: (clientId) => administration.disableKey(by, clientId),
      enableKey: (clientId) => administration.enableKey(by, clientId),
      disableClient: (id) => administration.disableClient(by, id),
      enableClient: (id) => administration.enableClient(by, id),
      async disableAccount(id) {
        if (id === accountId) await lockout.refuseLeaving(id);
        return lockout.orUndo(
          () => administration.disableAccount(by, id),
          () => administration.enableAccount(by, id),
        );
      },
      async revokeRole(id, role) {
        if (id === accountId) await lockout.refuseWithout(id, role);
        return lockout.orUndo(
          () => administration.revokeRole(by, id, role),
          () => administration.grantRole(by, id, role),
        );
      },
    };
    return {
      ...acts,
      keepHolding: (holding) => reviewActs.keep(by, holding),
      takeBack: (holding) => reviewActs.takeBack(acts, holding),
    };
  }

  const guard = createGuard({ gate, actsOf });
  const facesOf = createRecordFaces(domain);
  const recordsDesk = createRecordsDesk({ domain, facesOf });
  const peopleDesk = createPeopleDesk({ config, clock, domain, facesOf });
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
      mountKeys(router, { guard, ...createKeysDesk({ clock, domain }) });
      mountRecords(router, { guard, ...recordsDesk });
      mountAdminApi(router, {
        bearer: authorization.bearer,
        ...createAdminApiSource({ config, clock, domain, recordsDesk }),
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
