// What `/api/v1/openapi.json` says of what administration may read.
import { ADMIN_READ } from '../config/built-in.ts';

const string = { type: 'string' };
const strings = { type: 'array', items: string };
const time = { type: 'string', format: 'date-time' };
const problem = { $ref: '#/components/responses/Problem' };

const parameter = (name: string, schema: object, description?: string) => ({
  name,
  in: 'query',
  schema,
  ...(description !== undefined && { description }),
});

const PAGING = [
  parameter('after', string, '`next` of a former answer'),
  parameter('limit', { type: 'integer', minimum: 1, maximum: 999 }),
];

const account = {
  account_id: string,
  kind: { enum: ['person', 'service'] },
  email: string,
  username: string,
  name: string,
  status: { enum: ['pending', 'active', 'disabled'] },
  active: { type: 'boolean' },
  roles: strings,
  maintainers: strings,
  created_at: time,
  deletion_at: time,
};
const record = {
  id: string,
  at: time,
  type: string,
  outcome: { enum: ['success', 'failure'] },
  reason: string,
  actor: string,
  account: string,
  client: string,
  scopes: strings,
  grant: string,
  address: string,
  userAgent: string,
  requestId: string,
  details: { type: 'object' },
};
const holding = {
  account: string,
  account_id: string,
  kind: { enum: ['role', 'key', 'grant'] },
  name: string,
  scopes: strings,
  since: time,
  by: { ...string, description: 'Account id, or a name such as operator' },
  last_used: time,
  kept_at: time,
  kept_by: string,
  grant_id: string,
};

const listing = (name: string, summary: string, properties: object, parameters: object[]) => ({
  get: {
    operationId: `list${name[0]?.toUpperCase()}${name.slice(1)}`,
    summary,
    security: [{ oauth: [ADMIN_READ] }],
    parameters: [...PAGING, ...parameters],
    responses: {
      200: {
        description: 'A page, which may be short and still have a `next`',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { [name]: { type: 'array', items: { type: 'object', properties } }, next: string },
              required: [name],
            },
          },
        },
      },
      400: problem,
      401: problem,
      403: problem,
    },
  },
});

export const adminPaths = {
  '/api/v1/accounts': listing('accounts', 'People and service accounts; one filter at a time', account, [
    parameter('prefix', string, 'Beginning of an address, a user name or a word of the name'),
    parameter('role', string, 'To whom it was granted'),
    parameter('kind', account.kind),
    parameter('status', account.status),
  ]),
  '/api/v1/records': listing('records', 'Authorization records, newest first', record, [
    parameter('account', string, 'Account id, address or user name'),
    parameter('client', string),
    parameter('type', string, 'A type, or its beginning such as `sign_in.`'),
    parameter('since', time),
    parameter('until', time, 'Exclusive'),
  ]),
  '/api/v1/review': listing('review', 'Who holds which roles, keys and grants', holding, [
    parameter('stale_days', { type: 'integer', minimum: 1 }, 'Only what nobody used for so long'),
  ]),
};
