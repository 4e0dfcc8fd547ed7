// Letters about API keys, to the person who owns one or to the maintainers of its service account, each in their language.
import { momentText } from '../../views/partials/time.tsx';
import { renderLetter } from '../../views/mail/letter.tsx';
import { keyLetter, type KeyNews, moreKeysLetter } from '../../views/mail/key.ts';
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { ApiKey } from '../api-keys/api-key.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Limits } from './limits.ts';
import type { Mailer } from '../mail/mailer.ts';
import { KEYS_PATH } from '../web/account-links.ts';
import { translator } from '../web/i18n.ts';

export interface KeyLettersDeps {
  directory: Pick<Directory, 'find'>;
  outbox: Pick<Mailer, 'send'>;
  config: ConfigSource;
  limits: Pick<Limits, 'letterTurn'>;
}

export interface News extends Pick<KeyNews, 'what'> {
  days?: number;
}

/** Who heard already, and whom to tell of who does now. */
export interface Hearing {
  heard?: readonly string[];
  hear?(accountId: string): Promise<void>;
}

export type KeyLetters = ReturnType<typeof createKeyLetters>;

export function createKeyLetters({ directory, outbox, config, limits }: KeyLettersDeps) {
  async function readersOf(owner: Account): Promise<Account[]> {
    if (owner.kind === 'person') return [owner];
    const maintainers = await Promise.all(owner.maintainers.map(directory.find));
    return maintainers.filter((account) => account !== undefined);
  }

  async function write(to: Account, owner: Account, key: ApiKey, { what, days = 0 }: News): Promise<void> {
    const { email, locale = 'en' } = to;
    if (email === undefined) return;
    const { clientId, name, expiresAt } = key;
    const service = owner.kind === 'service' ? owner.username : undefined;
    const href = `${config.current().issuer}${KEYS_PATH}/${clientId}`;
    const expires = momentText(locale, new Date(expiresAt));
    const news = { what, name, clientId, expires, days, service, href };
    await outbox.send({ to: email, ...renderLetter(keyLetter(translator(locale), news), locale) });
  }

  /** In place of letters about single keys. */
  async function writeMore({ email, locale = 'en' }: Account, owner: Account, { what }: News): Promise<void> {
    if (email === undefined) return;
    const service = owner.kind === 'service' ? owner.username : undefined;
    const letter = moreKeysLetter(translator(locale), {
      what,
      service,
      href: `${config.current().issuer}${KEYS_PATH}`,
    });
    await outbox.send({ to: email, ...renderLetter(letter, locale) });
  }

  return {
    /** Does nothing for an owner who may not be used, or is gone. Throws after writing to all whom it can write to. */
    async tell(key: ApiKey, news: News, { heard = [], hear }: Hearing = {}): Promise<void> {
      const owner = await directory.find(key.ownerId);
      if (owner?.status !== 'active') return;
      const readers = (await readersOf(owner)).filter(({ id, status }) => status === 'active' && !heard.includes(id));
      const turn = await limits.letterTurn(`key_${news.what}`, { about: owner.id });
      if (turn === 'none') return;
      const failures: unknown[] = [];
      for (const reader of readers) {
        try {
          await (turn === 'each' ? write(reader, owner, key, news) : writeMore(reader, owner, news));
          await hear?.(reader.id);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
