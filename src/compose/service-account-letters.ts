// Letters about service accounts, to all who look after one, and to who is asked to. People are named by their address: it was
// confirmed, names are free to choose.
import { renderLetter } from '../../views/mail/letter.tsx';
import { serviceAccountLetter, type ServiceAccountNews } from '../../views/mail/service-account.ts';
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Limits } from './limits.ts';
import type { Mailer } from '../mail/mailer.ts';
import { SERVICE_ACCOUNTS_PATH } from '../web/account-links.ts';
import { translator } from '../web/i18n.ts';

export interface ServiceAccountLettersDeps {
  directory: Pick<Directory, 'find'>;
  outbox: Pick<Mailer, 'send'>;
  config: ConfigSource;
  limits: Pick<Limits, 'letterTurn' | 'mayMail'>;
}

export interface ServiceAccountChange {
  what: ServiceAccountNews['what'];
  /** Account ids: whom it is about, and who did it. */
  who?: string;
  by: string;
}

export function createServiceAccountLetters({ directory, outbox, config, limits }: ServiceAccountLettersDeps) {
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

  async function tellEach(readers: readonly string[], service: Account, change: ServiceAccountChange, about: string) {
    const turn = await limits.letterTurn('service_account_news', { about, author: change.by });
    if (turn === 'none') return;
    const told = turn === 'each' ? change : { what: 'more' as const, by: change.by };
    for (const id of readers) await write(await directory.find(id), service, told);
  }

  return {
    /** To who is asked, who finds it on the page in any case. */
    async ask(service: Account, invited: Account, by: string): Promise<void> {
      if (await limits.mayMail('invitation', invited.email ?? '')) await write(invited, service, { what: 'asked', by });
    },

    /** To all maintainers, and to who is one no longer: what concerns a reader does not stop for what else the author does. */
    async tell(service: Account, change: ServiceAccountChange): Promise<void> {
      const about = `${change.by}:${service.id}`;
      const others = service.maintainers.filter((id) => id !== change.who);
      if (change.who !== undefined) await tellEach([change.who], service, change, `${about}:${change.who}`);
      await tellEach(others, service, change, about);
    },
  };
}
