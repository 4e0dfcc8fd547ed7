// Letters about service accounts, to all who look after one, and to who is asked to. People are named by their address: it was
// confirmed, names are free to choose.
import { renderLetter } from '../../views/mail/letter.tsx';
import { serviceAccountLetter, type ServiceAccountNews } from '../../views/mail/service-account.ts';
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Mailer } from '../mail/mailer.ts';
import { SERVICE_ACCOUNTS_PATH } from '../web/account-links.ts';
import { translator } from '../web/i18n.ts';

export interface ServiceAccountLettersDeps {
  directory: Pick<Directory, 'find'>;
  outbox: Pick<Mailer, 'send'>;
  config: ConfigSource;
}

export interface ServiceAccountChange {
  what: ServiceAccountNews['what'];
  /** Account ids: whom it is about, and who did it. */
  who?: string;
  by: string;
}

export function createServiceAccountLetters({ directory, outbox, config }: ServiceAccountLettersDeps) {
  async function write(reader: Account | undefined, service: Account, { what, who, by }: ServiceAccountChange) {
    if (reader?.email === undefined || reader.status !== 'active') return;
    const addressOf = async (id = ''): Promise<string | undefined> => (await directory.find(id))?.email;
    const { locale = 'en' } = reader;
    const name = service.username ?? service.id;
    const home = `${config.current().issuer}${SERVICE_ACCOUNTS_PATH}`;
    const href = service.maintainers.includes(reader.id) ? `${home}/${service.id}` : home;
    const news = { what, name, who: await addressOf(who), by: await addressOf(by), href };
    await outbox.send({ to: reader.email, ...renderLetter(serviceAccountLetter(translator(locale), news), locale) });
  }

  return {
    /** To who is asked. */
    ask: async (service: Account, invited: Account, by: string): Promise<void> =>
      write(invited, service, { what: 'asked', by }),

    /** To all maintainers, and to who is one no longer. */
    async tell(service: Account, change: ServiceAccountChange): Promise<void> {
      const readers = new Set([...service.maintainers, ...(change.who === undefined ? [] : [change.who])]);
      for (const id of readers) await write(await directory.find(id), service, change);
    },
  };
}
