// Guessing user codes (RFC 8628 §5.1): tries are counted by account and by address, whatever they hit.
import test from 'ava';
import type { AuthServer } from '../helpers/auth-server.ts';
import { signedInPhone, startDevice } from '../helpers/device.ts';
import { onEachStorage } from '../helpers/storages.ts';

const LIMITS = { user_code: { per_account: 3, per_address: 7 } };

onEachStorage(
  ({ on, server }) => {
    const typeCode = async (target: AuthServer, codes: readonly string[]) => {
      const phone = await signedInPhone(target, await target.createPerson());
      const statuses: number[] = [];
      for (const user_code of codes) {
        const page = await phone.submit(await phone.open('/device'), { user_code });
        statuses.push(page.status);
        if (page.status === 429) statuses.push(Number(page.headers.get('Retry-After')) > 0 ? 1 : 0);
      }
      return statuses;
    };

    test.serial(
      on('an account that guesses is stopped, also with a code that exists, and told for how long'),
      async (t) => {
        const device = await startDevice(server());
        const guesses = ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD', device.user_code];
        t.deepEqual(await typeCode(server(), guesses), [404, 404, 404, 429, 1]);
      },
    );

    test.serial(on('an address that guesses with many accounts is stopped'), async (t) => {
      const guesses = ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD'];
      t.deepEqual(await typeCode(server(), guesses), [404, 404, 404]);
      t.deepEqual(await typeCode(server(), guesses), [404, 429, 1, 429, 1]);
    });
  },
  { config: { limits: LIMITS } },
);
