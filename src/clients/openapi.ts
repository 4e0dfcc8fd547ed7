// What `/api/v1/openapi.json` says of `/api/v1/clients`.
import { ADMIN_READ, ADMIN_WRITE } from '../config/built-in.ts';
import { body, boolean, count, inPath, json, may, object, problem, string, strings, time } from '../lib/openapi.ts';

/** As in a configuration file. */
const SETTINGS = {
  name: string,
  uri: string,
  logo_uri: string,
  type: { enum: ['web', 'native'] },
  grants: {
    type: 'array',
    items: { enum: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'] },
  },
  redirect_uris: strings,
  post_logout_redirect_uris: strings,
  origins: strings,
  scopes: strings,
  allowed_roles: { ...strings, description: 'Roles that may sign in to it. Absent: everybody.' },
  id_token_signed_response_alg: { enum: ['RS256', 'ES256'] },
  pkce: { enum: ['required', 'optional'] },
  dpop_bound_access_tokens: boolean,
  lifetimes: { type: 'object', additionalProperties: { ...string, description: 'Such as 5m' } },
};

const client = object(
  {
    client_id: string,
    managed_by: { enum: ['file', 'built_in', 'console', 'registration'] },
    managed_at: { ...string, description: '`file:line` of a client that a file manages; it is changed there.' },
    state: { enum: ['active', 'disabled', 'superseded', 'expired', 'invalid'] },
    problems: { ...strings, description: 'Rules of the configuration in force that it breaks.' },
    confidential: boolean,
    ...SETTINGS,
    first_party: boolean,
    secrets: {
      type: 'array',
      description: 'The newest first; the secrets themselves are not kept.',
      items: object({ id: string, created_at: time, created_by: string }, ['id', 'created_at', 'created_by']),
    },
    created_at: time,
    created_by: string,
    changed_at: time,
    changed_by: string,
    disabled_at: time,
    disabled_by: string,
    expires_at: time,
    grants_given: count,
    people: { ...count, description: 'Who have given it something.' },
    last_used_at: time,
  },
  ['client_id', 'managed_by', 'state', 'confidential', 'name', 'grants', 'scopes'],
);
const withSecret = {
  allOf: [client, object({ client_secret: { ...string, description: 'It is not shown again.' } }, [])],
};

const REFUSALS = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem };
const READ_REFUSALS = { 401: problem, 403: problem };

const act = (operationId: string, summary: string, schema: object, status = 200) => ({
  operationId,
  summary: `${summary}; needs a sign-in of the last ten minutes (RFC 9470)`,
  security: may(ADMIN_WRITE),
  responses: { [status]: { description: 'The client', ...json(schema) }, ...REFUSALS },
});

export const clientsPaths = {
  '/api/v1/clients': {
    get: {
      operationId: 'listClients',
      summary: 'Every client: of the files, built in, made here, registered',
      security: may(ADMIN_READ),
      responses: {
        200: { description: 'All', ...json(object({ clients: { type: 'array', items: client } }, ['clients'])) },
        ...READ_REFUSALS,
      },
    },
    post: {
      ...act('createClient', 'Make a client', withSecret, 201),
      ...body(object({ confidential: { ...boolean, default: true }, ...SETTINGS }, ['name', 'grants'])),
    },
  },
  '/api/v1/clients/{id}': {
    parameters: inPath('id'),
    get: {
      operationId: 'getClient',
      summary: 'One client, and what came of it',
      security: may(ADMIN_READ),
      responses: { 200: { description: 'The client', ...json(client) }, ...READ_REFUSALS, 404: problem },
    },
    patch: {
      ...act('changeClient', 'Change settings; those absent stay, null takes one away', client),
      ...body(object(SETTINGS, [])),
    },
  },
  '/api/v1/clients/{id}/secrets': {
    parameters: inPath('id'),
    post: {
      ...act('addClientSecret', 'One more secret; with replace the former ones end at once', withSecret, 201),
      ...body(object({ replace: { ...boolean, default: false } }, [])),
    },
  },
  '/api/v1/clients/{id}/secrets/{secret}': {
    parameters: inPath('id', 'secret'),
    delete: act('removeClientSecret', 'End one of several secrets', client),
  },
  '/api/v1/clients/{id}/disable': {
    parameters: inPath('id'),
    post: act('disableClient', 'End a client, and everything that was issued to it, at once', client),
  },
  '/api/v1/clients/{id}/enable': {
    parameters: inPath('id'),
    post: act('enableClient', 'Take a disabled client into use again', client),
  },
};
