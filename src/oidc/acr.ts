// Authentication context classes (OpenID Connect Core §2, `acr`): what was proved, as applications ask for it by `acr_values` or
// by the claim `acr` (§5.5.1.1). A sign-in with more satisfies who asks for less, and is then called what was asked for.
import { hasMfa } from '../lib/amr.ts';

export const ACR_PWD = 'urn:tokenim:acr:pwd';
export const ACR_MFA = 'urn:tokenim:acr:mfa';
/** Weakest first. */
export const ACR_VALUES = [ACR_PWD, ACR_MFA];

export interface AcrRequest {
  isEssential: boolean;
  /** In the order of preference; may hold values that nobody here knows. */
  values: readonly string[];
}

export const acrOf = (amr: readonly string[] | undefined): string => (hasMfa(amr) ? ACR_MFA : ACR_PWD);

/** The value to answer: the first asked for that the sign-in reaches, else what it is. */
export function acrFor(amr: readonly string[] | undefined, request: AcrRequest | undefined): string {
  return request?.values.find((value) => reaches(amr, value)) ?? acrOf(amr);
}

export const satisfies = (amr: readonly string[] | undefined, { values }: AcrRequest): boolean =>
  values.some((value) => reaches(amr, value));

/** Whether it can be had here at all. */
export const isKnown = ({ values }: AcrRequest): boolean => values.some((value) => ACR_VALUES.includes(value));

/** Whether a password alone cannot answer it. */
export const asksForMfa = ({ values }: AcrRequest): boolean => values.includes(ACR_MFA) && !values.includes(ACR_PWD);

function reaches(amr: readonly string[] | undefined, value: string): boolean {
  return value === ACR_PWD || (value === ACR_MFA && hasMfa(amr));
}

/** As the parameters of an authorization request say it; what is malformed asks for nothing. */
export function acrRequestOf(params: Readonly<Record<string, unknown>> | undefined): AcrRequest | undefined {
  return byClaim(params?.['claims']) ?? byParameter(params?.['acr_values']);
}

function byParameter(text: unknown): AcrRequest | undefined {
  const values = typeof text === 'string' ? text.split(' ').filter(Boolean) : [];
  return values.length === 0 ? undefined : { isEssential: false, values };
}

function byClaim(text: unknown): AcrRequest | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const { essential, value, values } = (JSON.parse(text) as ClaimsParameter).id_token?.acr ?? {};
    const all = [value, ...(Array.isArray(values) ? values : [])].filter((one) => typeof one === 'string');
    return all.length === 0 ? undefined : { isEssential: essential === true, values: all };
  } catch {
    return undefined;
  }
}

interface ClaimsParameter {
  id_token?: { acr?: { essential?: unknown; value?: unknown; values?: unknown } | null };
}
