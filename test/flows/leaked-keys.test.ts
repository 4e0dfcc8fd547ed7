// A key that somebody found: whoever presents it whole ends it, and its owner is told. Attackers: guesses, half keys, keys that a
// rotation ended, floods of reports, and the wish to learn which keys exist.
import test from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { tokenOf } from '../helpers/developer.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { ask, basic, post } from '../helpers/http.ts';
import { lettersTo } from '../helpers/mailbox.ts';
import { onEachStorage } from '../helpers/storages.ts';
import { formatApiKey } from '../../src/api-keys/format.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';

const LEAKED = '/api/v1/keys/leaked';

onEachStorage(({ on, server, storage }) => {
  const report = (body: unknown) =>
    ask(server(), LEAKED, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  test(on('a whole key is revoked with its tokens, and the owner told by mail'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read']);
    const { body } = await tokenOf(server(), key.client_id, key.client_secret);
    t.is((await report({ key: ` ${key.client_secret}\n` })).status, 204);
    const refused = await tokenOf(server(), key.client_id, key.client_secret);
    t.is(refused.status, 401);
    t.regex(String(refused.body['error_description']), /reported as leaked/);
    const token = String(body['access_token']);
    const introspected = await post(server(), 'introspect', { token }, basic('im-api', SECRETS['im-api']));
    t.false(introspected.body['active']);
    const [letter] = await lettersTo(server(), owner.email);
    t.is(letter?.subject, 'API key “test key” leaked and was revoked');
    t.false(JSON.stringify(letter).includes(key.client_secret.slice(23)));
    const { items } = await server().server.domain.audit.list({ client: key.client_id, limit: 20 });
    t.like(
      items.find(({ type }) => type === 'key.revoked'),
      { actor: 'anonymous', account: owner.id, reason: 'leaked' },
    );
    t.false(JSON.stringify(items).includes(key.client_secret.slice(23)));
    t.false(server().logged().includes(key.client_secret.slice(23)));
  });

  test(on('of many reports at once one ends the key: one record and one mail'), async (t) => {
    const { key, owner } = await createKey(server(), ['messages:read']);
    await Promise.all(Array.from({ length: 10 }, () => report({ key: key.client_secret })));
    const { items } = await server().server.domain.audit.list({ client: key.client_id, limit: 50 });
    t.is(items.filter(({ type }) => type === 'key.revoked').length, 1);
    t.is((await lettersTo(server(), owner.email)).length, 1);
  });

  test(on('the answer is the same for unknown, altered, foreign, ended and whole keys'), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const other = await createKey(server(), ['messages:read']);
    const ended = await createKey(server(), ['messages:read']);
    await server().administration.revokeKey(OPERATOR, ended.key.client_id);
    const texts = [
      formatApiKey('tim_live_000000000000', '0'.repeat(32)),
      formatApiKey(key.client_id, '0'.repeat(32)),
      `${key.client_secret.slice(0, -1)}~`,
      key.client_id,
      'my password',
      '',
      ended.key.client_secret,
      other.key.client_secret,
    ];
    const answers = await Promise.all(texts.map((text) => report({ key: text })));
    for (const { status, text, headers } of answers) {
      t.is(status, 204);
      t.is(text, '');
      t.deepEqual([...headers.keys()].toSorted(), [...(answers[0]?.headers.keys() ?? [])].toSorted());
    }
    t.is((await tokenOf(server(), key.client_id, key.client_secret)).status, 200);
    t.is((await tokenOf(server(), other.key.client_id, other.key.client_secret)).status, 401);
  });

  test(on('a secret that a rotation has ended takes the key away from nobody; one still accepted does'), async (t) => {
    const { key } = await createKey(server(), ['messages:read']);
    const next = await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: 0 });
    await report({ key: key.client_secret });
    t.is((await tokenOf(server(), key.client_id, next.client_secret)).status, 200);
    await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: 3600 });
    await report({ key: next.client_secret });
    t.is((await tokenOf(server(), key.client_id, next.client_secret)).status, 401);
  });

  if (storage === 'sqlite') {
    test.serial(on('nor does one whose overlap is over, which the key still remembers'), async (t) => {
      const time = stopTime(t);
      const { key } = await createKey(server(), ['messages:read']);
      const next = await server().administration.rotateKey(OPERATOR, key.client_id, { overlap: 60 });
      time.advance(61);
      t.is((await report({ key: key.client_secret })).status, 204);
      t.is((await tokenOf(server(), key.client_id, next.client_secret)).status, 200);
    });
  }

  test(on('a report that is none is refused'), async (t) => {
    for (const body of [{}, { key: 7 }, [], { key: 'x'.repeat(2000) }]) t.is((await report(body)).status, 400);
    t.is((await ask(server(), `${LEAKED}?key=x`)).status, 401);
  });

  test(on('the documented pattern finds keys, whole and in a line of text, and nothing shorter'), async (t) => {
    const { key } = await createKey(server());
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const pattern = /`(tim_live_[^`]*\{38\}[^`]*)`/.exec(readme)?.[1] ?? '';
    t.not(pattern, '');
    t.is(new RegExp(pattern).exec(`KEY="${key.client_secret}" # prod`)?.[0], key.client_secret);
    t.notRegex(key.client_id, new RegExp(pattern));
    t.notRegex(key.client_secret.slice(0, -1), new RegExp(pattern));
  });
});

onEachStorage(
  ({ on, server }) => {
    test(on('reports are limited by address'), async (t) => {
      const send = () =>
        ask(server(), LEAKED, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"key":"x"}',
        });
      for (let times = 0; times < 3; times++) t.is((await send()).status, 204);
      const { status, headers } = await send();
      t.is(status, 429);
      t.true(Number(headers.get('Retry-After')) > 0);
    });
  },
  { config: { limits: { leaked_key: { per_address: 3 } } } },
);
