// `check_uri`, where the waiting browser sends the digits that the person read from the phone. Its address is a secret of
// that browser, apart from the link in the QR: who has only scanned cannot answer for the other screen.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { DomainError } from '../../lib/errors.ts';
import { admitOrigin, answerPreflight } from '../../web/cross-origin.ts';
import { readJson } from '../../web/middleware/body.ts';
import { stateOf } from '../../web/request-state.ts';
import type { AnswerDigits } from '../digits.ts';
import type { PhoneRecords } from './phone-records.ts';

export type TakeDigits = ReturnType<typeof createDigitsTaker>;

/** Answers the check and records how it went. Throws what `answerDigits` does, and `digits_malformed`. */
export function createDigitsTaker({ answerDigits, records }: { answerDigits: AnswerDigits; records: PhoneRecords }) {
  return async (ctx: Context, id: string, typed: unknown): Promise<void> => {
    const digits = typeof typed === 'string' ? typed.normalize('NFKC').trim() : '';
    if (!/^\d{2}$/.test(digits)) {
      throw new DomainError('invalid', 'digits_malformed', { detail: 'digits: the two that the phone shows' });
    }
    try {
      const answered = await answerDigits(id, digits);
      if (answered.state === 'scanned') return;
      await records.answered(ctx, answered.accountId, 'approved', answered.authorization);
    } catch (error) {
      await records.refused(ctx, undefined, error);
      throw error;
    }
  };
}

export interface CheckRoutesDeps {
  takeDigits: TakeDigits;
  /** The transaction that the address names, if this server gave it out. */
  idOfPass(pass: string): string | undefined;
  /** Origins of the client behind the transaction; none when there is no such transaction. */
  originsOf(id: string): Promise<readonly string[]>;
}

export function mountCheck(router: Router, { takeDigits, idOfPass, originsOf }: CheckRoutesDeps): void {
  router.options('/qr/check/:check', async (ctx) => answerPreflight(ctx, await allowedFor(ctx, idOf(ctx))));

  router.post('/qr/check/:check', async (ctx) => {
    const id = idOf(ctx);
    admitOrigin(ctx, await allowedFor(ctx, id));
    const { digits } = await readJson(ctx);
    await takeDigits(ctx, id, digits);
    ctx.status = 204;
  });

  function idOf(ctx: Context): string {
    const id = idOfPass(String(ctx['params'].check));
    if (id === undefined) throw new DomainError('not_found', 'code_unknown');
    return id;
  }

  async function allowedFor(ctx: Context, id: string): Promise<(origin: string) => boolean> {
    const origins = [stateOf(ctx).config.issuer, ...(await originsOf(id))];
    return (origin) => origins.includes(origin);
  }
}
