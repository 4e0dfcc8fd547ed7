// What a new account must satisfy, and its first record. `directory.ts` stores it.
import type { Locale } from '../config/config.ts';
import { DomainError } from '../lib/errors.ts';
import type { AccountRecord } from './account.ts';
import { parseDisplayName, parseEmail, parseNewUsername } from './identifier.ts';

export interface NewPerson {
  email: string;
  username?: string;
  name?: string;
  locale?: Locale;
  roles?: readonly string[];
  password?: string;
  /** Whether the e-mail address needs no confirmation. */
  active: boolean;
}

export interface NewServiceAccount {
  /** Unique among user names; service accounts are found by it. */
  username: string;
  name?: string;
  roles?: readonly string[];
  /** Account ids. */
  maintainers?: readonly string[];
}

function required<T>(value: T | undefined, code: string): T {
  if (value === undefined) throw new DomainError('invalid', code);
  return value;
}

const names = ({ username, name }: { username?: string; name?: string }) => ({
  ...(username !== undefined && { username: required(parseNewUsername(username), 'username_invalid') }),
  ...(name !== undefined && { name: required(parseDisplayName(name), 'name_invalid') }),
});

/** What people change of their own account; empty text takes a name away. */
export interface Profile {
  name: string;
  username: string;
  locale?: Locale;
}

/** The record with another profile. Throws `username_invalid`, `name_invalid`. */
export function withProfile(record: AccountRecord, { name, username, locale }: Profile): AccountRecord {
  const { name: _name, username: _username, ...rest } = record;
  return {
    ...rest,
    ...names({ ...(name.trim() !== '' && { name }), ...(username.trim() !== '' && { username }) }),
    ...(locale !== undefined && { locale }),
  };
}

const unique = (values: readonly string[] = []): string[] => [...new Set(values)];

/** Throws `email_invalid`, `username_invalid`, `name_invalid`. `now` in milliseconds since the epoch. */
export function personRecord(person: NewPerson, now: number): AccountRecord {
  return {
    kind: 'person',
    status: person.active ? 'active' : 'pending',
    email: required(parseEmail(person.email), 'email_invalid'),
    ...names(person),
    ...(person.locale !== undefined && { locale: person.locale }),
    roles: unique(person.roles),
    maintainers: [],
    createdAt: now,
    updatedAt: now,
    ...(person.active && { activatedAt: now }),
  };
}

/** Throws `username_invalid`, `name_invalid`. `now` in milliseconds since the epoch. */
export function serviceAccountRecord(account: NewServiceAccount, now: number): AccountRecord {
  return {
    kind: 'service',
    status: 'active',
    ...names(account),
    roles: unique(account.roles),
    maintainers: unique(account.maintainers),
    createdAt: now,
    updatedAt: now,
    activatedAt: now,
  };
}
