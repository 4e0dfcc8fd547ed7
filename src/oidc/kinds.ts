// How oidc-provider's models are kept: which must survive a power cut, which can be listed. Ids are hashes of bearer values.
import type { Kind } from '../storage/port.ts';

const DURABLE = new Set(['Grant', 'RefreshToken']);
const LISTABLE = new Set(['Grant']);

export const kindOf = (model: string): Kind => ({
  name: model,
  durable: DURABLE.has(model),
  listable: LISTABLE.has(model),
});

/** Whose grants: of an account, or to a client. */
export type GrantHolder = { accountId: string } | { clientId: string };

export const grantIndex = (of: GrantHolder): { name: string; value: string } =>
  'accountId' in of ? { name: 'accountId', value: of.accountId } : { name: 'clientId', value: of.clientId };
