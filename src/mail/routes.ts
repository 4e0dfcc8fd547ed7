// `/mailbox`, in development only: the mail that would have been sent. Messages hold live links, so a server that other
// machines reach asks for the token printed at its start.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { mailbox } from '../../views/dev/mailbox.tsx';
import { DomainError } from '../lib/errors.ts';
import { safeEqual } from '../lib/hash.ts';
import { readQuery } from '../web/form.ts';
import { sandboxed, widenPolicy } from '../web/middleware/security-headers.ts';
import { page } from '../web/render.ts';
import type { Outbox, OutboxMessage } from './mailer.ts';

const LIMIT = 50;

export interface MailboxDeps {
  outbox: Pick<Outbox, 'list' | 'get'>;
  /** Whether a relay gets the messages as well. */
  isSent: () => boolean;
  token?: string | undefined;
}

export function mountMailbox(router: Router, { outbox, isSent, token }: MailboxDeps): void {
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

  const find = async (ctx: Context): Promise<OutboxMessage> => {
    requireToken(ctx);
    const message = await outbox.get(ctx.params['id'] ?? '');
    if (!message) throw new DomainError('not_found', 'not_found');
    return message;
  };

  router.get('/mailbox', async (ctx) => {
    requireToken(ctx);
    const { items } = await outbox.list({ limit: LIMIT });
    page(ctx, mailbox, { messages: items.map(shown), listHref: `/mailbox${suffix}`, sent: isSent() });
  });

  router.get('/mailbox/:id', async (ctx) => {
    const message = await find(ctx);
    const { id, text, html } = message;
    widenPolicy(ctx, { ownFrames: true });
    page(ctx, mailbox, {
      messages: [],
      open: { ...shown(message), text, ...(html !== undefined && { htmlHref: `/mailbox/${id}/html${suffix}` }) },
      listHref: `/mailbox${suffix}`,
      sent: isSent(),
    });
  });

  router.get('/mailbox/:id/html', async (ctx) => {
    const { html = '' } = await find(ctx);
    sandboxed(ctx);
    ctx.type = 'text/html; charset=utf-8';
    // Links open beside the frame: our own pages refuse to be framed.
    ctx.body = html.replace('<head>', '<head><base target="_blank">');
  });
}
