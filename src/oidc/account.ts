// People as the provider knows them: an account id and its claims (OpenID Connect Core §5.1, §5.4).
import type { Account, AccountClaims } from 'oidc-provider';
import { hasMfa } from '../lib/amr.ts';

/** What the provider needs of an account; `accounts` keeps the record. */
export interface Person {
  id: string;
  active: boolean;
  /** Will be erased: applications get nothing more of the account. */
  isLeaving: boolean;
  /** Effective roles, default ones included. */
  roles: readonly string[];
  /** Those that have effect after a sign-in without a second factor (`require_mfa`). */
  rolesWithoutMfa: readonly string[];
  name?: string;
  username?: string;
  email?: string;
  emailVerified: boolean;
  locale?: string;
  /** Seconds since the epoch. */
  updatedAt: number;
}

/** Claims by OpenID scope. */
export const CLAIMS = {
  openid: ['sub', 'auth_time', 'acr', 'amr'],
  profile: ['name', 'preferred_username', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
};

export function toAccount(person: Person): Account {
  return { accountId: person.id, claims: () => claimsOf(person) };
}

function claimsOf(person: Person): AccountClaims {
  const name = person.name ?? person.username;
  return {
    sub: person.id,
    updated_at: person.updatedAt,
    ...(name !== undefined && { name }),
    ...(person.username !== undefined && { preferred_username: person.username }),
    ...(person.locale !== undefined && { locale: person.locale }),
    ...(person.email !== undefined && { email: person.email, email_verified: person.emailVerified }),
  };
}

/** The roles that have effect for who signed in so. */
export const rolesInForce = (
  { roles, rolesWithoutMfa }: Pick<Person, 'roles' | 'rolesWithoutMfa'>,
  amr: readonly string[] | undefined,
): readonly string[] => (hasMfa(amr) ? roles : rolesWithoutMfa);

/** `allowed_roles` of a client: absent = everybody. */
export const maySignIn = (person: Pick<Person, 'roles'>, allowedRoles: readonly string[] | undefined): boolean =>
  allowedRoles === undefined || allowedRoles.some((role) => person.roles.includes(role));
