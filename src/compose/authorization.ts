// The composition of the authorization server proper: oidc-provider with its adapter, clients, grants, sessions and the
// device grant, on the domain of `domain.ts`.
import type { Context } from 'koa';
import type { default as Provider } from 'oidc-provider';
import { REGISTRATION_PATH } from '../clients/registration/registrar.ts';
import { API_RESOURCE } from '../config/built-in.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/hash.ts';
import { toAccount, maySignIn, type Person } from '../oidc/account.ts';
import { createAdapterFactory } from '../oidc/adapter.ts';
import { createBearerTokens } from '../oidc/bearer.ts';
import { createClients } from '../oidc/clients.ts';
import { toProviderConfiguration } from '../oidc/configuration.ts';
import { createDeviceCodes, DEVICE_CODE_KIND } from '../oidc/device-codes.ts';
import { createExpiries } from '../oidc/device-expiry.ts';
import { createDeviceFlow } from '../oidc/device-flow.ts';
import { createDpopProofs, DPOP_ALGORITHMS } from '../oidc/dpop-proof.ts';
import { listen, type OAuthEvent, replayOf } from '../oidc/events.ts';
import { createGrants } from '../oidc/grants.ts';
import { createIdTokenTaker } from '../oidc/id-token.ts';
import { createIntrospection } from '../oidc/introspection.ts';
import { createJwtTokens } from '../oidc/jwt-tokens.ts';
import { followSigningKeys, type KeySet } from '../oidc/live-keys.ts';
import { type Bounds, createMissingScope } from '../oidc/missing-scope.ts';
import { queueLogoutTokens } from '../oidc/logout-token.ts';
import { type HostContexts, mountProvider } from '../oidc/mount.ts';
import { admissionOf, createProvider, noteUserCode, paceOf } from '../oidc/provider.ts';
import { createResources } from '../oidc/resources.ts';
import { createSessions } from '../oidc/session.ts';
import { createStanding } from '../oidc/standing.ts';
import { decide } from '../policy/decide.ts';
import { whyDenied } from '../policy/denial.ts';
import { rolesGranting } from '../policy/roles.ts';
import type { Store } from '../storage/port.ts';
import { createBearer } from '../web/bearer.ts';
import type { NewLogin } from '../web/session.ts';
import type { Domain } from './domain.ts';
import { createLiveProvider } from './live-provider.ts';
import { composeOutgoing } from './outgoing.ts';
import { createOrigins, createProviderPages } from './provider-pages.ts';
import { lookEvery } from './signing-keys.ts';

export interface AuthorizationDeps {
  config: ConfigSource;
  store: Store;
  clock: Clock;
  domain: Domain;
  record(event: OAuthEvent): void;
  /** What follows from a sign-in; never throws. */
  signedIn(ctx: Context, login: NewLogin): Promise<void>;
  /** Counts a device authorization by address and client; throws `throttled`. */
  admitDevice(address: string, clientId: string): Promise<void>;
  /** Counts an authorization request by address; throws `throttled`. */
  admitAuthorization(ctx: Context): Promise<void>;
  failed(error: unknown, requestId: string | undefined): void;
  /** A failure that no caller waits for. */
  onError(error: unknown): void;
}

export type Authorization = Awaited<ReturnType<typeof composeAuthorization>>;

