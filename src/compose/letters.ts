// The letters of `accounts`, written in the recipient's language (`views/mail`) and handed to the outbox.
import type { AccountLetters, Recipient } from '../accounts/mailed-requests.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Mailer } from '../mail/mailer.ts';
import { ACTIVATE_PATH, RESET_PATH } from '../web/account-links.ts';
import { translator } from '../web/i18n.ts';
import type { Translate } from '../web/view.ts';
import { SIGN_IN_PATH } from '../web/visitor.ts';
import { activationLetter } from '../../views/mail/activation.ts';
import { alreadyRegisteredLetter } from '../../views/mail/already-registered.ts';
import { deletionLetter } from '../../views/mail/deletion.ts';
import { type Letter, renderLetter } from '../../views/mail/letter.tsx';
import { passwordChangedLetter } from '../../views/mail/password-changed.ts';
import { passwordResetLetter } from '../../views/mail/password-reset.ts';

export interface LettersDeps {
  config: ConfigSource;
  clock: Clock;
  outbox: Mailer;
}

export function composeLetters({ config, clock, outbox }: LettersDeps): AccountLetters {
  const address = (path: string): string => `${config.current().issuer}${path}`;
  const validUntil = (seconds: number): string => moment(clock.now() + seconds * 1000);

  const send = ({ email: to, locale }: Recipient, write: (t: Translate) => Letter): Promise<void> =>
    outbox.send({ to, ...renderLetter(write(translator(locale)), locale) });

  return {
    activation(to, token) {
      const href = address(`${ACTIVATE_PATH}/${token}`);
      const until = validUntil(config.current().lifetimes.activation);
      return send(to, (t) => activationLetter(t, { href, validUntil: until }));
    },
    alreadyRegistered: (to) =>
      send(to, (t) => alreadyRegisteredLetter(t, { signIn: address(SIGN_IN_PATH), reset: address(RESET_PATH) })),
    passwordReset(to, token) {
      const href = address(`${RESET_PATH}/${token}`);
      const until = validUntil(config.current().lifetimes.reset);
      return send(to, (t) => passwordResetLetter(t, { href, validUntil: until }));
    },
    passwordChanged: (to, change) =>
      send(to, (t) =>
        passwordChangedLetter(t, { at: moment(clock.now()), address: change.address, reset: address(RESET_PATH) }),
      ),
    deletionScheduled: (to, at) =>
      send(to, (t) => deletionLetter(t, { date: moment(at), href: address('/account/delete') })),
  };
}

/** Such as `2026-11-21 09:30 UTC`. */
const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
