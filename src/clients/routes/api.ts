// `/api/v1/clients`: every client there is, and changes of those that no file manages, with an access token of a person that holds
// `admin:read` or `admin:write`. What changes something needs a sign-in of lately (RFC 9470).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { ADMIN_READ, ADMIN_WRITE } from '../../config/built-in.ts';
import { DomainError } from '../../lib/errors.ts';
import { issueText, wordIssues } from '../../lib/issue-words.ts';
import type { Bearer } from '../../web/bearer.ts';
import { readJson } from '../../web/middleware/body.ts';
import { clientJson, type ClientUse } from '../faces.ts';
import type { Roster } from '../roster.ts';
import type { StoredClient } from '../stored-client.ts';
import type { Allow, MadeClient, NewClient, Settings } from '../stored-clients.ts';

/** In somebody's name, with their records; see `compose/administration.ts`. */
export interface ClientActs {
  create(client: Pick<NewClient, 'settings' | 'isConfidential'>): Promise<MadeClient>;
  /** `allow` judges the client as it stands at that moment. */
  change(id: string, settings: Settings, allow?: Allow): Promise<StoredClient>;
  addSecret(id: string, options: { replace?: boolean }): Promise<Required<MadeClient>>;
  removeSecret(id: string, secretId: string): Promise<StoredClient>;
  disable(id: string): Promise<StoredClient>;
  enable(id: string): Promise<StoredClient>;
}

export interface ClientsApiDeps {
  bearer: Bearer;
  roster: Roster;
  useOf(clientId: string): Promise<ClientUse>;
  actsOf(ctx: Context, accountId: string): ClientActs;
}

export const CLIENTS_API = '/api/v1/clients';
const ONE = `${CLIENTS_API}/:id`;

const newClientBody = z.looseObject({ confidential: z.boolean().default(true) });
const newSecretBody = z.strictObject({ replace: z.boolean().default(false) });

export function mountClientsApi(router: Router, { bearer, roster, useOf, actsOf }: ClientsApiDeps): void {
  router.get(CLIENTS_API, async (ctx) => {
    await bearer.require(ctx, ADMIN_READ);
    const clients = [];
    for await (const entry of roster.all()) clients.push(clientJson(entry));
    answer(ctx, 200, { clients });
  });

  router.post(CLIENTS_API, async (ctx) => {
    const acts = await administrator(ctx);
    const { confidential, ...settings } = await readBody(ctx, newClientBody);
    const made = await acts.create({ settings, isConfidential: confidential });
    ctx.set('Location', `${CLIENTS_API}/${made.client.id}`);
    answer(ctx, 201, await shownWith(made));
  });

  router.get(ONE, async (ctx) => {
    await bearer.require(ctx, ADMIN_READ);
    const entry = await roster.find(idOf(ctx));
    answer(ctx, 200, clientJson(entry, await useOf(entry.clientId)));
  });

  router.patch(ONE, async (ctx) => {
    const acts = await administrator(ctx);
    await shown(ctx, acts.change(idOf(ctx), await readJson(ctx)));
  });

  router.post(`${ONE}/secrets`, async (ctx) => {
    const acts = await administrator(ctx);
    answer(ctx, 201, await shownWith(await acts.addSecret(idOf(ctx), await readBody(ctx, newSecretBody))));
  });

  router.delete(`${ONE}/secrets/:secret`, async (ctx) => {
    const acts = await administrator(ctx);
    await shown(ctx, acts.removeSecret(idOf(ctx), String(ctx['params'].secret)));
  });

  for (const act of ['disable', 'enable'] as const) {
    router.post(`${ONE}/${act}`, async (ctx) => {
      const acts = await administrator(ctx);
      await shown(ctx, acts[act](idOf(ctx)));
    });
  }

  async function administrator(ctx: Context): Promise<ClientActs> {
    const { accountId } = await bearer.requireRecent(ctx, ADMIN_WRITE);
    return actsOf(ctx, accountId);
  }

  async function shown(ctx: Context, changed: Promise<StoredClient>): Promise<void> {
    const { id } = await changed;
    answer(ctx, 200, clientJson(await roster.find(id)));
  }

  const shownWith = async ({ client, secret }: MadeClient) => ({
    ...clientJson(await roster.find(client.id)),
    ...(secret !== undefined && { client_secret: secret }),
  });
}

const idOf = (ctx: Context): string => String(ctx['params'].id);

/** Secrets stand in some answers. */
function answer(ctx: Context, status: number, body: object): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}

async function readBody<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const body = await readJson(ctx);
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const problems = wordIssues(error.issues, body, schema).map(issueText);
  throw new DomainError('invalid', 'body_malformed', { detail: problems.join('; '), problems });
}
