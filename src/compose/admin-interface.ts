// The composition of administration by JSON: the same as `/admin`, for programs.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { mountAccountsApi } from '../admin/api/accounts.ts';
import { mountConfigurationApi } from '../admin/api/configuration.ts';
import type { ApiDoor } from '../admin/api/door.ts';
import { mountHoldingsApi } from '../admin/api/holdings.ts';
import { mountListsApi } from '../admin/api/lists.ts';
import { mountReviewApi } from '../admin/api/review.ts';
import { mountRolesApi } from '../admin/api/roles.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Actor } from './actor.ts';
import { createAdminApiFiles } from './admin-api-files.ts';
import { createAdminApiSource } from './admin-api.ts';
import type { createConfigurationDesk } from './configuration-desk.ts';
import type { Domain } from './domain.ts';
import type { createKeysDesk } from './keys-desk.ts';
import type { createRecordsDesk } from './records-desk.ts';

export interface AdminInterfaceDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Domain;
  door: ApiDoor;
  desks: {
    recordsDesk: ReturnType<typeof createRecordsDesk>;
    keysDesk: ReturnType<typeof createKeysDesk>;
    configurationDesk: ReturnType<typeof createConfigurationDesk>;
  };
  actorOf(ctx: Context, accountId: string): Actor;
}

export function mountAdminInterface(router: Router, deps: AdminInterfaceDeps): void {
  const { config, clock, domain, door, desks, actorOf } = deps;
  const { recordsDesk, keysDesk, configurationDesk } = desks;
  const source = createAdminApiSource({ config, clock, domain, recordsDesk, keysDesk });
  const files = createAdminApiFiles({ config, directory: domain.directory, configurationDesk });
  mountListsApi(router, { door, ...source });
  mountAccountsApi(router, { door, account: source.account });
  mountHoldingsApi(router, { door, key: keysDesk.findJson, grant: source.grant });
  mountReviewApi(router, { door });
  mountRolesApi(router, { door, role: files.role });
  mountConfigurationApi(router, {
    door,
    configuration: files.configuration,
    apply: (ctx, accountId, asked) => files.apply(actorOf(ctx, accountId), asked),
  });
}
