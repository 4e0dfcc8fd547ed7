// Configuration on a page of administration: what is in force, why files were refused, what they would change for whom, and taking
// them. Attackers: auditors, forged forms, files that change behind the back of who looked, markup in names.
import test, { type ExecutionContext } from 'ava';
import { createKey } from '../helpers/api-key.ts';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { startAuthServer } from '../helpers/auth-server.ts';
import { formTo, textOf } from '../helpers/html.ts';
import type { Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HERE = '/admin/configuration';
const APPLY = `${HERE}/apply`;

onEachStorage(
  ({ on, server, storage }) => {
    const read = async (phone: Phone): Promise<string> => textOf((await phone.open(HERE)).text);

    async function edited(t: ExecutionContext, edit: (text: string) => string): Promise<void> {
      const { reload } = server().server;
      let original = '';
      await reload.start();
      await server().edit((text) => edit((original = text)));
      t.teardown(async () => {
        await server().edit(() => original);
        await reload.reload('start');
      });
    }

    const withoutCalls = (text: string): string =>
      text.replace('scopes: [calls:read] }', 'scopes: [] }').replaceAll(', calls:read', '');

    test.serial(on('the page says what is in force, since when, from which files, and who answers'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      await server().server.reload.start();
      const text = await read(phone);
      const { digest, process } = server().server.reload.state();
      for (const part of [digest, process, 'tokenim.yaml', 'conf.d/own.yaml', 'the files say what is in force']) {
        t.true(text.includes(part), part);
      }
    });

    test.serial(
      on('a reload with mistakes keeps what is in force, and the page tells every one with its place'),
      async (t) => {
        const { phone } = await administrator(server(), ['auditor']);
        const before = server().server.config.current();
        await edited(t, (text) =>
          text.replace('name: Kiosk', 'nam: Kiosk').replace('{ includes: [member]', '{ includes: [membr]'),
        );
        t.is((await server().server.reload.reload('signal'))?.code, 'config_invalid');
        t.is(server().server.config.current(), before);
        const text = await read(phone);
        t.regex(text, /the former configuration stays in force/);
        t.regex(text, /tokenim\.yaml:\d+:\d+: unknown key `nam`/);
        t.regex(text, /tokenim\.yaml:\d+:\d+: [^:]*membr/);
        t.regex(text, /The files have mistakes/);
        t.false(text.includes('Apply'));
        t.regex((await phone.open('/admin')).text, /<a href="\/admin\/configuration">The changed files were refused/);
        await server().edit((now) => now.replace('nam: Kiosk', 'name: Kiosk').replace('membr]', 'member]'));
        await server().server.reload.reload('signal');
        t.notRegex(await read(phone), /stays in force|have mistakes/);
      },
    );

    test.serial(
      on('what the files would change is told with its place and whom it concerns, and applied by a press'),
      async (t) => {
        const { phone, person } = await administrator(server());
        await createKey(server(), ['calls:read'], ['support']);
        await edited(t, withoutCalls);
        const page = await phone.open(HERE);
        t.regex(textOf(page.text), /roles\.support changed .*tokenim\.yaml:\d+ scopes calls:read/);
        t.regex(textOf(page.text), /Role support loses calls:read \(people: 1, keys: 1, applications: \d\)/);
        const done = await phone.press(page, APPLY);
        t.regex(textOf(done.text), /The files are in force.*the files say what is in force/);
        t.deepEqual(server().server.config.current().roles['support']?.scopes, []);
        const { items } = await server().server.domain.audit.list({ type: 'config.changed', limit: 50 });
        const record = items.find(({ details }) => details?.['entry'] === 'roles.support');
        t.like(record, { actor: person.id, details: { 'scopes.before': '["calls:read"]', 'scopes.after': '[]' } });
        t.regex(textOf(done.text), /config\.changed .*scopes\.before \["calls:read"\] scopes\.after \[\]/);
        const { items: loaded } = await server().server.domain.audit.list({ type: 'config.loaded', limit: 1 });
        t.is(loaded[0]?.actor, person.id);
      },
    );

    test.serial(on('a change that takes from more people than allowed is applied with a tick alone'), async (t) => {
      const { phone } = await administrator(server());
      await server().createPerson({ roles: ['support'] });
      await edited(t, (text) => withoutCalls(text.replace('version: 1', 'version: 1\nreload: { confirm_above: 0 }')));
      const page = await phone.open(HERE);
      const refused = await phone.press(page, APPLY);
      t.is(refused.status, 422);
      t.regex(textOf(refused.text), /tick the box/);
      t.true(server().server.config.current().roles['support']?.scopes.includes('calls:read'));
      t.is((await phone.press(page, APPLY, { confirm: 'on' })).status, 200);
      t.deepEqual(server().server.config.current().roles['support']?.scopes, []);
    });

    test.serial(on('files that changed since somebody looked are not taken'), async (t) => {
      const { phone } = await administrator(server());
      await edited(t, (text) => text.replace('version: 1', 'version: 1\nqr: { check: always }'));
      const page = await phone.open(HERE);
      await server().edit((text) => withoutCalls(text));
      const refused = await phone.press(page, APPLY);
      t.is(refused.status, 409);
      t.regex(textOf(refused.text), /files have changed since/);
      t.is(server().server.config.current().qr.check, 'risk');
    });

    test.serial(
      on('a press that came too late is no refusal of files: no page, record or state tells of one'),
      async (t) => {
        const { phone } = await administrator(server());
        await edited(t, (text) => text.replace('version: 1', 'version: 1\nqr: { check: always }'));
        const { domain, reload } = server().server;
        const lastRefusal = async () => (await domain.audit.list({ type: 'config.refused', limit: 1 })).items[0]?.id;
        const before = await lastRefusal();
        const csrf = formTo((await phone.open(HERE)).text, APPLY).hidden['csrf'] ?? '';
        const late = await phone.post(APPLY, { csrf, digest: 'of-another-day' });
        t.is(late.status, 409);
        t.regex(textOf(late.text), /files have changed since/);
        t.is(reload.state().refused, undefined);
        t.is(await lastRefusal(), before);
        t.notRegex(await read(phone), /were refused|stays in force/);
      },
    );

    test.serial(on('what needs a restart is said, and cannot be applied here'), async (t) => {
      const { phone } = await administrator(server());
      await edited(t, (text) => text.replace('mode: development', 'mode: development\nissuer: https://other.example'));
      const page = await phone.open(HERE);
      t.regex(textOf(page.text), /Needs a restart of the server: issuer/);
      t.throws(() => formTo(page.text, APPLY));
    });

    test.serial(on('auditors see the change and cannot apply it, nor can a form without its CSRF field'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const chief = (await administrator(server())).phone;
      await edited(t, (text) => text.replace('version: 1', 'version: 1\nqr: { check: always }'));
      const seen = await phone.open(HERE);
      t.regex(textOf(seen.text), /settings\.qr\.check/);
      t.throws(() => formTo(seen.text, APPLY));
      const { hidden } = formTo((await chief.open(HERE)).text, APPLY);
      const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account')).text)?.[1] ?? '';
      t.is((await phone.post(APPLY, { ...hidden, csrf })).status, 403);
      t.is((await chief.post(APPLY, { digest: hidden['digest'] ?? '' })).status, 403);
      t.is((await chief.post(APPLY, hidden, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
      t.is(server().server.config.current().qr.check, 'risk');
    });

    if (storage === 'redis') {
      test.serial(on('the refusal of another process is told, until it has taken its files'), async (t) => {
        const other = await startAuthServer(t, { beside: server() });
        const { phone } = await administrator(server());
        await edited(t, (text) => text.replace('name: Kiosk', 'nam: Kiosk'));
        await other.server.reload.reload('signal');
        const { process } = other.server.reload.state();
        t.regex(await read(phone), new RegExp(`Another process refused.*${process}.*unknown key \`nam\``));
        await server().edit((text) => text.replace('nam: Kiosk', 'name: Kiosk now'));
        await other.server.reload.reload('signal');
        t.notRegex(await read(phone), /Another process refused/);
      });
    }
  },
  { config: ADMIN_ROLES },
);
