// Mail, put together: where `send` puts a message, and who takes it to the relay. Development keeps each for `/mailbox`, and
// sends it too when a relay is configured.
import type { Logger } from 'pino';
import type { AuditEvent } from '../audit/event.ts';
import type { ConfigSource } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { randomToken } from '../lib/random.ts';
import { checkHeaders, createOutbox, type Outbox } from '../mail/mailer.ts';
import type { MailQueue } from '../mail/queue.ts';
import { createSender, type Outcome, type Sender } from '../mail/sender.ts';
import { createRelay, type Relay } from '../mail/smtp.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Store } from '../storage/port.ts';

interface OutboxDeps {
  config: ConfigSource;
  store: Store;
  clock: Clock;
  queue: MailQueue;
}

/**
 * `send` resolves once the message is in the store for good. In production without a relay it waits there all the same: who
 * asks for a link must not learn from an error that the account exists.
 */
export function composeOutbox({ config, store, clock, queue }: OutboxDeps): Outbox {
  const kept = createOutbox({ store, clock, newId: () => randomToken(9) });
  return {
    ...kept,
    async send(message) {
      checkHeaders(message);
      const { mode, mail } = config.current();
      if (mode === 'development') await kept.send(message);
      if (mode === 'production' || mail) await queue.send(message);
    },
  };
}

interface SenderDeps {
  config: ConfigSource;
  domain: { mailQueue: MailQueue };
  clock: Clock;
  metrics: Pick<Metrics, 'mail' | 'watchMail'>;
  log: Logger;
  record(event: AuditEvent): void;
  onError(error: unknown): void;
}

export function composeSender({ config, domain, clock, metrics, log, record, onError }: SenderDeps): Sender {
  const queue = domain.mailQueue;
  metrics.watchMail(() => queue.state());
  return createSender({
    queue,
    relay: followRelay(config),
    clock,
    random: Math.random,
    onError,
    report(outcome) {
      const { kind, ...facts } = outcome;
      metrics.mail(kind);
      if (kind === 'sent') log.info({ mail: facts }, 'mail sent');
      else log[kind === 'postponed' ? 'warn' : 'error']({ mail: facts }, `mail ${kind.replace('_', ' ')}`);
      if (kind === 'given_up') record(givenUp(outcome));
    },
  });
}

const givenUp = ({ to, messageId, attempts, reason }: Outcome): AuditEvent => ({
  type: 'mail.given_up',
  outcome: 'failure',
  actor: 'server',
  ...(reason !== undefined && { reason }),
  details: { to, message_id: messageId, attempts },
});

/** The relay of the configuration in force. */
function followRelay(config: ConfigSource): () => Relay | undefined {
  let made: { of: unknown; relay: Relay } | undefined;
  return () => {
    const { mail, issuer } = config.current();
    if (!mail) return undefined;
    if (made?.of !== mail) made = { of: mail, relay: createRelay(mail, new URL(issuer).hostname) };
    return made.relay;
  };
}
