// Grants: what a person gave an application. Every token of a person hangs on a Grant document; without it the token is
// dead. What a new one may hold without asking again is in `consents.ts`.
import { errors, type KoaContextWithOIDC, type default as Provider } from 'oidc-provider';
import { QR_APPROVE } from '../config/built-in.ts';
import { maySignIn, type Person } from './account.ts';
import type { Clients } from './clients.ts';
import { type Consents, type Granted, only, without } from './consents.ts';
import { newGrant } from './editions.ts';
import type { Grantable } from './resources.ts';

type Grant = InstanceType<Provider['Grant']>;

export interface GrantsDeps {
  consents: Pick<Consents, 'find' | 'lift'>;
  clients: Clients;
  findPerson(accountId: string): Promise<Person | undefined>;
}

export type Grants = ReturnType<typeof createGrants>;

export function createGrants({ consents, clients, findPerson }: GrantsDeps) {
  /** What is given without asking, and what is not asked for again. */
  async function consented(ctx: KoaContextWithOIDC, accountId: string, clientId: string) {
    const { first_party, optional_scopes = [] } = clients.configured(clientId) ?? {};
    const { withdrawn, refused, ...known } = await consents.find(accountId, clientId);
    // Ours have all but what the person took back, and who may approve sign-ins is asked about each time.
    const given = first_party ? without(requestedOf(ctx), [QR_APPROVE, ...withdrawn]) : known;
    // Who is asked because the request wants it (`prompt=consent`) is asked for everything again.
    if (ctx.oidc.promptPending('consent')) return { ...given, refused: [] };
    return { ...given, refused: refused.filter((scope) => optional_scopes.includes(scope)) };
  }

  return {
    /**
     * oidc-provider's `loadExistingGrant`: the session's grant, else one made of what was consented before. It is saved
     * only when it covers the request; otherwise the consent page asks for the rest. Throws `access_denied` when the
     * client's `allowed_roles` leave the person out, or the account will be erased.
     */
    async loadExisting(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
      const { client, account, session, result, provider } = ctx.oidc;
      if (!client || !account || !session) return undefined;
      const person = await findPerson(account.accountId);
      if (person?.isLeaving) throw new errors.AccessDenied('your account will be erased');
      if (!person || !maySignIn(person, clients.configured(client.clientId)?.allowed_roles)) {
        throw new errors.AccessDenied('your roles do not allow you to sign in to this application');
      }
      // Before the consents are read: it is never newer than they are.
      const edition = clients.editionOf(client.clientId);
      const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
      const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
      const grant = found ?? newGrant(provider, { accountId: person.id, clientId: client.clientId, edition });
      const before = JSON.stringify([grant.openid, grant.resources]);
      const consent = await consented(ctx, person.id, client.clientId);
      const requested = requestedOf(ctx);
      addTo(grant, consent);
      if (
        covers(grant, without(requested, consent.refused)) &&
        (!found || JSON.stringify([grant.openid, grant.resources]) !== before)
      ) {
        await grant.save();
      }
      // For this request alone, so that the provider does not ask for it again: what is stored holds only what was given.
      reject(grant, only(requested, consent.refused));
      return grant;
    },

    /** A new grant of its own for each approved device: ending one device leaves the others (RFC 8628). */
    async forDevice(
      provider: Provider,
      { accountId, refused = [], edition }: { accountId: string; refused?: readonly string[]; edition?: number },
      clientId: string,
      { openid, resource }: Grantable,
    ): Promise<string> {
      const present = clients.editionOf(clientId);
      const grant = newGrant(provider, { accountId, clientId, edition: edition ?? present });
      const all = { openid, resources: resource ? { [resource.indicator]: resource.scopes } : {} };
      addTo(grant, all);
      await consents.lift(accountId, clientId, all, refused);
      return grant.save();
    },
  };
}

function requestedOf(ctx: KoaContextWithOIDC): Granted {
  const requested = [...ctx.oidc.requestParamScopes];
  return {
    openid: [...ctx.oidc.requestParamOIDCScopes],
    resources: Object.fromEntries(
      Object.entries(ctx.oidc.resourceServers ?? {}).map(([indicator, server]) => [
        indicator,
        requested.filter((scope) => server.scopes.has(scope)),
      ]),
    ),
  };
}

export function addTo(grant: Grant, { openid, resources }: Granted): void {
  if (openid.length > 0) grant.addOIDCScope(openid.join(' '));
  for (const [indicator, scopes] of Object.entries(resources)) {
    if (scopes.length > 0) grant.addResourceScope(indicator, scopes.join(' '));
  }
}

function reject(grant: Grant, { openid, resources }: Granted): void {
  if (openid.length > 0) grant.rejectOIDCScope(openid.join(' '));
  for (const [indicator, scopes] of Object.entries(resources)) {
    if (scopes.length > 0) grant.rejectResourceScope(indicator, scopes.join(' '));
  }
}

function covers(grant: Grant, { openid, resources }: Granted): boolean {
  const granted = new Set(grant.getOIDCScope().split(' '));
  return (
    openid.every((scope) => granted.has(scope)) &&
    Object.entries(resources).every(([indicator, scopes]) => {
      const held = new Set(grant.getResourceScope(indicator).split(' '));
      return scopes.every((scope) => held.has(scope));
    })
  );
}
