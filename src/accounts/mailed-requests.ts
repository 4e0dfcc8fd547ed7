// What anybody may ask for by naming an address: to register, another activation link, a new password. The answer goes to
// the mailbox alone; callers run this after they answered, so that neither wording nor time tells who has an account.
import type { Locale } from '../config/config.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { mayReset, type PasswordResets } from './password-reset.ts';
import type { NewRegistration, Registrations } from './registration.ts';

/** Whom a letter goes to, always at the address that is stored, never as it was typed. */
export interface Recipient {
  email: string;
  locale: Locale;
}

export interface AccountLetters {
  activation(to: Recipient, token: string): Promise<void>;
  /** Somebody, perhaps the owner, tried to register the address. */
  alreadyRegistered(to: Recipient): Promise<void>;
  passwordReset(to: Recipient, token: string): Promise<void>;
  passwordChanged(to: Recipient, change: { address: string }): Promise<void>;
  /** `at` in milliseconds since the epoch. */
  deletionScheduled(to: Recipient, at: number): Promise<void>;
}

export type MailedRequest = 'registration' | 'activation' | 'password_reset';

/** Who asked, besides the address: the language of the page, the browser's cookie, and where it goes on to. */
export interface Asker {
  locale: Locale;
  browser?: string;
  returnTo?: string;
}

/** The account concerned, for the record. */
export type Concerned = { accountId?: string };

export interface MailedRequests {
  register(registration: NewRegistration & { locale: Locale }): Promise<Concerned>;
  /** `email` and `login` in their stored form. */
  resendActivation(email: string, by: Asker): Promise<Concerned>;
  resetPassword(email: string, by: Asker): Promise<Concerned>;
  /** The link with which the person of a pending account chooses a password. */
  invite(account: Account): Promise<void>;
}

export interface MailedRequestsDeps {
  directory: Pick<Directory, 'findByLogin'>;
  registrations: Registrations;
  resets: Pick<PasswordResets, 'create'>;
  letters: AccountLetters;
  /** Counts a letter; `false` when the address got enough of this kind for now. */
  mayMail(what: MailedRequest, email: string): Promise<boolean>;
}

export function createMailedRequests(deps: MailedRequestsDeps): MailedRequests {
  const { directory, registrations, resets, letters, mayMail } = deps;

  const recipient = ({ email = '', locale }: Pick<Account, 'email' | 'locale'>, asked: Locale): Recipient => ({
    email,
    locale: locale ?? asked,
  });

  async function sendActivation(registration: NewRegistration & { locale: Locale }): Promise<void> {
    const token = await registrations.create(registration);
    await letters.activation(registration, token);
  }

  async function tellOwner(account: Account, asked: Locale): Promise<Concerned> {
    if (mayReset(account)) await letters.alreadyRegistered(recipient(account, asked));
    return { accountId: account.id };
  }

  return {
    async register(registration) {
      const { email, locale } = registration;
      const account = await directory.findByLogin(email);
      const concerned = account ? { accountId: account.id } : {};
      if (!(await mayMail('registration', email))) return concerned;
      if (account && account.status !== 'pending') return tellOwner(account, locale);
      await sendActivation(registration);
      return concerned;
    },

    async resendActivation(email, { locale, browser, returnTo }) {
      const account = await directory.findByLogin(email);
      const concerned = account ? { accountId: account.id } : {};
      if (!account && !(await registrations.exists(email))) return concerned;
      if (!(await mayMail('activation', email))) return concerned;
      if (account && account.status !== 'pending') return tellOwner(account, locale);
      // What another browser asked for may be a stranger's; its link must carry nothing of that.
      const own = await registrations.findOwn(email, browser);
      await sendActivation({ ...(own ?? { email }), locale, ...(returnTo !== undefined && { returnTo }) });
      return concerned;
    },

    async resetPassword(email, { locale, browser, returnTo }) {
      const account = await directory.findByLogin(email);
      if (!account) {
        // Registered and forgotten before it was activated: the activation link asks for a password anyway.
        if ((await registrations.exists(email)) && (await mayMail('password_reset', email)))
          await sendActivation({ email, locale });
        return {};
      }
      const concerned = { accountId: account.id };
      if (!mayReset(account) || !(await mayMail('password_reset', email))) return concerned;
      const origin = { ...(browser !== undefined && { browser }), ...(returnTo !== undefined && { returnTo }) };
      const token = await resets.create({ account, ...origin });
      await letters.passwordReset(recipient(account, locale), token);
      return concerned;
    },

    async invite({ email, locale = 'en' }) {
      if (email !== undefined) await sendActivation({ email, locale });
    },
  };
}
