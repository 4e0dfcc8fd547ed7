// How an instance of oidc-provider is made for a key set: its adapter, its configuration, and what of our own hangs on its requests.
// `authorization.ts` makes the parts, `live-provider.ts` asks for another instance when the keys change.
import type { Context } from 'koa';
import { REGISTRATION_PATH } from '../clients/registration/registrar.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { maySignIn, type Person, toAccount } from '../oidc/account.ts';
import { createAdapterFactory } from '../oidc/adapter.ts';
import type { Clients } from '../oidc/clients.ts';
import { toProviderConfiguration } from '../oidc/configuration.ts';
import type { DeviceCodes } from '../oidc/device-codes.ts';
import type { createExpiries } from '../oidc/device-expiry.ts';
import { listen, type OAuthEvent, replayOf } from '../oidc/events.ts';
import type { Grants } from '../oidc/grants.ts';
import type { Introspection } from '../oidc/introspection.ts';
import type { JwtTokens } from '../oidc/jwt-tokens.ts';
import type { KeySet } from '../oidc/live-keys.ts';
import { queueLogoutTokens } from '../oidc/logout-token.ts';
import type { createMissingScope } from '../oidc/missing-scope.ts';
import type { HostContexts } from '../oidc/mount.ts';
import { admissionOf, createProvider, noteUserCode, paceOf, type ProviderDeps } from '../oidc/provider.ts';
import type { Resources } from '../oidc/resources.ts';
import type { Store } from '../storage/port.ts';
import type { NewLogin } from '../web/session.ts';
import type { Domain } from './domain.ts';
import type { KeyedProvider } from './live-provider.ts';
import { composeOutgoing } from './outgoing.ts';
import { createOrigins, createProviderPages } from './provider-pages.ts';

export interface ProviderBuilderDeps {
  config: ConfigSource;
  store: Store;
  clock: Clock;
  domain: Domain;
  record(event: OAuthEvent): void;
  /** What follows from a sign-in; never throws. */
  signedIn(ctx: Context, login: NewLogin): Promise<void>;
  /** Counts a device authorization by address and client; throws `throttled`. */
  admitDevice(address: string, clientId: string): Promise<void>;
  failed(error: unknown, requestId: string | undefined): void;
}

export interface ProviderParts {
  hosts: HostContexts;
  clients: Clients;
  resources: Resources;
  grants: Grants;
  introspection: Introspection;
  jwtTokens: JwtTokens;
  missingScope: ReturnType<typeof createMissingScope>;
  deviceCodes: DeviceCodes;
  noticeExpiry: ReturnType<typeof createExpiries>;
  findPerson(id: string): Promise<Person | undefined>;
}

export function createProviderBuilder(deps: ProviderBuilderDeps, parts: ProviderParts) {
  const { config, store, clock, domain, record } = deps;
  const { hosts, clients, deviceCodes, noticeExpiry, findPerson } = parts;
  const { revocation } = domain;
  const originOf = createOrigins(hosts);
  const { fetch, clientKeys } = composeOutgoing(config, clock);

  const adapter = createAdapterFactory({
    store,
    clock,
    deviceCodes,
    revocation,
    withdrawn: domain.consents.withdrawn,
    editionOf: clients.editionOf,
    sessionAbsolute: () => config.current().lifetimes.session_absolute,
    admitDeviceAuthorization: admissionOf((ctx, clientId) =>
      deps.admitDevice(originOf(ctx.req)?.address ?? '', clientId),
    ),
    pacePoll: paceOf(deviceCodes),
    expired: (id, { clientId, transaction = { state: 'pending' } }) =>
      noticeExpiry({ id, clientId, ...('accountId' in transaction && { accountId: transaction.accountId }) }),
    userCodeReserved: noteUserCode,
    replayed: replayOf(originOf, record),
  });

  const configurationFor = (keys: KeySet) =>
    toProviderConfiguration({
      config,
      clients,
      resources: parts.resources,
      grants: parts.grants,
      introspection: parts.introspection,
      jwks: keys.privateKeys,
      fetch,
      adapter,
      findAccount: async (ctx, sub) => {
        const person = await findPerson(sub);
        const allowedRoles = clients.configured(ctx.oidc.client?.clientId ?? '')?.allowed_roles;
        const refused = ctx.oidc.route === 'token' && person && (person.isLeaving || !maySignIn(person, allowedRoles));
        return person?.active && !refused ? toAccount(person) : undefined;
      },
      secondFactor: domain.secondFactor,
      deviceInfo: (ctx) => {
        const { address = '', userAgent = '' } = originOf(ctx.req) ?? {};
        return { address, userAgent: userAgent.slice(0, 256) };
      },
      ...createProviderPages(hosts, clients),
    });

  const hooks: Omit<ProviderDeps, 'keys' | 'configuration'> = {
    config,
    clients,
    clientKeys,
    findApiKey: domain.keys.verifier.findPresented,
    addressOf: (ctx) => originOf(ctx.req)?.address,
    deviceCodes,
    jwtTokens: parts.jwtTokens,
    registrationEndpoint: () => {
      const { issuer, client_registration } = config.current();
      return client_registration.enabled ? issuer + REGISTRATION_PATH : undefined;
    },
    missingScope: parts.missingScope,
    endSession: revocation.endSession,
    signedIn: async (ctx, login) => {
      const host = hosts.get(ctx.req);
      if (host) await deps.signedIn(host, login);
    },
    apiKeyUsed: (ctx, clientId, secretCreatedAt) =>
      domain.keys.lastUse.touch(clientId, { ...originOf(ctx.req), secretCreatedAt }),
    apiKeyRefused: (ctx, { clientId, ownerId }, reason) => {
      const origin = originOf(ctx.req);
      const whose = { client: clientId, account: ownerId };
      record({ type: 'key.refused', outcome: 'failure', reason, ...whose, ...(origin && { origin }) });
    },
  };

  return (keys: KeySet): KeyedProvider => {
    const provider = createProvider({ ...hooks, keys, configuration: configurationFor(keys) });
    listen(provider, { originOf, record, failed: (error, origin) => deps.failed(error, origin?.requestId) });
    return { provider, sendLogoutToken: queueLogoutTokens(provider, domain.logoutNotices.add) };
  };
}
