// The letters of `accounts`, written in the recipient's language (`views/mail`) and handed to the outbox.
import type { AccountLetters, Recipient } from '../accounts/mailed-requests.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Mailer } from '../mail/mailer.ts';
import { ACTIVATE_PATH, RESET_PATH } from '../web/account-links.ts';
import { type Translate, translator } from '../web/i18n.ts';
import { SIGN_IN_PATH } from '../web/visitor.ts';
import { activationLetter } from '../../views/mail/activation.ts';
import { alreadyRegisteredLetter } from '../../views/mail/already-registered.ts';
import { deletionLetter } from '../../views/mail/deletion.ts';
import { type Letter, renderLetter } from '../../views/mail/letter.tsx';
import { passwordChangedLetter } from '../../views/mail/password-changed.ts';
import { passwordResetLetter } from '../../views/mail/password-reset.ts';
import { momentText } from '../../views/partials/time.tsx';

export interface LettersDeps {
  config: ConfigSource;
  clock: Clock;
  outbox: Mailer;
}

export function composeLetters({ config, clock, outbox }: LettersDeps): AccountLetters {
  const address = (path: string): string => `${config.current().issuer}${path}`;

  /** `momentIn`: from now, in seconds, in words. */
  const send = (
    { email: to, locale }: Recipient,
    write: (t: Translate, momentIn: (seconds: number) => string) => Letter,
  ): Promise<void> => {
    const momentIn = (seconds: number) => momentText(locale, new Date(clock.now() + seconds * 1000));
    return outbox.send({ to, ...renderLetter(write(translator(locale), momentIn), locale) });
  };

  return {
    activation(to, token) {
      const href = address(`${ACTIVATE_PATH}/${token}`);
      const { activation } = config.current().lifetimes;
      return send(to, (t, momentIn) => activationLetter(t, { href, validUntil: momentIn(activation) }));
    },
    alreadyRegistered: (to) =>
      send(to, (t) => alreadyRegisteredLetter(t, { signIn: address(SIGN_IN_PATH), reset: address(RESET_PATH) })),
    passwordReset(to, token) {
      const href = address(`${RESET_PATH}/${token}`);
      const { reset } = config.current().lifetimes;
      return send(to, (t, momentIn) => passwordResetLetter(t, { href, validUntil: momentIn(reset) }));
    },
    passwordChanged: (to, change) =>
      send(to, (t, momentIn) =>
        passwordChangedLetter(t, { at: momentIn(0), address: change.address, reset: address(RESET_PATH) }),
      ),
    deletionScheduled: (to, at) =>
      send(to, (t) =>
        deletionLetter(t, { date: momentText(to.locale, new Date(at)), href: address('/account/delete') }),
      ),
  };
}
