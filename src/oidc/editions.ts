// Which edition of its client a grant was given to. A client that registered itself may take another name or lead elsewhere; what people
// gave to what it was is worth nothing, by the very change (`clients/stored-clients.ts`): nothing has to be ended first.
import type { default as Provider } from 'oidc-provider';

/** How often the client changed, as far as this process has it in force; 0 for those of the files. */
export type EditionOf = (clientId: string) => number;

/** A grant or consent as stored. */
export interface Given {
  clientId: string;
  /** Absent for 0. */
  edition?: number | undefined;
}

export const isToPresent = (editionOf: EditionOf, { clientId, edition = 0 }: Given): boolean =>
  edition === editionOf(clientId);

/** oidc-provider keeps only the members that a model names. */
export function keepEditions({ Grant }: Provider): void {
  const { IN_PAYLOAD } = Grant;
  Object.defineProperty(Grant, 'IN_PAYLOAD', { value: [...IN_PAYLOAD, 'edition'] });
}

/** `edition`: of what the person saw, or was seen before. */
export const newGrant = (
  provider: Provider,
  grant: { accountId: string; clientId: string; edition: number },
): InstanceType<Provider['Grant']> => new provider.Grant({ ...grant });
