// An extension of introspection (RFC 7662 §2.1, §2.2): an API that asks with `required_scope` hears in `insufficient_scope` why an
// active token does not carry it, to hand on as `error_description` (RFC 6750 §3.1).
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ConfigSource } from '../config/config.ts';
import type { Clients, FindApiKey } from './clients.ts';
import { provided } from './refusal.ts';

/** What bounds a token, as `policy/decide` takes it. */
export interface Bounds {
  clientScopes?: readonly string[];
  accountScopes?: readonly string[];
  keyScopes?: readonly string[];
  consentedScopes?: readonly string[];
}

export interface MissingScopeDeps {
  config: ConfigSource;
  clients: Clients;
  findApiKey: FindApiKey;
  scopesOfAccount(accountId: string, amr: readonly string[] | undefined): Promise<ReadonlySet<string>>;
  /** Scopes that the person took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  whyDenied(scope: string, bounds: Bounds): string | undefined;
}

/** What introspection answered of an active token. */
interface Introspected {
  active: boolean;
  client_id: string;
  sub?: string;
  owner?: string;
  aud?: string;
  scope?: string;
  amr?: readonly string[];
  insufficient_scope?: { scope: string; description: string };
}

export function createMissingScope(deps: MissingScopeDeps) {
  const { config, clients, findApiKey, scopesOfAccount, withdrawn, whyDenied } = deps;

  async function boundsOf({ client_id, sub, owner, amr }: Introspected): Promise<Bounds> {
    if (owner !== undefined) {
      const { scopes = [], ownerScopes = [] } = (await findApiKey(client_id)) ?? {};
      return { accountScopes: ownerScopes, keyScopes: scopes };
    }
    const clientScopes = clients.configured(client_id)?.scopes ?? [];
    if (sub === undefined || sub === client_id) return { clientScopes };
    const [account, gone] = await Promise.all([scopesOfAccount(sub, amr), withdrawn(sub, client_id)]);
    const consentedScopes = clientScopes.filter((scope) => !gone.includes(scope));
    return { clientScopes, accountScopes: [...account], consentedScopes };
  }

  /** Of the token's own resource alone: an API learns nothing of the roles that others' scopes need. */
  function isOfItsResource(scope: string, { aud }: Introspected): boolean {
    const { scopes, resources } = config.current();
    const resource = Object.hasOwn(scopes, scope) ? scopes[scope]?.resource : undefined;
    return resource !== undefined && resources[resource]?.indicator === aud;
  }

  /** Goes before what answers introspection. */
  return async function middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next();
    if (ctx.oidc?.route !== 'introspection' || ctx.status !== 200) return;
    const token = ctx.body as Introspected;
    const scope = ctx.oidc.body?.['required_scope'];
    if (typeof scope !== 'string' || !token.active || !isOfItsResource(scope, token)) return;
    if (token.scope?.split(' ').includes(scope)) return;
    const bounds = await provided(() => boundsOf(token));
    const description =
      whyDenied(scope, bounds) ?? `${scope} was not asked for, or not agreed to, when this token began`;
    ctx.body = { ...token, insufficient_scope: { scope, description } };
  };
}
