// What `/api/v1/openapi.json` says of `/api/v1/qr` (contract §3, "QR login, on the wire").
import { QR_APPROVE } from '../config/built-in.ts';

const string = { type: 'string' };
const secured = [{ oauth: [QR_APPROVE] }];
const problem = { $ref: '#/components/responses/Problem' };
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem, 410: problem, 429: problem };

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const object = (properties: object, required = Object.keys(properties)) => ({ type: 'object', properties, required });

const sheet = object(
  {
    transaction: string,
    user_code: string,
    client: object({ client_id: string, name: string, uri: string, logo_uri: string }, ['client_id', 'name']),
    scopes: { type: 'array', items: object({ name: string, description: string }) },
    device: object({ ip: string, user_agent: string, location: string }, ['ip', 'user_agent']),
    expires_in: { type: 'integer' },
    check: {
      oneOf: [{ type: 'null' }, object({ show: string }), object({ ask: { const: 'user_code' } })],
    },
  },
  ['transaction', 'user_code', 'client', 'scopes', 'device', 'expires_in', 'check'],
);

export const qrPaths = {
  '/api/v1/qr/scan': {
    post: {
      operationId: 'scanQr',
      summary: 'A scanned link or a typed user code: who asks, and for what',
      security: secured,
      requestBody: { required: true, ...json(object({ code: string })) },
      responses: { 200: { description: 'The confirm sheet', ...json(sheet) }, ...refusals },
    },
  },
  '/api/v1/qr/approve': {
    post: {
      operationId: 'approveQr',
      summary: 'The person says yes',
      security: secured,
      requestBody: { required: true, ...json(object({ transaction: string, user_code: string }, ['transaction'])) },
      responses: {
        200: { description: 'The browser still owes the digits', ...json(object({ state: { const: 'confirming' } })) },
        204: { description: 'Approved' },
        422: problem,
        ...refusals,
      },
    },
  },
  '/api/v1/qr/deny': {
    post: {
      operationId: 'denyQr',
      summary: 'The person says no',
      security: secured,
      requestBody: { required: true, ...json(object({ transaction: string })) },
      responses: { 204: { description: 'Denied' }, ...refusals },
    },
  },
};
