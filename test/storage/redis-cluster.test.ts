// The suite on a Redis Cluster of three masters: proves that no script and no command touches two slots.
import { startRedisCluster } from '../helpers/redis-server.ts';
import { conformance } from './conformance/suite.ts';
import { instances } from './conformance/instances.ts';
import { onServer } from './open-redis.ts';

onServer(startRedisCluster, (openStorage) => {
  conformance(openStorage);
  instances(openStorage);
});
