// The composition of the authorization server proper: oidc-provider with its adapter, clients, grants, sessions and the
// device grant, on the domain of `domain.ts`.
import type { Context } from 'koa';
import { API_RESOURCE } from '../config/built-in.ts';
import { sha256 } from '../lib/hash.ts';
import type { Person } from '../oidc/account.ts';
import { createBearerTokens } from '../oidc/bearer.ts';
import { createClients } from '../oidc/clients.ts';
import { createDeviceCodes, DEVICE_CODE_KIND } from '../oidc/device-codes.ts';
import { createExpiries } from '../oidc/device-expiry.ts';
import { createDeviceFlow } from '../oidc/device-flow.ts';
import { createDpopProofs, DPOP_ALGORITHMS } from '../oidc/dpop-proof.ts';
import { createGrants } from '../oidc/grants.ts';
import { createIdTokenTaker } from '../oidc/id-token.ts';
import { createIntrospection } from '../oidc/introspection.ts';
import { createJwtTokens } from '../oidc/jwt-tokens.ts';
import { followSigningKeys } from '../oidc/live-keys.ts';
import { type Bounds, createMissingScope } from '../oidc/missing-scope.ts';
import { type HostContexts, mountProvider } from '../oidc/mount.ts';
import { createResources } from '../oidc/resources.ts';
import { createSessions } from '../oidc/session.ts';
import { createStanding } from '../oidc/standing.ts';
import { decide } from '../policy/decide.ts';
import { whyDenied } from '../policy/denial.ts';
import { rolesGranting } from '../policy/roles.ts';
import { createBearer } from '../web/bearer.ts';
import { createLiveProvider } from './live-provider.ts';
import { createProviderBuilder, type ProviderBuilderDeps } from './provider-builder.ts';
import { lookEvery } from './signing-keys.ts';

export interface AuthorizationDeps extends ProviderBuilderDeps {
  /** Counts an authorization request by address; throws `throttled`. */
  admitAuthorization(ctx: Context): Promise<void>;
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

  const { lookFor, editionOf } = domain.clients.inForce;
  const clients = createClients({ config, clock, lookFor, editionOf });
  const { findUsable: findApiKey } = domain.keys.verifier;
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

  const build = createProviderBuilder(deps, {
    hosts,
    clients,
    resources,
    grants,
    introspection,
    jwtTokens,
    missingScope: createMissingScope({
      config,
      clients,
      findApiKey,
      scopesOfAccount,
      withdrawn: domain.consents.withdrawn,
      whyDenied: whyNot,
    }),
    deviceCodes,
    noticeExpiry,
    findPerson,
  });
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
