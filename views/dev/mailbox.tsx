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
  open?: (MailboxMessage & { text: string; htmlHref?: string }) | undefined;
  listHref: string;
  /** A relay gets the messages as well. */
  sent: boolean;
}

export const mailbox: View<MailboxProps> = {
  name: 'dev/mailbox',
  title: ({ open }, { t }) => open?.subject ?? t('mailbox.title'),
  body: ({ messages, open, listHref, sent }, ui) => {
    if (open !== undefined) return <Message message={open} listHref={listHref} ui={ui} />;
    return messages.length === 0 ? <Empty sent={sent} ui={ui} /> : <List messages={messages} sent={sent} ui={ui} />;
  },
  samples: {
    empty: { messages: [], listHref: '/mailbox', sent: false },
    list: sampleList(),
    sent: { ...sampleList(), sent: true },
    message: sampleMessage(),
  },
};

interface ListProps {
  messages: readonly MailboxMessage[];
  sent: boolean;
  ui: Ui;
}

const leadOf = (sent: boolean, { t }: Ui) => t(sent ? 'mailbox.lead.sent' : 'mailbox.lead');

const List = ({ messages, sent, ui }: ListProps) => (
  <Card title={ui.t('mailbox.title')} lead={leadOf(sent, ui)}>
    <ul class="mails">
      {messages.map((message) => (
        <li>
          <a href={message.href}>
            <strong>{message.subject}</strong>
            <bdi class="muted">{message.to}</bdi>
            <Time at={message.sentAt} ui={ui} />
          </a>
        </li>
      ))}
    </ul>
  </Card>
);

const Empty = ({ sent, ui }: { sent: boolean; ui: Ui }) => (
  <Card title={ui.t('mailbox.title')} lead={leadOf(sent, ui)}>
    <div class="empty">
      <Icon name="mail" />
      <p>
        <strong>{ui.t('mailbox.empty')}</strong>
      </p>
      <p class="muted">{ui.t('mailbox.empty.text')}</p>
    </div>
  </Card>
);

const Message = ({
  message,
  listHref,
  ui,
}: {
  message: NonNullable<MailboxProps['open']>;
  listHref: string;
  ui: Ui;
}) => (
  <Card title={message.subject}>
    <dl class="facts">
      <dt>{ui.t('mailbox.to')}</dt>
      <dd>
        <bdi>{message.to}</bdi>
      </dd>
      <dt>{ui.t('mailbox.at')}</dt>
      <dd>
        <Time at={message.sentAt} ui={ui} />
      </dd>
    </dl>
    <h2 class="mail-form">{ui.t('mailbox.text')}</h2>
    <pre class="mail-text">{withLinks(message.text)}</pre>
    {message.htmlHref === undefined ? null : (
      <>
        <h2 class="mail-form">{ui.t('mailbox.html')}</h2>
        <iframe
          class="mail-html"
          src={message.htmlHref}
          title={ui.t('mailbox.html')}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
        />
      </>
    )}
    <p>
      <a href={listHref}>{ui.t('mailbox.back')}</a>
    </p>
  </Card>
);

/** Splitting at a captured pattern leaves the addresses at the odd places. */
const withLinks = (text: string) =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((part, place) => (place % 2 === 1 ? <a href={part}>{part}</a> : part));

function sampleMessage(): MailboxProps {
  const messages = sampleList().messages;
  const [first] = messages;
  if (first === undefined) return { messages, listHref: '/mailbox', sent: false };
  const text =
    'Welcome to TokenIM.\n\nOpen this link to activate your account:\nhttp://localhost:3000/account/activate/x7\n';
  const open = { ...first, text, htmlHref: '/mailbox/2/html' };
  return { messages, listHref: '/mailbox', sent: false, open };
}

function sampleList(): MailboxProps {
  const sentAt = new Date('2026-08-20T09:30:00Z');
  return {
    listHref: '/mailbox',
    sent: false,
    messages: [
      { href: '/mailbox/2', to: 'lin@example.com', subject: 'Activate your account', sentAt },
      { href: '/mailbox/1', to: 'wei@example.com', subject: 'Reset your password', sentAt },
    ],
  };
}
