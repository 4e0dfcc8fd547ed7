// Finds what an explanation needs, as it stands now: the account, the client or key, the consent; or the refusal that a request
// left in the records. The sentences are made in `policy/explain.ts`.
import { type Account, nameOf } from '../accounts/account.ts';
import { type ApiKey, stateOf } from '../api-keys/api-key.ts';
import type { AuditRecord } from '../audit/log.ts';
import { API_KEY_PREFIX } from '../config/built-in.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { DomainError } from '../lib/errors.ts';
import { type Explanation, explainScope } from '../policy/explain.ts';
import type { ExplainedKey, Facts, RefusedRequest } from '../policy/explained.ts';
import { whyRefused } from '../policy/refusal.ts';
import type { Domain } from './domain.ts';
import { findAccount } from './find-account.ts';

export interface Question {
  /** Account id, e-mail address or user name. */
  account?: string;
  client?: string;
  scope: string;
}

/** One refusal of a request, and what of each scope it asked for would become now. */
export interface ExplainedRefusal {
  record: AuditRecord;
  /** A sentence for the reason in the record, for those that are known. */
  why?: string;
  explanations: Explanation[];
}

export interface ExplainDeps {
  config: ConfigSource;
  clock: Clock;
  domain: Pick<Domain, 'directory' | 'keys' | 'clients' | 'consents' | 'audit'>;
}

export type Explain = ReturnType<typeof createExplain>;

export function createExplain({ config, clock, domain }: ExplainDeps) {
  const { directory, keys, clients, consents, audit } = domain;

  async function factsOf(
    account: Account | undefined,
    clientId: string | undefined,
    request?: RefusedRequest,
  ): Promise<Facts> {
    if (clientId !== undefined) await clients.inForce.lookFor(clientId);
    const current = config.current();
    const found = clientId?.startsWith(API_KEY_PREFIX) ? await keys.lifecycle.find(clientId) : undefined;
    const key = found && keyFacts(found, clock.now());
    const holder = account ?? (found && (await directory.find(found.ownerId)));
    const consent = await consentOf(account, clientId);
    return {
      config: current,
      ...(holder && { account: { ...holder, name: nameOf(holder), ...problemOf(holder) } }),
      ...(clientId !== undefined && { clientId }),
      ...(key && { key }),
      ...(consent && { consent }),
      ...(request && { request }),
    };
  }

  /** What a person said to an application, ours or not. */
  async function consentOf(account: Account | undefined, clientId: string | undefined): Promise<Facts['consent']> {
    const known = config.current().clients;
    const client = clientId !== undefined && Object.hasOwn(known, clientId) ? known[clientId] : undefined;
    if (account?.kind !== 'person' || !client || clientId === undefined) return undefined;
    const { openid, resources, withdrawn, refused } = await consents.find(account.id, clientId);
    const stillOptional = refused.filter((scope) => client.optional_scopes?.includes(scope));
    return { given: [...openid, ...Object.values(resources).flat()], withdrawn, refused: stillOptional };
  }

  return {
    /** Throws `account_unknown` (`not_found`), and `question_incomplete` (`invalid`) without account and client. */
    async scope({ account: reference, client, scope }: Question): Promise<Explanation> {
      if (reference === undefined && client === undefined) {
        throw new DomainError('invalid', 'question_incomplete', { detail: 'name an account, a client or both' });
      }
      const account = reference === undefined ? undefined : await findAccount(directory, reference);
      if (reference !== undefined && !account) {
        throw new DomainError('not_found', 'account_unknown', { detail: `there is no account ${reference}` });
      }
      return explainScope(await factsOf(account, client), scope);
    },

    /** Oldest first. Throws `request_unknown` (`not_found`): nothing of it was refused, or its records are gone. */
    async request(requestId: string): Promise<ExplainedRefusal[]> {
      const records = await audit.refusedIn(requestId);
      if (records.length === 0) {
        throw new DomainError('not_found', 'request_unknown', {
          detail: 'no record says that this request was refused',
        });
      }
      return Promise.all(
        records.map(async (record) => {
          const account = record.account === undefined ? undefined : await directory.find(record.account);
          const facts = await factsOf(account, record.client, requestOf(record));
          const why = whyRefused(record.reason);
          const explanations = (record.scopes ?? []).map((scope) => explainScope(facts, scope));
          return { record, ...(why !== undefined && { why }), explanations };
        }),
      );
    },
  };
}

function problemOf(account: Account): { problem?: string } {
  const name = nameOf(account);
  if (account.status === 'disabled') return { problem: `the account ${name} is disabled` };
  if (account.status === 'pending') return { problem: `the account ${name} has not confirmed its address yet` };
  return account.deletionAt === undefined ? {} : { problem: `the account ${name} is about to be deleted` };
}

const keyFacts = (key: ApiKey, now: number): ExplainedKey => {
  const { name, scopes, ownerId, resource, addresses } = key;
  const limits = { ...(resource !== undefined && { resource }), ...(addresses && { addresses }) };
  return { name, scopes, ownerId, state: stateOf(key, now), ...limits };
};

function requestOf({ reason, address, details }: AuditRecord): RefusedRequest {
  const grantType = details?.['grant_type'];
  return {
    ...(reason !== undefined && { reason }),
    ...(typeof grantType === 'string' && { grantType }),
    ...(address !== undefined && { address }),
  };
}
