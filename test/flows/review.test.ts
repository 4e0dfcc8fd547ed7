// The access review: what somebody holds and when it was last used, from the records of real tokens.
import test from 'ava';
import type { Holding } from '../../src/compose/holding.ts';
import { review } from '../../src/compose/review.ts';
import { createKey } from '../helpers/api-key.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { basic, post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const DAY = 86_400;

onEachStorage(({ on, server }) => {
  async function holdings(accountId: string, staleSeconds?: number, daysLater = 0): Promise<Holding[]> {
    const { config, domain } = server().server;
    const clock = { now: () => Date.now() + daysLater * DAY * 1000 };
    const found: Holding[] = [];
    for await (const holding of review({ config: config.current(), clock, domain }, staleSeconds)) {
      if (holding.account.id === accountId) found.push(holding);
    }
    return found;
  }

  const namesOf = (held: readonly Holding[]) => held.map(({ kind, name }) => `${kind} ${name}`).toSorted();

  test.serial(on('roles, keys and grants are listed with their last use'), async (t) => {
    const { owner, key } = await createKey(server(), ['calls:read'], ['support', 'admin']);
    await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
    const grantType = { grant_type: 'client_credentials' };
    t.is((await post(server(), 'token', grantType, basic(key.client_id, key.client_secret))).status, 200);

    const held = await holdings(owner.id);
    t.deepEqual(namesOf(held), ['grant crm', `key ${key.client_id}`, 'role admin', 'role support']);
    const used = held.filter(({ lastUsed }) => lastUsed !== undefined).map(({ kind, name }) => `${kind} ${name}`);
    t.true(['grant crm', 'role support', 'role admin'].every((name) => used.includes(name)));
    const givers = Object.fromEntries(held.map(({ kind, by }) => [kind, by]));
    t.deepEqual(givers, { role: 'operator', key: owner.id, grant: owner.id });
    t.true(held.every(({ since = 0 }) => since > 0));
  });

  test.serial(on('nothing that is new or in use is stale; after three months without use all is'), async (t) => {
    const { owner, key } = await createKey(server(), ['calls:read'], ['support']);
    await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid calls:read', prompt: 'consent' });
    t.deepEqual(namesOf(await holdings(owner.id, 90 * DAY)), []);
    t.deepEqual(namesOf(await holdings(owner.id, 60 * DAY, 61)), ['grant crm', `key ${key.client_id}`, 'role support']);
  });

  test.serial(on('what is stale says when it was last used, however long ago'), async (t) => {
    const { owner } = await createKey(server(), ['calls:read'], ['support']);
    await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid calls:read', prompt: 'consent' });
    const stale = await holdings(owner.id, 60 * DAY, 61);
    const used = stale.filter(({ lastUsed }) => lastUsed !== undefined);
    t.deepEqual(namesOf(used), ['grant crm', 'role support']);
  });

  test.serial(on('a role whose scopes are in no token is stale although its holder is there every day'), async (t) => {
    const person = await server().createPerson({ roles: ['support', 'admin'] });
    for (const role of ['support', 'admin']) {
      const at = Date.now() - 100 * DAY * 1000;
      const details = { role };
      const given = {
        type: 'account.role_granted',
        outcome: 'success',
        actor: 'operator',
        account: person.id,
      } as const;
      await server().server.domain.audit.record({ ...given, at, details });
    }
    await signInTo(await connect(server(), 'crm'), person, { scope: 'openid messages:read', prompt: 'consent' });
    const stale = await holdings(person.id, 90 * DAY);
    t.deepEqual(namesOf(stale), ['role support']);
    t.is(stale[0]?.by, 'operator');
  });
});
