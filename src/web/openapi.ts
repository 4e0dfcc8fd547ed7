// `/api/v1/openapi.json`: the description of our own JSON interface (OpenAPI 3.1), put together from what each feature says of
// its addresses. OAuth and OpenID endpoints describe themselves by discovery.
import type Router from '@koa/router';
import { packageVersion } from '../lib/package-root.ts';
import { stateOf } from './request-state.ts';

/** The operations of each path, as OpenAPI 3.1 Path Item Objects. */
export type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function mountOpenapi(router: Router, paths: Paths): void {
  router.get('/api/v1/openapi.json', (ctx) => {
    const { issuer, scopes } = stateOf(ctx).config;
    ctx.set({ 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' });
    ctx.body = {
      openapi: '3.1.0',
      info: {
        title: 'TokenIM Auth',
        version: packageVersion,
        description: `Access tokens have the audience ${issuer}/api/v1.`,
      },
      servers: [{ url: issuer }],
      paths,
      components: {
        securitySchemes: { oauth: oauthScheme(issuer, scopes) },
        responses: { Problem: PROBLEM },
      },
    };
  });
}

const PROBLEM = {
  description: 'Problem details (RFC 9457); `code` is stable.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string' },
          detail: { type: 'string' },
          request_id: { type: 'string' },
        },
        required: ['status', 'code'],
      },
    },
  },
};

/** The scopes of the built-in resource, of which each reads its own words. */
function oauthScheme(
  issuer: string,
  scopes: Readonly<Record<string, { resource: string; description: { en: string } }>>,
) {
  const own = Object.entries(scopes).filter(([, { resource }]) => resource === 'api');
  return {
    type: 'oauth2',
    flows: {
      authorizationCode: {
        authorizationUrl: `${issuer}/oauth/authorize`,
        tokenUrl: `${issuer}/oauth/token`,
        scopes: Object.fromEntries(own.map(([name, { description }]) => [name, description.en])),
      },
    },
  };
}
