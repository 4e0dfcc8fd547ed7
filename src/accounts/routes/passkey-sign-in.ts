// Signing in with a passkey alone: possession and a person verified by the authenticator are two factors in one. The passkey
// says whose it is, so nothing is typed, and nobody can ask which accounts have one.
import type { Context } from 'koa';
import type { SignInError } from '../../../views/accounts/sign-in.tsx';
import type { PasskeyCeremony } from '../../../views/partials/passkey.tsx';
import type { Login } from '../../web/session.ts';
import type { Passkeys } from '../factors/passkeys.ts';
import { browserOf, type FactorForms } from './factor-form.ts';

export interface PasskeySignInDeps {
  passkeys: Pick<Passkeys, 'arePossible' | 'beginAssertion'>;
  forms: FactorForms;
  isUsable(accountId: string): Promise<boolean>;
  recordSignIn(ctx: Context, accountId: string, method: string): Promise<void>;
  recordRefusal(ctx: Context, accountId: string): Promise<void>;
}

export type PasskeyOutcome =
  { kind: 'signed_in'; login: Login } | { kind: 'refused'; status: number; error: SignInError };

export type PasskeySignIn = ReturnType<typeof createPasskeySignIn>;

export function createPasskeySignIn({ passkeys, forms, isUsable, recordSignIn, recordRefusal }: PasskeySignInDeps) {
  const purpose = { use: 'sign_in' } as const;
  return {
    /** For the sign-in page; nothing is stored for it. */
    async offer(ctx: Context): Promise<PasskeyCeremony | undefined> {
      return passkeys.arePossible() ? passkeys.beginAssertion({ ...purpose, browser: browserOf(ctx) }) : undefined;
    },

    async take(ctx: Context, form: Readonly<Record<string, string>>): Promise<PasskeyOutcome> {
      const { response = '', ticket = '' } = form;
      const outcome = await forms.present(ctx, { response, ticket }, { purpose });
      if (outcome.kind === 'refused') {
        const { status, error } = outcome;
        return {
          kind: 'refused',
          status,
          error: error.code === 'wrong' ? { code: 'passkey' } : (error as SignInError),
        };
      }
      const { accountId, amr, method } = outcome;
      if (!(await isUsable(accountId))) {
        await recordRefusal(ctx, accountId);
        return { kind: 'refused', status: 403, error: { code: 'passkey' } };
      }
      await recordSignIn(ctx, accountId, method);
      return { kind: 'signed_in', login: { accountId, amr } };
    },
  };
}
