// The composition of what speaks HTTP about clients: `/admin/clients` and `/api/v1/clients` for administrators, and registration
// (RFC 7591).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type ClientActs, mountClientsApi } from '../clients/routes/api.ts';
import { mountRegistration } from '../clients/routes/registration.ts';
import type { RegistrationActs } from '../clients/registration/registrar.ts';
import { mountConsoleClients } from '../admin/console/clients.ts';
import type { Guard } from '../admin/guard.ts';
import type { Locale } from '../config/config.ts';
import { createAdministration } from './administration.ts';
import type { Authorization } from './authorization.ts';
import { createClientsDesk } from './clients-desk.ts';
import type { Domain } from './domain.ts';
import type { composeLimits } from './limits.ts';
import type { Recording } from './recording.ts';

export interface ClientRoutesDeps {
  domain: Domain;
  guard: Guard;
  authorization: Pick<Authorization, 'bearer'>;
  limits: ReturnType<typeof composeLimits>;
  recording: Pick<Recording, 'actorOf'>;
  describeScope(scope: string, locale: Locale): string;
}

export function mountClients(router: Router, deps: ClientRoutesDeps): void {
  const { domain, guard, authorization, limits, recording, describeScope } = deps;
  const { roster, useOf, registrar } = domain.clients;
  const administration = createAdministration(domain);

  const actsOf = (ctx: Context, accountId: string): ClientActs => {
    const by = recording.actorOf(ctx, accountId);
    return {
      create: (client) => administration.createClient(by, client),
      change: (id, settings, allow) => administration.changeClient(by, id, settings, allow),
      addSecret: (id, options) => administration.addClientSecret(by, id, options),
      removeSecret: (id, secret) => administration.removeClientSecret(by, id, secret),
      disable: (id) => administration.disableClient(by, id),
      enable: (id) => administration.enableClient(by, id),
    };
  };
  const registrationActs = (ctx: Context, actor: string): RegistrationActs => {
    const by = recording.actorOf(ctx, actor);
    return {
      create: (client) => administration.createClient(by, client),
      change: (id, settings, allow) => administration.changeClient(by, id, settings, allow),
      end: (id, allow) => administration.disableClient(by, id, 'deleted', allow),
    };
  };

  mountConsoleClients(router, { guard, ...createClientsDesk({ domain, describeScope }), actsOf, describeScope });
  mountClientsApi(router, { bearer: authorization.bearer, roster, useOf, actsOf });
  mountRegistration(router, {
    registrar,
    admit: limits.admitRegistration,
    admitManagement: limits.admitClientManagement,
    actsOf: registrationActs,
  });
}
