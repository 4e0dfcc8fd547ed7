// Two processes on one store: what is taken back at one is refused by the other, at the token endpoint and by introspection.
import test from 'ava';
import { ACTS, restoreFiles, timesUntilSeen } from '../helpers/propagation.ts';
import { startProcess } from '../helpers/second-process.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  test.serial.before(() => server().server.reload.start());

  for (const [what, prepare] of Object.entries(ACTS)) {
    test.serial(on(`${what} is refused by the other process`), async (t) => {
      const other = await startProcess(server());
      t.teardown(other.end);
      const times = await timesUntilSeen(prepare, server(), other.target);
      await restoreFiles(server());
      for (const [way, ms] of Object.entries(times)) t.log(`${way}: ${ms.toFixed(0)} ms`);
      t.deepEqual(Object.keys(times).sort(), ['introspection', 'token endpoint']);
    });
  }
});
