// What `/api/v1/openapi.json` says of one thing of administration, and of the acts on it.
import { ADMIN_READ, ADMIN_WRITE } from '../../config/built-in.ts';
import {
  body,
  boolean,
  count,
  inPath,
  json,
  list,
  may,
  object,
  problem,
  string,
  strings,
  time,
} from '../../lib/openapi.ts';
import { account, adminListPaths, grant, key } from './openapi.ts';

const REFUSALS = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem };

const read = (operationId: string, summary: string, schema: object) => ({
  operationId,
  summary,
  security: may(ADMIN_READ),
  responses: { 200: { description: 'It', ...json(schema) }, 401: problem, 403: problem, 404: problem },
});

/** Without `schema` it answers 204. */
const act = (operationId: string, summary: string, schema?: object, status = 200) => ({
  operationId,
  summary: `${summary}; needs a sign-in of the last ten minutes (RFC 9470)`,
  security: may(ADMIN_WRITE),
  responses: {
    ...(schema ? { [status]: { description: 'As it is now', ...json(schema) } } : { 204: { description: 'Done' } }),
    ...REFUSALS,
  },
});

const one = object(
  {
    ...account,
    roles_in_force: { ...strings, description: 'Default and included ones too' },
    scopes: strings,
    second_factors: list({ enum: ['passkey', 'totp'] }),
    sessions: count,
  },
  ['account_id', 'kind', 'status', 'active', 'roles', 'roles_in_force', 'scopes', 'second_factors', 'sessions'],
);
const newAccount = {
  oneOf: [
    object(
      { kind: { const: 'person' }, email: string, username: string, name: string, locale: string, roles: strings },
      ['kind', 'email'],
    ),
    object(
      {
        kind: { const: 'service' },
        username: { ...string, description: 'By which it is found' },
        name: { ...string, description: 'What it is for' },
        roles: strings,
        maintainers: { ...strings, description: 'Account ids' },
      },
      ['kind', 'username'],
    ),
  ],
};

const decision = { decision: { enum: ['keep', 'take_back'] }, account_id: string };
const newDecision = {
  oneOf: [
    object({ ...decision, kind: { enum: ['role', 'key'] }, name: string }),
    object({ ...decision, kind: { const: 'grant' }, grant_id: string, name: string }, [
      ...Object.keys(decision),
      'kind',
      'grant_id',
    ]),
  ],
};

const role = object(
  {
    role: string,
    description: { type: 'object', description: 'By language', additionalProperties: string },
    default: { ...boolean, description: 'Every person has it.' },
    require_mfa: boolean,
    includes: strings,
    included_by: strings,
    scopes: list(object({ scope: string, granted_by: { ...string, description: 'Itself, or one that it includes' } })),
    clients: { ...strings, description: 'That let in only holders of some roles, this one among them' },
    holders: count,
    managed_at: { ...string, description: '`file:line`; it is changed there.' },
  },
  ['role', 'default', 'require_mfa', 'includes', 'included_by', 'scopes', 'clients', 'holders'],
);

const refusal = object({ at: time, process: string, problems: strings });
const configuration = object(
  {
    process: { ...string, description: 'Which answers' },
    digest: string,
    generation: count,
    since: time,
    files: strings,
    refused: { ...refusal, description: 'Why this process keeps what it has' },
    others_refused: list(refusal),
    present: object(
      {
        state: { enum: ['same', 'refused', 'changed'] },
        problems: strings,
        digest: string,
        changes: list(object({ entry: string, change: { enum: ['added', 'removed', 'changed'] }, place: string }, [])),
        consequences: list(object({ kind: string, people: count }, ['kind', 'people'])),
        people: { ...count, description: 'Who lose something' },
        needs_confirmation: boolean,
        needs_restart: strings,
      },
      ['state'],
    ),
  },
  ['process', 'digest', 'generation', 'since', 'files', 'others_refused', 'present'],
);

const ACCOUNT = '/api/v1/accounts/{account_id}';
const KEY = '/api/v1/account-keys/{client_id}';

const onAccount = (path: string, names: readonly string[], operations: object) => ({
  [`${ACCOUNT}/${path}`]: { parameters: inPath('account_id', ...names), ...operations },
});

export const adminPaths = {
  ...adminListPaths,
  '/api/v1/accounts': {
    ...adminListPaths['/api/v1/accounts'],
    post: {
      ...act('createAccount', 'Invite a person by mail, or make a service account', one, 201),
      ...body(newAccount),
    },
  },
  [ACCOUNT]: {
    parameters: inPath('account_id'),
    get: read('getAccount', 'One account, and what it may do now', one),
  },
  ...onAccount('disable', [], {
    post: act('disableAccount', 'End its sessions, grants and tokens, and refuse it and its keys', one),
  }),
  ...onAccount('enable', [], { post: act('enableAccount', 'Let it in again', one) }),
  ...onAccount('sessions', [], { delete: act('endSessions', 'Sign the person out of every browser', one) }),
  ...onAccount('second-factors', [], {
    delete: act('resetSecondFactors', 'For who lost them all; the person gets a mail', one),
  }),
  ...onAccount('roles/{role}', ['role'], {
    put: act('grantRole', 'Grant a role; not to oneself (`own_account`)', one),
    delete: act('revokeRole', 'Take a role back; the last administrator stays (`last_administrator`)', one),
  }),
  ...onAccount('maintainers/{person}', ['person'], {
    put: act('addMaintainer', 'Let a person look after a service account; not oneself (`own_account`)', one),
    delete: act('dropMaintainer', 'Take a maintainer out of it', one),
  }),
  [KEY]: {
    parameters: inPath('client_id'),
    get: read('getAccountKey', 'One API key of anybody', key),
    delete: act('revokeAccountKey', 'Revoke it at once, with the tokens that it got'),
  },
  [`${KEY}/disable`]: {
    parameters: inPath('client_id'),
    post: act('disableAccountKey', 'Refuse it until it is enabled', key),
  },
  [`${KEY}/enable`]: { parameters: inPath('client_id'), post: act('enableAccountKey', 'Accept it again', key) },
  '/api/v1/grants/{id}': {
    parameters: inPath('id'),
    get: read('getGrant', 'One grant', object(grant, [])),
    delete: act('revokeGrant', 'End it, and every token that hangs on it'),
  },
  '/api/v1/review/decisions': {
    post: { ...act('decideReview', 'Record that something stays, or take it back'), ...body(newDecision) },
  },
  '/api/v1/roles': { get: read('listRoles', 'Every role', object({ roles: list(role) })) },
  '/api/v1/roles/{name}': {
    parameters: inPath('name'),
    get: read('getRole', 'One role; roles are changed in the files (`managed_by_file`)', role),
  },
  '/api/v1/configuration': {
    get: read('getConfiguration', 'What is in force, and what the files would change for whom', configuration),
  },
  '/api/v1/configuration/apply': {
    post: {
      ...act('applyConfiguration', 'Take the files of this digest into force', configuration),
      ...body(object({ digest: string, confirmed: { ...boolean, default: false } }, ['digest'])),
    },
  },
};
