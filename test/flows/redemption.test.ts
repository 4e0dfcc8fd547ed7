// Redemption (contract §3): of concurrent redemptions of one code or refresh token exactly one succeeds and its tokens
// stay alive, over two processes on one store; a late replay revokes. Device codes: attacks/codes.test.ts, 1 and 2. The long
// form is test/long/redemption.ts.
import test from 'ava';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { areAlive, BEARERS } from '../helpers/bearer.ts';
import { stopTime } from '../helpers/clock.ts';
import { onEachStorage } from '../helpers/storages.ts';

const ROUNDS = 3;
const ATTEMPTS = 40;
const { 'device code': _device, ...OTHERS } = BEARERS;

onEachStorage(({ on, server, storage }) => {
  let second: AuthServer | undefined;
  test.before(async () => {
    second = await startAuthServer(undefined, { beside: server() });
  });
  test.after.always(() => second?.stop());

  for (const [bearer, { make, clientId }] of Object.entries(OTHERS)) {
    test(
      on(`of ${ATTEMPTS} concurrent redemptions of one ${bearer} at two servers one succeeds, and its tokens live`),
      async (t) => {
        const targets = [server(), second ?? server()];
        for (let round = 0; round < ROUNDS; round++) {
          const redeem = await make(server());
          const attempts = Array.from({ length: ATTEMPTS }, (_, count) => redeem(targets[count % 2] ?? server()));
          const replies = await Promise.all(attempts);
          const [winner, ...others] = replies.filter(({ status }) => status === 200);
          if (!winner) return t.fail(`nobody won round ${round}`);
          t.is(others.length, 0);
          t.true(replies.every((reply) => reply === winner || reply.body['error'] === 'invalid_grant'));
          t.deepEqual(await areAlive(server(), winner, clientId), { access: true, refresh: true });
        }
      },
    );

    if (storage === 'redis') continue;

    test.serial(on(`a replay of a ${bearer} within ten seconds is refused and leaves the tokens alive`), async (t) => {
      const time = stopTime(t);
      const redeem = await make(server());
      const winner = await redeem(server());
      time.advance(9);
      t.is((await redeem(server())).body['error'], 'invalid_grant');
      t.deepEqual(await areAlive(server(), winner, clientId), { access: true, refresh: true });
    });

    test.serial(on(`a later replay of a ${bearer} revokes what it gave`), async (t) => {
      const time = stopTime(t);
      const redeem = await make(server());
      const winner = await redeem(server());
      time.advance(11);
      t.is((await redeem(server())).body['error'], 'invalid_grant');
      t.deepEqual(await areAlive(server(), winner, clientId), { access: false, refresh: false });
    });
  }
});
