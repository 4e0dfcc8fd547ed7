// A server in a process of its own, to be killed: takes the resolved configuration from its parent and by how much its clock is
// ahead, then accepts each message that it is told to, as a page would, and says so.
import { once } from 'node:events';
import { compose } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import type { Message } from '../../src/mail/mailer.ts';
import { createLogger } from '../../src/ops/logger.ts';

const [{ config, aheadMs }] = (await once(process, 'message')) as [{ config: Config; aheadMs: number }];
const clock = { now: () => Date.now() + aheadMs };
const server = await compose(config, { log: createLogger({ level: 'silent' }), clock });
process.on('message', (message: Message) => {
  void server.domain.outbox.send(message).then(() => process.send?.('accepted'));
});
process.send?.('ready');
await once(process, 'disconnect');
await server.close();
