// The composition of what speaks HTTP about clients: `/api/v1/clients` for administrators, and registration (RFC 7591).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type ClientActs, mountClientsApi } from '../clients/routes/api.ts';
import { mountRegistration } from '../clients/routes/registration.ts';
import type { RegistrationActs } from '../clients/registration/registrar.ts';
import { createAdministration } from './administration.ts';
import type { Authorization } from './authorization.ts';
import type { Domain } from './domain.ts';
import type { composeLimits } from './limits.ts';
import type { Recording } from './recording.ts';

export interface ClientRoutesDeps {
  domain: Domain;
  authorization: Pick<Authorization, 'bearer'>;
  limits: ReturnType<typeof composeLimits>;
  recording: Pick<Recording, 'actorOf'>;
}

export function mountClients(router: Router, { domain, authorization, limits, recording }: ClientRoutesDeps): void {
  const { roster, useOf, registrar } = domain.clients;
  const administration = createAdministration(domain);

  const actsOf = (ctx: Context, accountId: string): ClientActs => {
    const by = recording.actorOf(ctx, accountId);
    return {
      create: (client) => administration.createClient(by, client),
      change: (id, settings) => administration.changeClient(by, id, settings),
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
      change: (id, settings) => administration.changeClient(by, id, settings),
      end: (id) => administration.disableClient(by, id, 'deleted'),
    };
  };

  mountClientsApi(router, { bearer: authorization.bearer, roster, useOf, actsOf });
  mountRegistration(router, {
    registrar,
    admit: limits.admitRegistration,
    admitManagement: limits.admitClientManagement,
    actsOf: registrationActs,
  });
}
