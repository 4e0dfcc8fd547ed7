// What somebody typed to register, checked field by field, and its password hashed: always, whoever owns the address, so
// that the time of the answer does not tell. What follows from it is in `mailed-requests.ts`.
import { DomainError, isDomainError } from '../lib/errors.ts';
import type { Directory } from './directory.ts';
import { parseDisplayName, parseEmail, parseNewUsername } from './identifier.ts';
import type { Passwords } from './password.ts';
import type { Weakness } from './password-strength.ts';

export type PasswordProblem = Weakness | 'too_short' | 'too_long' | 'malformed';

export interface RegistrationProblems {
  email?: 'invalid';
  /** User names are seen by everybody; that one is taken cannot be hidden. */
  username?: 'invalid' | 'taken';
  name?: 'invalid';
  password?: PasswordProblem;
}

export interface CheckedRegistration {
  email: string;
  username?: string;
  name?: string;
  passwordHash: string;
}

export interface RegistrationFormDeps {
  directory: Pick<Directory, 'findByLogin'>;
  passwords: Pick<Passwords, 'accept' | 'hash'>;
}

const PROBLEMS = ['too_short', 'too_long', 'malformed', 'personal', 'common', 'pattern', 'guessable'] as const;

/** What is wrong with a new password, when that is what was thrown; everything else is thrown again. */
export function passwordProblemOf(error: unknown): PasswordProblem {
  const problem = isDomainError(error, 'invalid') && PROBLEMS.find((name) => error.code === `password_${name}`);
  if (!problem) throw error;
  return problem;
}

/** Throws `unavailable` when too many passwords wait to be hashed. */
export async function checkRegistration(
  form: Readonly<Record<string, string>>,
  { directory, passwords }: RegistrationFormDeps,
): Promise<{ problems: RegistrationProblems } | { checked: CheckedRegistration }> {
  const { email: typedEmail = '', password = '' } = form;
  const email = parseEmail(typedEmail);
  const username = optional(form['username'], parseNewUsername);
  const name = optional(form['name'], parseDisplayName);
  const about = [typedEmail.slice(0, 320), username, name].filter((text) => typeof text === 'string');

  const problems: RegistrationProblems = {
    ...(email === undefined && { email: 'invalid' }),
    ...(username === null && { username: 'invalid' }),
    ...(username && (await directory.findByLogin(username)) && { username: 'taken' }),
    ...(name === null && { name: 'invalid' }),
    ...(await passwordProblem(passwords.accept(password, about))),
  };
  if (Object.keys(problems).length > 0) return { problems };
  if (email === undefined) throw new DomainError('invalid', 'email_invalid');
  const passwordHash = await passwords.hash(password);
  return { checked: { email, ...(username && { username }), ...(name && { name }), passwordHash } };
}

async function passwordProblem(accepted: Promise<void>): Promise<{ password?: PasswordProblem }> {
  try {
    await accepted;
    return {};
  } catch (error) {
    return { password: passwordProblemOf(error) };
  }
}

/** `undefined` for an empty field, `null` for a wrong one. */
function optional(text: string | undefined, parse: (text: string) => string | undefined): string | null | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  return parse(text) ?? null;
}
