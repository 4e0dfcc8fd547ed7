// The suite on a single Redis server.
import { startRedis } from '../helpers/redis-server.ts';
import { conformance } from './conformance/suite.ts';
import { instances } from './conformance/instances.ts';
import { onServer } from './open-redis.ts';

onServer(
  () => startRedis(),
  (openStorage) => {
    conformance(openStorage);
    instances(openStorage);
  },
);
