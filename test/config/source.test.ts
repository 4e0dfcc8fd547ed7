import test from 'ava';
import { createConfigSource } from '../../src/config/source.ts';
import { development } from './config-files.ts';

test('a source answers the configuration that replaced the former one', async (t) => {
  const config = await (await development(t)).load();
  const source = createConfigSource(config);
  t.is(source.current(), config);
  const next = { ...config, port: 4000 };
  source.replace(next);
  t.is(source.current(), next);
});
