// What `/api/v1/openapi.json` says of `/api/v1/service-accounts`.
import { KEYS_READ, KEYS_WRITE } from '../config/built-in.ts';
import { inPath, json, may, object, problem, string, strings, time } from '../lib/openapi.ts';

const account = object(
  {
    account_id: string,
    name: { ...string, description: 'Unique among user names' },
    purpose: string,
    state: { enum: ['active', 'disabled', 'disabled_by_administrator'] },
    roles: { ...strings, description: 'In force; administrators give them.' },
    scopes: { ...strings, description: 'What its keys can be given.' },
    maintainers: { type: 'array', items: object({ account_id: string, name: string, active: { type: 'boolean' } }) },
    invitations: {
      type: 'array',
      description: 'As typed, whether or not there is such an account.',
      items: object({ login: string, expires_at: time }),
    },
  },
  ['account_id', 'name', 'state', 'roles', 'scopes', 'maintainers', 'invitations'],
);
const names = { name: string, purpose: string };

const REFUSALS = { 400: problem, 401: problem, 403: problem };
const answered = { 200: { description: 'The service account', ...json(account) }, 401: problem, 403: problem };

const act = (operationId: string, summary: string, status: 202 | 204, more: object = {}) => ({
  operationId,
  summary,
  security: may(KEYS_WRITE),
  ...more,
  responses: { [status]: { description: 'Done' }, ...REFUSALS, 404: problem, 409: problem },
});

const ONE = '/api/v1/service-accounts/{account_id}';

export const serviceAccountsPaths = {
  '/api/v1/service-accounts': {
    get: {
      operationId: 'listServiceAccounts',
      summary: 'Service accounts that you look after, and those that you are asked to',
      security: may(KEYS_READ),
      responses: {
        200: {
          description: 'Both',
          ...json(
            object({
              service_accounts: { type: 'array', items: account },
              asked: { type: 'array', items: object({ account_id: string, name: string }) },
            }),
          ),
        },
        401: problem,
        403: problem,
      },
    },
    post: {
      operationId: 'createServiceAccount',
      summary: 'Make one, without any role; needs a sign-in of the last ten minutes (RFC 9470), as all changes do',
      security: may(KEYS_WRITE),
      requestBody: { required: true, ...json(object(names, ['name'])) },
      responses: { 201: { description: 'The service account', ...json(account) }, ...REFUSALS, 409: problem },
    },
  },
  [ONE]: {
    parameters: inPath('account_id'),
    get: {
      operationId: 'getServiceAccount',
      summary: 'One service account',
      security: may(KEYS_READ),
      responses: { ...answered, 404: problem },
    },
    patch: {
      operationId: 'changeServiceAccount',
      summary: 'Rename it; disable it, and with it its keys, or enable it again',
      security: may(KEYS_WRITE),
      requestBody: { required: true, ...json(object({ ...names, disabled: { type: 'boolean' } }, [])) },
      responses: { ...answered, 400: problem, 404: problem, 409: problem },
    },
  },
  [`${ONE}/maintainers`]: {
    parameters: inPath('account_id'),
    post: act('askMaintainer', 'Ask somebody to look after it; answers the same whoever exists', 202, {
      requestBody: { required: true, ...json(object({ login: string })) },
    }),
  },
  [`${ONE}/maintainers/{maintainer_id}`]: {
    parameters: inPath('account_id', 'maintainer_id'),
    delete: act('removeMaintainer', 'Take a maintainer out, or leave; the last one cannot', 204),
  },
  [`${ONE}/invitations/{login}`]: {
    parameters: inPath('account_id', 'login'),
    delete: act('retractInvitation', 'Ask no longer', 204),
  },
  [`${ONE}/accept`]: {
    parameters: inPath('account_id'),
    post: act('acceptMaintaining', 'Look after it from now on', 204),
  },
  [`${ONE}/decline`]: { parameters: inPath('account_id'), post: act('declineMaintaining', 'Decline to', 204) },
};
