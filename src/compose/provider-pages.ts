// Pages of ours in answer to requests that the provider serves, and where such a request came from.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { errorPage } from '../../views/error.tsx';
import { signOut } from '../../views/oidc/sign-out.tsx';
import { signedOut } from '../../views/accounts/signed-out.tsx';
import type { Clients } from '../oidc/clients.ts';
import type { toProviderConfiguration } from '../oidc/configuration.ts';
import type { HostContexts } from '../oidc/mount.ts';
import { page } from '../web/render.ts';
import { stateOf } from '../web/request-state.ts';
import type { View } from '../web/view.ts';

type ConfigurationDeps = Parameters<typeof toProviderConfiguration>[0];
type Renderers = Pick<ConfigurationDeps, 'renderError' | 'renderSignOut' | 'renderSignedOut'>;

/** `hosts`: the context that the host has for a request. */
export function createOrigins(hosts: HostContexts) {
  return (req: IncomingMessage) => {
    const host = hosts.get(req);
    if (!host) return undefined;
    const { requestId, address } = stateOf(host);
    return { requestId, address, userAgent: host.get('User-Agent') };
  };
}

export function createProviderPages(hosts: HostContexts, clients: Clients): Renderers {
  function answer<Props>(ctx: KoaContextWithOIDC, view: View<Props>, props: Props, status = ctx.status): void {
    const host = hosts.get(ctx.req) as Context;
    page(host, view, props, { status });
    ctx.status = status;
    ctx.type = 'html';
    ctx.body = host.body;
  }

  return {
    renderError: (ctx, out) =>
      answer(ctx, errorPage, { status: ctx.status, code: out.error, detail: out.error_description }),
    renderSignOut: (ctx, { action, xsrf }) => {
      const client = clients.configured(ctx.oidc.client?.clientId ?? '');
      answer(ctx, signOut, { action, hidden: { xsrf }, client }, 200);
    },
    renderSignedOut: (ctx) => answer(ctx, signedOut, {}, 200),
  };
}
