// Letters to the owners of accounts about their second factors, in the language of the account.
import { secondFactorLetter, type SecondFactorNews } from '../../views/mail/second-factor.ts';
import { renderLetter } from '../../views/mail/letter.tsx';
import { momentText } from '../../views/partials/time.tsx';
import type { Directory } from '../accounts/directory.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Mailer } from '../mail/mailer.ts';
import { translator } from '../web/i18n.ts';

export interface SecondFactorLettersDeps {
  directory: Pick<Directory, 'find'>;
  outbox: Pick<Mailer, 'send'>;
  config: ConfigSource;
  clock: Clock;
}

export function createSecondFactorLetters({ directory, outbox, config, clock }: SecondFactorLettersDeps) {
  return {
    /** Does nothing for an account without an address. `locale`: for who chose no language yet. */
    async tell(
      accountId: string,
      what: SecondFactorNews['what'],
      { address, locale: asked = 'en' }: { address?: string; locale?: Locale } = {},
    ): Promise<void> {
      const account = await directory.find(accountId);
      if (account?.email === undefined) return;
      const locale = account.locale ?? asked;
      const letter = secondFactorLetter(translator(locale), {
        what,
        at: momentText(locale, new Date(clock.now())),
        address,
        securityHref: `${config.current().issuer}/account/security`,
      });
      await outbox.send({ to: account.email, ...renderLetter(letter, locale) });
    },
  };
}
