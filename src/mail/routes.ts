// `/mailbox`, in development only: the mail that would have been sent. Messages hold live links, so a server that other
// machines reach asks for the token printed at its start.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { mailbox } from '../../views/dev/mailbox.tsx';
import { DomainError } from '../lib/errors.ts';
import { safeEqual } from '../lib/hash.ts';
import { readQuery } from '../web/form.ts';
import { page } from '../web/render.ts';
import type { Outbox, OutboxMessage } from './mailer.ts';

const LIMIT = 50;

export function mountMailbox(router: Router, { outbox, token }: { outbox: Outbox; token?: string | undefined }): void {
  const requireToken = (ctx: Context): void => {
    const given = readQuery(ctx)['token'] ?? '';
    if (token !== undefined && !safeEqual(given, token)) throw new DomainError('not_found', 'not_found');
  };
  const suffix = token === undefined ? '' : `?${new URLSearchParams({ token })}`;
  const shown = ({ id, to, subject, at }: OutboxMessage) => ({
    href: `/mailbox/${id}${suffix}`,
    to,
    subject,
    sentAt: new Date(at),
  });

  router.get('/mailbox', async (ctx) => {
    requireToken(ctx);
    const { items } = await outbox.list({ limit: LIMIT });
    page(ctx, mailbox, { messages: items.map(shown), listHref: `/mailbox${suffix}` });
  });

  router.get('/mailbox/:id', async (ctx) => {
    requireToken(ctx);
    const message = await outbox.get(ctx.params['id'] ?? '');
    if (!message) throw new DomainError('not_found', 'not_found');
    page(ctx, mailbox, {
      messages: [],
      open: { ...shown(message), text: message.text },
      listHref: `/mailbox${suffix}`,
    });
  });
}
