// People and roles on pages of administration, by the real forms: finding somebody, what they may and why, and what is done about
// it. Attackers: auditors, people without a role, forged forms, old sessions, markup in names, pages that lead elsewhere.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { signedInPhone } from '../helpers/device.ts';
import { connect, SECRETS, signInTo } from '../helpers/foreign-client.ts';
import { formsOf, formTo, textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import type { Page, Phone } from '../helpers/phone.ts';
import { giveTotp } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PEOPLE = '/admin/people';
const ATTACK = '<img src=x onerror=alert(1)>';

onEachStorage(
  ({ on, server, storage }) => {
    const actAddress = (name: string, what: Readonly<Record<string, string>>): string =>
      `/admin/act/${name}?${new URLSearchParams({ ...what, return_to: PEOPLE })}`;

    /** Reads what it does and presses the button. */
    async function act(phone: Phone, name: string, what: Readonly<Record<string, string>>): Promise<[Page, Page]> {
      const address = actAddress(name, what);
      const asked = await phone.open(address);
      return [asked, await phone.press(asked, address)];
    }

    const rolesOf = async (id: string) => (await server().server.domain.directory.find(id))?.roles;
    const lastRecord = async (account: string, type: string) =>
      (await server().server.domain.audit.list({ account, type, limit: 1 })).items[0];

    test(on('people are found by the beginning of an address, a user name or a word of the name'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { administration } = server();
      const [first, last] = [`ada${storage}`, `love${storage}`];
      const email = `${first}-x@example.com`;
      await administration.createPerson(OPERATOR, {
        email,
        name: `Grace ${last}`,
        username: `hop${storage}`,
        active: true,
      });
      for (const q of [first, `LOVE${storage}`, `hop${storage}`]) {
        t.true((await phone.open(`${PEOPLE}?${new URLSearchParams({ q })}`)).text.includes(email), q);
      }
      t.false((await phone.open(`${PEOPLE}?q=nobody-of-this-name`)).text.includes(email));
      t.regex(textOf((await phone.open(`${PEOPLE}?q=nobody-of-this-name`)).text), /Nobody was found/);
    });

    test.serial(on('a long list comes page by page, each account once'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      for (let made = 0; made < 30; made++) await server().createPerson();
      const seen: string[] = [];
      for (let next: string | undefined = PEOPLE; next !== undefined;) {
        const { text } = await phone.open(next);
        const found = [...text.matchAll(/href="\/admin\/people\/([0-9A-Za-z]{22})"/g)].map(([, id = '']) => id);
        seen.push(...found);
        next = /href="([^"]*)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      }
      t.is(new Set(seen).size, seen.length);
      t.is(seen.length, await server().server.domain.directory.count({ name: 'kind', value: 'person' }));
    });

    test(on('the page of a person says what they may, why, and what is open in their name'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { owner } = await createKey(server(), ['calls:read'], ['support']);
      await giveTotp(server(), owner);
      await server().administration.resetSecondFactors(OPERATOR, owner.id);
      await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
      await giveTotp(server(), owner);
      const page = await phone.open(`${PEOPLE}/${owner.id}`);
      const text = textOf(page.text);
      for (const part of [
        owner.email,
        'See your call history calls:read',
        'member everybody has it',
        'authenticator apps: 1',
        'Harbour CRM',
        'test key',
        'account.created',
        'Unknown browser',
      ]) {
        t.true(text.includes(part), part);
      }
      t.false(page.text.includes('/admin/act/'));
      t.is((await phone.open(`${PEOPLE}/nobody`)).status, 404);
    });

    test(on('somebody is invited by mail, and finds the roles that were chosen'), async (t) => {
      const { phone, person } = await administrator(server());
      const form = await phone.open(`${PEOPLE}/new`);
      const email = `new-${storage}@example.com`;
      const made = await phone.submit(form, { email, 'role:support': 'on', name: ATTACK });
      t.regex(textOf(made.text), /the invitation is on its way/);
      t.false(made.text.includes(ATTACK));
      const account = await server().server.domain.directory.findByLogin(email);
      t.like(account, { status: 'pending', roles: ['support'] });
      t.is((await lastRecord(account?.id ?? '', 'account.created'))?.actor, person.id);
      const again = await phone.submit(form, { email });
      t.is(again.status, 422);
      t.regex(textOf(again.text), /There is an account with this address/);
      t.is((await phone.submit(form, { email: 'no address' })).status, 422);
    });

    test(on('nobody gives roles to themselves, nor to a service account that they look after'), async (t) => {
      const { phone, person } = await administrator(server());
      const service = await server().administration.createServiceAccount(OPERATOR, {
        username: `own-${storage}`,
        maintainers: [person.id],
      });
      const other = await server().createPerson();
      const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account')).text)?.[1] ?? '';
      for (const { id } of [person, service]) {
        const page = await phone.open(`${PEOPLE}/${id}`);
        t.regex(textOf(page.text), /You cannot give roles to yourself/);
        t.false(page.text.includes('/admin/act/grant-role'));
        const address = actAddress('grant-role', { account: id, role: 'support' });
        const asked = await phone.open(address);
        t.regex(textOf(asked.text), /You cannot give roles to yourself/);
        t.throws(() => formTo(asked.text, address));
        t.is((await phone.post(address, { csrf })).status, 403);
        t.false((await rolesOf(id))?.includes('support'));
      }
      t.true((await phone.open(`${PEOPLE}/${other.id}`)).text.includes('/admin/act/grant-role'));
    });

    test(on('a role is given and taken away, with what follows, and the record names who did it'), async (t) => {
      const { phone, person } = await administrator(server());
      const { owner, key } = await createKey(server(), ['calls:read'], ['support']);
      const [asked, done] = await act(phone, 'revoke-role', { account: owner.id, role: 'support' });
      t.regex(textOf(asked.text), /Permissions lost 1 calls:read API keys that can do less 1 test key/);
      t.regex(textOf(done.text), /Done, and recorded under your name/);
      t.deepEqual(await rolesOf(owner.id), []);
      const used = await post(
        server(),
        'token',
        { grant_type: 'client_credentials' },
        basic(key.client_id, key.client_secret),
      );
      t.is(used.status, 400);
      t.like(await lastRecord(owner.id, 'account.role_revoked'), { actor: person.id, details: { role: 'support' } });

      const page = await phone.open(`${PEOPLE}/${owner.id}`);
      t.true(page.text.includes('<option value="developer"'));
      await act(phone, 'grant-role', { account: owner.id, role: 'developer' });
      t.deepEqual(await rolesOf(owner.id), ['developer']);
      t.is((await phone.open(actAddress('grant-role', { account: owner.id, role: 'emperor' }))).status, 404);
    });

    test(on('giving a role that is held, or taking one that is not, does nothing and records nothing'), async (t) => {
      const { phone } = await administrator(server());
      const { id } = await server().createPerson({ roles: ['support'] });
      const [given] = await act(phone, 'grant-role', { account: id, role: 'support' });
      t.regex(textOf(given.text), /Permissions gained 0/);
      const [taken] = await act(phone, 'revoke-role', { account: id, role: 'developer' });
      t.regex(textOf(taken.text), /Permissions lost 0 API keys that can do less 0/);
      t.deepEqual(await rolesOf(id), ['support']);
      for (const type of ['account.role_granted', 'account.role_revoked']) t.is(await lastRecord(id, type), undefined);
    });

    test(on('an act whose way back cannot be read is not done'), async (t) => {
      const { phone } = await administrator(server());
      const { id } = await server().createPerson();
      const [form] = formsOf((await phone.open(actAddress('disable', { account: id }))).text);
      const address = `/admin/act/disable?${new URLSearchParams({ account: id, return_to: '/admin/people?q=%ZZ' })}`;
      t.is((await phone.open(address)).status, 400);
      t.is((await phone.post(address, form?.hidden ?? {})).status, 400);
      t.is((await server().server.domain.directory.find(id))?.status, 'active');
    });

    test(on('disabling says what it ends, and ends it; enabling lets the person in again'), async (t) => {
      const { phone } = await administrator(server());
      const { owner } = await createKey(server(), ['messages:read']);
      const theirs = await signedInPhone(server(), owner);
      const { tokens } = await signInTo(await connect(server(), 'crm'), owner, {
        scope: 'openid messages:read',
        prompt: 'consent',
      });
      const [asked] = await act(phone, 'disable', { account: owner.id });
      t.regex(textOf(asked.text), /Browsers signed out 2 Applications and devices 1 crm API keys 1 test key/);
      t.is((await theirs.open('/account')).url.pathname, '/account/sign-in');
      const active = await post(
        server(),
        'introspect',
        { token: tokens.access_token },
        basic('im-api', SECRETS['im-api']),
      );
      t.is(active.body['active'], false);
      t.is((await theirs.signIn(owner)).url.pathname, '/account/sign-in');
      await act(phone, 'enable', { account: owner.id });
      // What ended, ended with every session of that second.
      await sleep(1100);
      t.is((await theirs.signIn(owner)).url.pathname, '/account');
    });

    test(on('second factors are reset, sessions ended, an application and a key lose their access'), async (t) => {
      const { phone, person } = await administrator(server());
      const { owner, key } = await createKey(server(), ['messages:read']);
      const theirs = await signedInPhone(server(), owner);
      await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
      await giveTotp(server(), owner);
      const { domain } = server().server;

      await act(phone, 'reset-factors', { account: owner.id });
      t.false(await domain.factors.has(owner.id));
      await act(phone, 'sign-out', { account: owner.id });
      t.is((await theirs.open('/account')).url.pathname, '/account/sign-in');
      t.like(await lastRecord(owner.id, 'account.signed_out'), { actor: person.id, details: { sessions: 2 } });
      const [grant] = await domain.grants.of(owner.id);
      await act(phone, 'revoke-grant', { grant: grant?.id ?? '' });
      t.deepEqual(await domain.grants.of(owner.id), []);
      await act(phone, 'disable-key', { key: key.client_id });
      t.is((await domain.keys.lifecycle.find(key.client_id))?.status, 'disabled');
      await act(phone, 'enable-key', { key: key.client_id });
      await act(phone, 'revoke-key', { key: key.client_id });
      t.like(await domain.keys.lifecycle.find(key.client_id), { status: 'revoked', revokedBy: person.id });
      const [, again] = await act(phone, 'enable-key', { key: key.client_id });
      t.is(again.status, 409);
      t.regex(textOf(again.text), /was revoked, and stays so/);
    });

    test(on('auditors and members do nothing of it, whatever they send'), async (t) => {
      const { owner, key } = await createKey(server(), ['messages:read'], ['support']);
      const targets = { account: owner.id, role: 'support', key: key.client_id };
      for (const roles of [['auditor'], []]) {
        const { phone } = await administrator(server(), roles);
        const csrf = formsOf((await phone.open('/account')).text)[0]?.hidden['csrf'] ?? '';
        for (const name of ['disable', 'revoke-role', 'grant-role', 'revoke-key', 'reset-factors', 'sign-out']) {
          t.is((await phone.open(actAddress(name, targets))).status, 403);
          t.is((await phone.post(actAddress(name, targets), { csrf })).status, 403);
        }
        t.is((await phone.post(`${PEOPLE}/new`, { csrf, email: 'x@example.com' })).status, 403);
      }
      t.deepEqual(await rolesOf(owner.id), ['support']);
      t.is((await server().server.domain.keys.lifecycle.find(key.client_id))?.status, 'active');
    });

    test(on('a form of another site, or without its CSRF field, does nothing'), async (t) => {
      const { phone } = await administrator(server());
      const person = await server().createPerson();
      const address = actAddress('disable', { account: person.id });
      const [form] = formsOf((await phone.open(address)).text);
      t.is((await phone.post(address, {})).status, 403);
      t.is((await phone.post(address, form?.hidden ?? {}, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
      t.is((await server().server.domain.directory.find(person.id))?.status, 'active');
    });

    test(on('the page that follows is one of the console, never another site'), async (t) => {
      const { phone } = await administrator(server());
      const person = await server().createPerson();
      for (const return_to of [
        'https://evil.example/',
        '//evil.example',
        '/account',
        '/administrator',
        'javascript:alert(1)',
      ]) {
        const { text } = await phone.open(
          `/admin/act/sign-out?${new URLSearchParams({ account: person.id, return_to })}`,
        );
        t.true(text.includes('class="button secondary" href="/admin"'), return_to);
      }
    });

    test.serial(on('nobody who is the last administrator disables themselves or gives the role away'), async (t) => {
      const { directory } = server().server.domain;
      const before = await directory.list({ by: { name: 'role', value: 'chief' }, limit: 100 });
      for (const { id } of before.items) await server().administration.revokeRole(OPERATOR, id, 'chief');
      const { phone, person } = await administrator(server());
      const disabled = await server().createPerson({ roles: ['chief'] });
      await server().administration.disableAccount(OPERATOR, disabled.id);
      for (const [name, what] of [
        ['disable', { account: person.id }],
        ['revoke-role', { account: person.id, role: 'chief' }],
      ] as const) {
        const [, refused] = await act(phone, name, what);
        t.is(refused.status, 409);
        t.regex(textOf(refused.text), /Nobody else may change anything here/);
      }
      t.deepEqual(await rolesOf(person.id), ['chief']);
      await server().administration.enableAccount(OPERATOR, disabled.id);
      const [, done] = await act(phone, 'revoke-role', { account: person.id, role: 'chief' });
      t.is(done.status, 403);
      t.deepEqual(await rolesOf(person.id), []);
    });

    test.serial(on('nor by deleting their account, nor when two give the role away at once'), async (t) => {
      const { directory } = server().server.domain;
      const chiefs = async () => (await directory.list({ by: { name: 'role', value: 'chief' }, limit: 100 })).items;
      for (const { id } of await chiefs()) await server().administration.revokeRole(OPERATOR, id, 'chief');
      const [one, other] = [await administrator(server()), await administrator(server())];
      const answers = await Promise.all(
        [one, other].map(({ phone, person }) => act(phone, 'revoke-role', { account: person.id, role: 'chief' })),
      );
      t.true(answers.some(([, { status }]) => status === 409));
      const [left, ...more] = await chiefs();
      t.truthy(left);
      for (const { id } of more) await server().administration.revokeRole(OPERATOR, id, 'chief');
      const last = [one, other].find(({ person }) => person.id === left?.id);
      const refused = await last?.phone.press(await last.phone.open('/account/delete'), '/account/delete');
      t.is(refused?.status, 409);
      t.regex(textOf(refused?.text ?? ''), /Nobody else administers this server/);
      t.is((await directory.find(left?.id ?? ''))?.deletionAt, undefined);
    });

    test(on('a role says what it grants through which other, where it is written, and who has it'), async (t) => {
      const { phone } = await administrator(server());
      const person = await server().createPerson({ roles: ['support'] });
      const page = await phone.open('/admin/roles/support');
      const text = textOf(page.text);
      t.regex(text, /See your call history calls:read/);
      t.regex(text, /Read your messages messages:read by member/);
      t.regex(text, /Opens these applications Support Desk Kiosk Managed by \S*tokenim\.yaml:\d+/);
      t.true(text.includes(person.email));
      t.regex(page.text, new RegExp(`/admin/act/revoke-role\\?account=${person.id}&amp;role=support`));
      t.is((await phone.open('/admin/roles/constructor')).status, 404);
    });

    test(on('names with markup are text wherever they stand'), async (t) => {
      const { phone } = await administrator(server());
      const person = await server().administration.createPerson(OPERATOR, {
        email: `markup-${storage}@example.com`,
        name: ATTACK,
        roles: ['support'],
        active: true,
      });
      await server().administration.createKey(OPERATOR, { ownerId: person.id, name: ATTACK, scopes: ['calls:read'] });
      for (const path of [
        `${PEOPLE}?q=markup-${storage}`,
        `${PEOPLE}?${new URLSearchParams({ q: ATTACK })}`,
        `${PEOPLE}/${person.id}`,
        '/admin/roles/support',
        actAddress('disable', { account: person.id }),
      ]) {
        const { text, status } = await phone.open(path);
        t.is(status, 200);
        t.false(text.includes(ATTACK), path);
      }
    });

    if (storage === 'sqlite') {
      test.serial(
        on('who did not prove themselves lately is asked to, before anything is shown or done'),
        async (t) => {
          const time = stopTime(t);
          const { phone, person } = await administrator(server());
          const member = await server().createPerson();
          const address = actAddress('disable', { account: member.id });
          const asked = await phone.open(address);
          time.advance(601);
          t.is((await phone.press(asked, address)).url.pathname, '/account/confirm');
          const confirm = await phone.open(address);
          t.is(confirm.url.pathname, '/account/confirm');
          t.is((await server().server.domain.directory.find(member.id))?.status, 'active');
          const back = await phone.submit(confirm, { password: person.password });
          t.is(back.url.pathname, '/admin/act/disable');
          t.is((await phone.open(PEOPLE)).status, 200);
        },
      );
    }
  },
  { config: ADMIN_ROLES },
);
