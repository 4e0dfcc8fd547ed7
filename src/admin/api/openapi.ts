// What `/api/v1/openapi.json` says of the lists of administration. What changes something is in `acts-openapi.ts`.
import { ADMIN_READ } from '../../config/built-in.ts';
import { inQuery, json, list, may, object, problem, string, strings, time } from '../../lib/openapi.ts';

const PAGING = [
  inQuery('after', string, '`next` of a former answer'),
  inQuery('limit', { type: 'integer', minimum: 1, maximum: 999 }),
];

export const account = {
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
  via: { ...string, description: 'The client whose token the act came with' },
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

export const grant = {
  id: string,
  account_id: string,
  client_id: string,
  scopes: strings,
  issued_at: time,
  expires_at: time,
};
/** As `/api/v1/keys` describes it. */
export const key = {
  $ref: '#/paths/~1api~1v1~1keys~1%7Bclient_id%7D/get/responses/200/content/application~1json/schema',
};

const listing = (name: string, summary: string, items: object, parameters: object[], operationId = name) => ({
  get: {
    operationId: `list${operationId[0]?.toUpperCase()}${operationId.slice(1)}`,
    summary,
    security: may(ADMIN_READ),
    parameters: [...PAGING, ...parameters],
    responses: {
      200: {
        description: 'A page, which may be short and still have a `next`',
        ...json(object({ [name]: list(items), next: string }, [name])),
      },
      400: problem,
      401: problem,
      403: problem,
    },
  },
});

export const adminListPaths = {
  '/api/v1/accounts': listing('accounts', 'People and service accounts; one filter at a time', object(account, []), [
    inQuery('prefix', string, 'Beginning of an address, a user name or a word of the name'),
    inQuery('role', string, 'To whom it was granted'),
    inQuery('kind', account.kind),
    inQuery('status', account.status),
  ]),
  '/api/v1/records': listing('records', 'Authorization records, newest first', object(record, []), [
    inQuery('account', string, 'Account id, address or user name'),
    inQuery('client', string),
    inQuery('type', string, 'A type, or its beginning such as `sign_in.`'),
    inQuery('since', time),
    inQuery('until', time, 'Exclusive'),
  ]),
  '/api/v1/review': listing('review', 'Who holds which roles, keys and grants', object(holding, []), [
    inQuery('stale_days', { type: 'integer', minimum: 1 }, 'Only what nobody used for so long'),
  ]),
  '/api/v1/account-keys': listing(
    'keys',
    'API keys of everybody',
    key,
    [
      inQuery('owner', string, 'Account id, address, user name or service name'),
      inQuery('state', { enum: ['active', 'expired', 'disabled', 'revoked'] }),
      inQuery('unused_days', { type: 'integer', minimum: 1 }, 'Only what nobody used for so long'),
      inQuery('expiring_days', { type: 'integer', minimum: 1 }, 'Only what ends within so long'),
    ],
    'accountKeys',
  ),
  '/api/v1/grants': listing('grants', 'What people gave to applications', object(grant, []), [
    inQuery('account', string, 'Account id, address or user name'),
    inQuery('client', string),
  ]),
};