export async function composeAuthorization(deps: AuthorizationDeps) {
  const { config, store, clock, domain } = deps;
  const { secrets } = config.current();
  const hosts: HostContexts = new WeakMap();

  const liveKeys = await followSigningKeys({
    signingKeys: domain.signingKeys,
    clock,
    lookEvery: () => lookEvery(config.current()),
    onError: deps.onError,
  });

  const findPerson = async (id: string): Promise<Person | undefined> => {
    const account = await domain.directory.find(id);
    if (account?.kind !== 'person') return undefined;
    return {
      ...account,
      active: account.status === 'active',
      isLeaving: account.deletionAt !== undefined,
      roles: domain.roles(account),
      rolesWithoutMfa: domain.roles(account, []),
      emailVerified: account.activatedAt !== undefined,
      updatedAt: Math.floor(account.updatedAt / 1000),
    };
  };

  const clients = createClients(config, domain.clients.inForce.lookFor, clock);
  const { findUsable: findApiKey, findPresented } = domain.keys.verifier;
  const { scopesOfAccount } = domain;
  const grants = createGrants({ consents: domain.consents, clients, findPerson });
  const { revocation } = domain;
  const deviceCodes = createDeviceCodes({ store, clock, pepper: secrets.pepper[0], onError: deps.onError });
  const noticeExpiry = createExpiries({ store, record: deps.record, onError: deps.onError });
  const whyNot = (scope: string, bounds: Bounds) =>
    whyDenied(scope, bounds, (name) => rolesGranting(name, config.current().roles));
  const resources = createResources({
    config,
    clients,
    scopesOfAccount,
    whyDenied: whyNot,
    decide,
  });
  const stillAllowed = createStanding({
    clients,
    findApiKey,
    findPerson,
    scopesOfAccount,
    withdrawn: domain.consents.withdrawn,
    decide,
  });
  const introspection = createIntrospection({ config, revocation, stillAllowed });
  const jwtTokens = createJwtTokens({
    config,
    keys: () => liveKeys.current().verifying,
    revocation,
    revokeGrant: revocation.revokeGrant,
    introspection,
    now: clock.now,
  });

  const originOf = createOrigins(hosts);
  const { fetch, clientKeys } = composeOutgoing(config, clock);
  const build = (keys: KeySet) => {
    const provider: Provider = createProvider({
      config,
      clients,
      keys,
      clientKeys,
      findApiKey: findPresented,
      addressOf: (ctx) => originOf(ctx.req)?.address,
      deviceCodes,
      jwtTokens,
      registrationEndpoint: () => {
        const { issuer, client_registration } = config.current();
        return client_registration.enabled ? issuer + REGISTRATION_PATH : undefined;
      },
      missingScope: createMissingScope({ config, clients, findApiKey, scopesOfAccount, whyDenied: whyNot }),
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
        deps.record({ type: 'key.refused', outcome: 'failure', reason, ...whose, ...(origin && { origin }) });
      },
      configuration: toProviderConfiguration({
        config,
        clients,
        resources,
        grants,
        introspection,
        jwks: keys.privateKeys,
        fetch,
        adapter: createAdapterFactory({
          store,
          clock,
          deviceCodes,
          revocation,
          withdrawn: domain.consents.withdrawn,
          sessionAbsolute: () => config.current().lifetimes.session_absolute,
          admitDeviceAuthorization: admissionOf((ctx, clientId) =>
            deps.admitDevice(originOf(ctx.req)?.address ?? '', clientId),
          ),
          pacePoll: paceOf(deviceCodes),
          expired: (id, { clientId, transaction = { state: 'pending' } }) =>
            noticeExpiry({ id, clientId, ...('accountId' in transaction && { accountId: transaction.accountId }) }),
          userCodeReserved: noteUserCode,
          replayed: replayOf(originOf, deps.record),
        }),
        findAccount: async (ctx, sub) => {
          const person = await findPerson(sub);
          const allowedRoles = clients.configured(ctx.oidc.client?.clientId ?? '')?.allowed_roles;
          const refused =
            ctx.oidc.route === 'token' && person && (person.isLeaving || !maySignIn(person, allowedRoles));
          return person?.active && !refused ? toAccount(person) : undefined;
        },
        secondFactor: domain.secondFactor,
        deviceInfo: (ctx) => {
          const { address = '', userAgent = '' } = originOf(ctx.req) ?? {};
          return { address, userAgent: userAgent.slice(0, 256) };
        },
        ...createProviderPages(hosts, clients),
      }),
    });
    listen(provider, {
      originOf,
      record: deps.record,
      failed: (error, origin) => deps.failed(error, origin?.requestId),
    });
    return { provider, sendLogoutToken: queueLogoutTokens(provider, domain.logoutNotices.add) };
  };
  const live = createLiveProvider(liveKeys, build);
  const { provider } = live;

  const bearer = createBearer({
    proofAlgorithms: DPOP_ALGORITHMS,
    clock,
    verify: createBearerTokens({
      audience: () => config.current().resources[API_RESOURCE]?.indicator ?? '',
      verifyToken: jwtTokens.verify,
      verifyProof: createDpopProofs({ store, clock }),
      isRevoked: revocation.isRevoked,
      stillAllowed,
      findPerson,
    }),
  });
  const takeIdToken = createIdTokenTaker({
    store,
    keys: () => liveKeys.current().verifying,
    issuer: () => config.current().issuer,
    now: clock.now,
  });

  return {
    provider,
    sendLogoutToken: live.sendLogoutToken,
    close: () => liveKeys.close(),
    bearer,
    clients,
    findPerson,
    deviceCodes,
    noticeExpiry,
    grants,
    resources,
    jwtTokens,
    takeIdToken,
    middleware: mountProvider({ handler: live.handler, hosts, admit: deps.admitAuthorization }),
    sessions: createSessions({
      provider,
      config,
      clock,
      findPerson,
      revokeGrant: revocation.revokeGrant,
      signedIn: deps.signedIn,
    }),
    deviceFlow: createDeviceFlow({
      provider,
      deviceCodes,
      grants,
      resources,
      clock,
      revokeGrant: revocation.revokeGrant,
      consume: async (deviceCode) => (await store.consume(DEVICE_CODE_KIND, sha256(deviceCode))).outcome === 'first',
    }),
  };
}
