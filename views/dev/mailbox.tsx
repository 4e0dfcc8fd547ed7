// `/mailbox`, development only: the mail that would have been sent. In production no route leads here.
import type { View, Ui } from '../../src/web/view.ts';
import { Card } from '../partials/card.tsx';
import { Icon } from '../partials/icon.tsx';
import { Time } from '../partials/time.tsx';

export interface MailboxMessage {
  /** Where this message is shown. */
  href: string;
  to: string;
  subject: string;
  sentAt: Date;
}

export interface MailboxProps {
  /** Newest first. */
  messages: readonly MailboxMessage[];
  /** The message being read. */
  open?: (MailboxMessage & { text: string }) | undefined;
  listHref: string;
}

export const mailbox: View<MailboxProps> = {
  name: 'dev/mailbox',
  title: ({ open }, { t }) => open?.subject ?? t('mailbox.title'),
  body: ({ messages, open, listHref }, ui) => {
    if (open !== undefined) return <Message message={open} listHref={listHref} ui={ui} />;
    return messages.length === 0 ? <Empty ui={ui} /> : <List messages={messages} ui={ui} />;
  },
  samples: { empty: { messages: [], listHref: '/mailbox' }, list: sampleList(), message: sampleMessage() },
};

const List = ({ messages, ui: { t } }: { messages: readonly MailboxMessage[]; ui: Ui }) => (
  <Card title={t('mailbox.title')} lead={t('mailbox.lead')}>
    <ul class="mails">
      {messages.map((message) => (
        <li>
          <a href={message.href}>
            <strong>{message.subject}</strong>
            <bdi class="muted">{message.to}</bdi>
            <Time at={message.sentAt} />
          </a>
        </li>
      ))}
    </ul>
  </Card>
);

const Empty = ({ ui: { t } }: { ui: Ui }) => (
  <Card title={t('mailbox.title')} lead={t('mailbox.lead')}>
    <div class="empty">
      <Icon name="mail" />
      <p>
        <strong>{t('mailbox.empty')}</strong>
      </p>
      <p class="muted">{t('mailbox.empty.text')}</p>
    </div>
  </Card>
);

const Message = ({
  message,
  listHref,
  ui: { t },
}: {
  message: NonNullable<MailboxProps['open']>;
  listHref: string;
  ui: Ui;
}) => (
  <Card title={message.subject}>
    <dl class="facts">
      <dt>{t('mailbox.to')}</dt>
      <dd>
        <bdi>{message.to}</bdi>
      </dd>
      <dt>{t('mailbox.at')}</dt>
      <dd>
        <Time at={message.sentAt} />
      </dd>
    </dl>
    <pre class="mail-text">{withLinks(message.text)}</pre>
    <p>
      <a href={listHref}>{t('mailbox.back')}</a>
    </p>
  </Card>
);

/** Splitting at a captured pattern leaves the addresses at the odd places. */
const withLinks = (text: string) =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((part, place) => (place % 2 === 1 ? <a href={part}>{part}</a> : part));

function sampleMessage(): MailboxProps {
  const messages = sampleList().messages;
  const [first] = messages;
  if (first === undefined) return { messages, listHref: '/mailbox' };
  const text =
    'Welcome to TokenIM.\n\nOpen this link to activate your account:\nhttp://localhost:3000/account/activate/x7\n';
  return { messages, listHref: '/mailbox', open: { ...first, text } };
}

function sampleList(): MailboxProps {
  const sentAt = new Date('2026-08-20T09:30:00Z');
  return {
    listHref: '/mailbox',
    messages: [
      { href: '/mailbox/2', to: 'lin@example.com', subject: 'Activate your account', sentAt },
      { href: '/mailbox/1', to: 'wei@example.com', subject: 'Reset your password', sentAt },
    ],
  };
}
