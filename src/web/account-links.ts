// The ways out of a sign-in page: registering and a forgotten password, each leading back to where the person was going.
import type { Context } from 'koa';
import { stateOf } from './request-state.ts';

export const REGISTER_PATH = '/account/register';
export const RESET_PATH = '/account/reset';
export const ACTIVATE_PATH = '/account/activate';
/** Developer settings; a letter about a key leads there. */
export const KEYS_PATH = '/developer/keys';
export const SERVICE_ACCOUNTS_PATH = '/developer/service-accounts';

export interface AccountLinks {
  reset: string;
  /** Absent where registration is closed. */
  register?: string | undefined;
}

/** `returnTo`: a path of this server. */
export function accountLinks(ctx: Context, returnTo: string | undefined): AccountLinks {
  const { registration } = stateOf(ctx).config;
  const register = registration === 'open' ? withReturn(REGISTER_PATH, returnTo) : undefined;
  return { reset: withReturn(RESET_PATH, returnTo), register };
}

export const withReturn = (path: string, returnTo: string | undefined): string =>
  returnTo === undefined ? path : `${path}?${new URLSearchParams({ return_to: returnTo })}`;
