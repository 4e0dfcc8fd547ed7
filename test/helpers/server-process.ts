// A server in a process of its own (`second-process.ts`): takes its configuration from its parent, listens, says where.
import { once } from 'node:events';
import { compose } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig, type LoadOptions } from '../../src/config/load.ts';
import { listen } from '../../src/ops/listen.ts';
import { createLogger } from '../../src/ops/logger.ts';

const [{ config, files }] = (await once(process, 'message')) as [{ config: Config; files: LoadOptions }];
const log = createLogger({ level: 'silent' });
const server = await compose(config, { log, load: () => loadConfig(files) });
await server.reload.start();
const listener = await listen(server.app, { host: '127.0.0.1', port: 0 });
process.send?.({ origin: `http://127.0.0.1:${listener.port}` });
await once(process, 'disconnect');
await listener.close(0);
await server.close();
