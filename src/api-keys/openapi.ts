// What `/api/v1/openapi.json` says of `/api/v1/keys`.
import { KEYS_READ, KEYS_WRITE } from '../config/built-in.ts';
import { inPath, json, may, object, problem, string, strings, time } from '../lib/openapi.ts';

const seconds = (description: string) => ({ type: 'integer', minimum: 0, description });
const clientId = inPath('client_id');

const key = object(
  {
    client_id: string,
    name: string,
    owner: { ...string, description: 'Account id' },
    service_account: string,
    state: { enum: ['active', 'expired', 'disabled', 'revoked'] },
    scopes: strings,
    resource: string,
    addresses: strings,
    created_at: time,
    expires_at: time,
    days_left: { type: 'integer' },
    last_used_at: time,
    last_used: object({ at: time, address: string, user_agent: string }, ['at']),
    secrets: {
      type: 'array',
      description: 'Those accepted, the newest first; a former one ends at its `expires_at`.',
      items: object({ created_at: time, expires_at: time, last_used_at: time }, ['created_at']),
    },
    revoked_at: time,
    revoked_by: { enum: ['owner', 'leak_report', 'other'] },
  },
  ['client_id', 'name', 'owner', 'state', 'scopes', 'created_at', 'expires_at', 'days_left', 'secrets'],
);
const issued = object({
  client_id: string,
  client_secret: { ...string, description: 'The whole key; it is not shown again.' },
  scopes: strings,
  expires_at: time,
});
const newKey = object(
  {
    name: string,
    scopes: {
      ...strings,
      description: 'Of those that your roles grant now; never `keys:…`, `admin:…` or `qr:approve`.',
    },
    expires_in: seconds('Life of the key; 90 days when absent, 365 at most.'),
    addresses: {
      ...strings,
      description: 'Addresses and CIDR ranges that it may be used from; absent: from everywhere.',
    },
    resource: { ...string, description: 'Id or indicator of the only resource that its tokens are for.' },
    owner: { ...string, description: 'Account id of a service account that you maintain.' },
  },
  ['name', 'scopes'],
);
const rotation = object(
  {
    overlap: seconds('How long the former secret is still accepted; a day when absent.'),
    expires_in: seconds('Life of the key from now on; 90 days when absent.'),
  },
  [],
);
const REFUSALS = { 400: problem, 401: problem, 403: problem };

export const keysPaths = {
  '/api/v1/keys': {
    get: {
      operationId: 'listKeys',
      summary: 'Your keys, and those of service accounts that you maintain',
      security: may(KEYS_READ),
      responses: {
        200: { description: 'The newest first', ...json(object({ keys: { type: 'array', items: key } })) },
        401: problem,
        403: problem,
      },
    },
    post: {
      operationId: 'createKey',
      summary: 'Make a key; needs a sign-in of the last ten minutes (RFC 9470)',
      security: may(KEYS_WRITE),
      requestBody: { required: true, ...json(newKey) },
      responses: {
        201: { description: 'The key, shown once', ...json(issued) },
        ...REFUSALS,
        404: problem,
        409: problem,
      },
    },
  },
  '/api/v1/keys/{client_id}': {
    parameters: clientId,
    get: {
      operationId: 'getKey',
      summary: 'One key',
      security: may(KEYS_READ),
      responses: { 200: { description: 'The key', ...json(key) }, 401: problem, 403: problem, 404: problem },
    },
    delete: {
      operationId: 'revokeKey',
      summary: 'End a key and its tokens at once',
      security: may(KEYS_WRITE),
      responses: { 204: { description: 'Revoked' }, 401: problem, 403: problem, 404: problem },
    },
  },
  '/api/v1/keys/{client_id}/rotate': {
    parameters: clientId,
    post: {
      operationId: 'rotateKey',
      summary: 'A new secret under the same client_id; of more than three accepted at once the oldest ends',
      security: may(KEYS_WRITE),
      requestBody: { required: true, ...json(rotation) },
      responses: {
        200: { description: 'The key, shown once', ...json(issued) },
        ...REFUSALS,
        404: problem,
        409: problem,
      },
    },
  },
  '/api/v1/keys/leaked': {
    post: {
      operationId: 'reportLeakedKey',
      summary: 'Report a key that was found; a whole valid key is revoked and its owner told',
      security: [],
      requestBody: { required: true, ...json(object({ key: string })) },
      responses: { 204: { description: 'Taken note of, whether or not the key exists' }, 400: problem, 429: problem },
    },
  },
};
