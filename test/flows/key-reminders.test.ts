// Mails before a key expires: to its owner or the maintainers of its service account, in their language, once each although several
// processes look.
import test from 'ava';
import { apiKeyCollection } from '../../src/api-keys/api-key.ts';
import { createReminders } from '../../src/api-keys/reminders.ts';
import { composeLimits } from '../../src/compose/limits.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLimiter } from '../../src/web/limits.ts';
import { createKeyLetters } from '../../src/compose/key-letters.ts';
import { createKeyReminders } from '../../src/compose/key-reminders.ts';
import { type AuthServer, OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { onEachStorage } from '../helpers/storages.ts';

const DAY = 86_400;

/** Another process, at another time: its clock alone is moved. */
async function sweepIn(days: number, { server }: AuthServer, keyLetters = server.domain.keyLetters): Promise<void> {
  const { domain } = server;
  const now = () => Date.now() + days * DAY * 1000;
  const failed: unknown[] = [];
  const keys = apiKeyCollection(server.store, now);
  const reminders = createReminders({ keys, clock: { now } });
  const process = createKeyReminders({
    domain: { keyLetters, keys: { ...domain.keys, reminders } },
    clock: { now },
    onError: (error) => failed.push(error),
  });
  await process.sweep();
  process.close();
  if (failed.length > 0) throw failed[0];
}

onEachStorage(({ on, server }) => {
  const lettersTo = async ({ email }: Pick<TestPerson, 'email'>) => {
    const { items } = await server().server.domain.outbox.list({ limit: 1000 });
    return items.filter(({ to }) => to === email).toReversed();
  };
  const makeKey = (ownerId: string, name = 'CRM sync') =>
    server().administration.createKey(OPERATOR, { ownerId, name, scopes: ['messages:read'] });

  test.serial(on('the owner is told 14 and 3 days before the end and at the end, and where to go'), async (t) => {
    const person = await server().createPerson();
    const { client_id, client_secret } = await makeKey(person.id);
    for (const day of [0, 70, 77, 77, 80, 88, 88, 90, 91]) await sweepIn(day, server());
    const letters = await lettersTo(person);
    t.deepEqual(
      letters.map(({ subject }) => subject),
      [
        'API key “CRM sync” expires in 13 days',
        'API key “CRM sync” expires in 2 days',
        'API key “CRM sync” has expired',
      ],
    );
    for (const { text, html } of letters) {
      t.true(text.includes(`${server().issuer}/developer/keys/${client_id}`));
      t.false(`${text}${html}`.includes(client_secret.slice(23)));
    }
  });

  test.serial(on('several processes at once send one mail'), async (t) => {
    const person = await server().createPerson();
    await makeKey(person.id);
    await Promise.all(Array.from({ length: 5 }, () => sweepIn(77, server())));
    t.is((await lettersTo(person)).length, 1);
  });

  test.serial(on('maintainers hear of the keys of their service account, in their language'), async (t) => {
    const [one, two] = [await server().createPerson(), await server().createPerson()];
    const { directory } = server().server.domain;
    await directory.changeProfile(two.id, { name: '', username: '', locale: 'zh-CN' });
    const service = await server().administration.createServiceAccount(OPERATOR, {
      username: `robot-${one.id.toLowerCase()}`,
      roles: ['member'],
      maintainers: [one.id, two.id],
    });
    await makeKey(service.id, 'nightly');
    await sweepIn(77, server());
    t.deepEqual(
      (await lettersTo(one)).map(({ subject }) => subject),
      ['API key “nightly” expires in 13 days'],
    );
    t.deepEqual(
      (await lettersTo(two)).map(({ subject }) => subject),
      ['API 密钥“nightly”将在 13 天后到期'],
    );
    t.true((await lettersTo(one))[0]?.text.includes(service.username ?? '-'));
  });

  test.serial(on('a maintainer who was told is not told again because another could not be'), async (t) => {
    const [one, two, three] = [
      await server().createPerson(),
      await server().createPerson(),
      await server().createPerson(),
    ];
    const service = await server().administration.createServiceAccount(OPERATOR, {
      username: `robot-${one.id.toLowerCase()}`,
      roles: ['member'],
      maintainers: [one.id, two.id, three.id],
    });
    await makeKey(service.id, 'nightly');
    const { config, domain } = server().server;
    const broken = createKeyLetters({
      config,
      directory: domain.directory,
      limits: composeLimits(config, createLimiter({ store: server().server.store, clock: systemClock })),
      outbox: {
        async send(message) {
          if (message.to === two.email) throw new Error('the store is full');
          await domain.outbox.send(message);
        },
      },
    });
    await t.throwsAsync(sweepIn(77, server(), broken), { message: 'the store is full' });
    for (let times = 0; times < 2; times++) await sweepIn(77, server());
    const counts = await Promise.all([one, two, three].map(async (person) => (await lettersTo(person)).length));
    t.deepEqual(counts, [1, 1, 1]);
    await sweepIn(88, server());
    t.is((await lettersTo(one)).length, 2);
  });

  test.serial(on('nobody is told of a revoked key, nor of the keys of a disabled account'), async (t) => {
    const [one, two] = [await server().createPerson(), await server().createPerson()];
    await server().administration.revokeKey(OPERATOR, (await makeKey(one.id)).client_id);
    await makeKey(two.id);
    await server().administration.disableAccount(OPERATOR, two.id);
    await sweepIn(77, server());
    t.deepEqual([...(await lettersTo(one)), ...(await lettersTo(two))], []);
  });
});
