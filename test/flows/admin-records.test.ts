// API keys of everybody and authorization records, on pages of administration and as CSV. Attackers: text that a spreadsheet would
// run, markup in what strangers send, records that somebody altered in the store.
import test from 'ava';
import { AUDIT_LOG } from '../../src/audit/chain.ts';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { signedInPhone } from '../helpers/device.ts';
import { textOf } from '../helpers/html.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const KEYS = '/admin/keys';
const RECORDS = '/admin/records';
const FORMULA = '=HYPERLINK("https://evil.example")';

onEachStorage(
  ({ on, server }) => {
    const asked = (path: string, query: Readonly<Record<string, string>>) => `${path}?${new URLSearchParams(query)}`;
    const link = (text: string, rel: 'next' | 'prev') =>
      new RegExp(`href="([^"]*)" rel="${rel}"`).exec(text)?.[1]?.replaceAll('&amp;', '&');
    const idsOn = (text: string): string[] => [...text.matchAll(/tim_live_[0-9A-Za-z]{12}/g)].map(([id]) => id);
    const keysFor = async (phone: Phone, query: Readonly<Record<string, string>>) =>
      [...new Set(idsOn((await phone.open(asked(KEYS, query))).text))].toSorted();

    test(on('keys are found by owner, state, last use and end'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { owner, key } = await createKey(server(), ['messages:read']);
      const short = await server().administration.createKey(OPERATOR, {
        ownerId: owner.id,
        name: 'short',
        expiresIn: 5 * 86_400,
      });
      const gone = await server().administration.createKey(OPERATOR, { ownerId: owner.id, name: 'gone' });
      await server().administration.revokeKey(OPERATOR, gone.client_id);
      const mine = { owner: owner.email };
      t.deepEqual(await keysFor(phone, mine), [key, short, gone].map(({ client_id }) => client_id).toSorted());
      t.deepEqual(await keysFor(phone, { ...mine, state: 'revoked' }), [gone.client_id]);
      t.deepEqual(await keysFor(phone, { ...mine, expiring: '7' }), [short.client_id]);
      t.deepEqual(await keysFor(phone, { ...mine, unused: '7' }), []);
      t.deepEqual(await keysFor(phone, { owner: 'nobody@example.com' }), []);
      const all = await phone.open(asked(KEYS, mine));
      t.false(all.text.includes('/admin/act/'));
      t.false(all.text.includes(key.client_secret.slice(-38)));
    });

    test(on('who revokes a key there comes back to the keys that were asked for'), async (t) => {
      const { phone } = await administrator(server());
      const { owner, key } = await createKey(server(), ['messages:read']);
      const list = await phone.open(asked(KEYS, { owner: owner.email }));
      const href = /href="(\/admin\/act\/revoke-key[^"]*)"/.exec(list.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const done = await phone.press(await phone.open(href), href);
      t.is(done.url.searchParams.get('owner'), owner.email);
      t.regex(textOf(done.text), /recorded under your name.* Revoked /);
      t.is((await server().server.domain.keys.lifecycle.find(key.client_id))?.status, 'revoked');
    });

    test(on('records are filtered by account, client, type and days'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { owner, key } = await createKey(server(), ['messages:read']);
      const read = async (query: Readonly<Record<string, string>>) =>
        textOf((await phone.open(asked(RECORDS, query))).text);
      t.regex(await read({ account: owner.email }), /key\.created .*By operator .*account\.created/);
      t.notRegex(await read({ account: owner.email, type: 'key.' }), /account\.created/);
      t.regex(await read({ client: key.client_id }), /key\.created/);
      const today = new Date().toISOString().slice(0, 10);
      t.regex(await read({ account: owner.id, since: today, until: today }), /key\.created/);
      t.regex(await read({ account: owner.id, until: '2020-01-01' }), /no records here/);
      t.is((await phone.open(asked(RECORDS, { since: 'yesterday' }))).status, 400);
    });

    test(on('a long list is walked to its end and back, and shows each record once'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { id } = await server().createPerson();
      for (let time = 0; time < 30; time++) {
        await server().administration.grantRole(OPERATOR, id, 'support');
        await server().administration.revokeRole(OPERATOR, id, 'support');
      }
      const pages: string[] = [];
      const entriesOn = (text: string) => text.match(/<code>account\.\w+<\/code>/g)?.length ?? 0;
      let page = await phone.open(asked(RECORDS, { account: id }));
      t.is(link(page.text, 'prev'), undefined);
      let total = entriesOn(page.text);
      for (let next = link(page.text, 'next'); next !== undefined; next = link(page.text, 'next')) {
        pages.push(page.text);
        page = await phone.open(next);
        total += entriesOn(page.text);
      }
      t.is(total, 61);
      const listOf = (text: string) => /<ol class="log records">.*?<\/ol>/s.exec(text)?.[0];
      for (const former of pages.toReversed()) {
        page = await phone.open(link(page.text, 'prev') ?? '');
        t.is(listOf(page.text), listOf(former));
      }
      t.is(link(page.text, 'prev'), undefined);
    });

    test(on('the CSV has all records of the filter, and nothing that a spreadsheet would run'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const person = await server().createPerson();
      const stranger = createPhone(server().issuer, { 'User-Agent': FORMULA });
      await stranger.signIn({ ...person, password: 'wrong' });
      const page = await phone.open(asked(RECORDS, { account: person.id }));
      const href = /href="(\/admin\/records\.csv[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const csv = await phone.open(href);
      t.regex(csv.headers.get('Content-Type') ?? '', /^text\/csv/);
      t.regex(csv.headers.get('Content-Disposition') ?? '', /^attachment; filename="records\.csv"$/);
      const lines = csv.text.trimEnd().split('\r\n');
      t.regex(lines[0] ?? '', /^at,type,outcome,reason,actor,account/);
      t.is(lines.length, 3);
      t.true(csv.text.includes(`"'=HYPERLINK(""https://evil.example"")"`));
      const member = await signedInPhone(server(), person);
      t.is((await member.open(href)).status, 403);
    });

    test(on('what strangers send is text on the page'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const person = await server().createPerson();
      const attack = '<script>alert(1)</script>';
      await createPhone(server().issuer, { 'User-Agent': attack }).signIn({ ...person, password: 'wrong' });
      for (const query of [{ account: person.id }, { account: attack }, { type: attack, client: attack }]) {
        const { status, text } = await phone.open(asked(RECORDS, query));
        t.is(status, 200);
        t.false(text.includes(attack));
      }
    });

    test.serial(
      on('whether the chain holds is said on demand, and what was altered in the store is found'),
      async (t) => {
        const { phone } = await administrator(server(), ['auditor']);
        const check = async () => textOf((await phone.press(await phone.open(RECORDS), `${RECORDS}/verify`)).text);
        t.regex(await check(), /All \d+ records of 1 writers are as they were written/);
        const event = { type: 'account.role_granted', outcome: 'success', at: Date.now(), actor: 'nobody' };
        const chained = { writer: 'forger', seq: 1, previous: null, hash: 'made-up' };
        await server().server.store.append(AUDIT_LOG, { event, link: chained }, { at: event.at, keepMs: 60_000 });
        t.regex(await check(), /not all are as they were written.*altered forger 1/);
        t.is((await phone.post(`${RECORDS}/verify`, {})).status, 403);
      },
    );
  },
  { config: ADMIN_ROLES },
);
