// The access review in the browser: who holds what, from whom, since when unused; keeping and taking back, one by one or ticked.
// Attackers: auditors, what is not held or is somebody else's, keys of forms that nobody was shown.
import test from 'ava';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { createKey } from '../helpers/api-key.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import { formsOf, textOf } from '../helpers/html.ts';
import type { Page, Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const ALL = '/admin/review?stale=0';

onEachStorage(
  ({ on, server }) => {
    /** Of everybody, however long the list. */
    async function pageWith(phone: Phone, text: string): Promise<Page> {
      for (let next: string | undefined = ALL; next !== undefined;) {
        const page = await phone.open(next);
        if (page.text.includes(text)) return page;
        next = /href="([^"]*)" rel="next"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
      }
      throw new Error(`no page with ${text}`);
    }
    /** By the page's own form, with what a press on one of its buttons adds. */
    const answer = (phone: Phone, page: Page, fields: Readonly<Record<string, string>>): Promise<Page> => {
      const form = formsOf(page.text).find(({ names }) => names.includes('decision'));
      return phone.post(form?.action ?? '', { csrf: form?.hidden['csrf'] ?? '', ...fields });
    };
    const entryOf = (page: Page, key: string): string =>
      textOf(page.text.split('<li>').find((entry) => entry.includes(`pick:${key}`)) ?? '');
    const keptOf = async (account: string) =>
      (await server().server.domain.audit.list({ account, type: 'review.kept', limit: 10 })).items;

    test(on('each holding says since when, from whom, and when it was last used'), async (t) => {
      const { phone, person } = await administrator(server());
      const { owner, key } = await createKey(server(), ['messages:read']);
      await server().administration.grantRole({ actor: person.id }, owner.id, 'support');
      await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
      const page = await pageWith(phone, owner.id);
      t.regex(
        entryOf(page, `role:${owner.id}:support`),
        new RegExp(`role support Since .* By ${person.email} · never used`),
      );
      t.regex(entryOf(page, `key:${owner.id}:${key.client_id}`), /API key test key Since .* never used/);
      const [grant] = await server().server.domain.grants.of(owner.id);
      t.regex(entryOf(page, `grant:${owner.id}:${grant?.id}`), /application Harbour CRM Since .* Last used/);
    });

    test(on('what is new is no part of the review of what nobody used'), async (t) => {
      const { phone } = await administrator(server());
      const { text } = await phone.open('/admin/review');
      t.regex(textOf(text), /Nothing is left to review here/);
    });

    test(on('what stays is recorded with who decided it, and shown as decided'), async (t) => {
      const { phone, person } = await administrator(server());
      const member = await server().createPerson({ roles: ['support', 'developer'] });
      const [support, developer] = ['support', 'developer'].map((role) => `role:${member.id}:${role}`) as [
        string,
        string,
      ];
      const page = await pageWith(phone, member.id);
      t.is((await answer(phone, page, { keep: support })).status, 303);
      const again = await pageWith(phone, member.id);
      t.regex(entryOf(again, support), new RegExp(`kept by ${person.email}`));
      t.notRegex(entryOf(again, developer), /kept by/);
      await answer(phone, again, { decision: 'keep', [`pick:${developer}`]: 'on' });
      const kept = await keptOf(member.id);
      t.deepEqual(kept.map(({ actor, details }) => [actor, details?.['ref']]).toReversed(), [
        [person.id, 'support'],
        [person.id, 'developer'],
      ]);
    });

    test(on('a role that was taken back and given anew is to be decided anew'), async (t) => {
      const { phone } = await administrator(server());
      const { id } = await server().createPerson({ roles: ['support'] });
      const support = `role:${id}:support`;
      await answer(phone, await pageWith(phone, id), { keep: support });
      t.regex(entryOf(await pageWith(phone, id), support), /kept by/);
      await server().administration.revokeRole(OPERATOR, id, 'support');
      await server().administration.grantRole(OPERATOR, id, 'support');
      t.notRegex(entryOf(await pageWith(phone, id), support), /kept by/);
    });

    test(on('of a selection with something malformed nothing is decided'), async (t) => {
      const { phone } = await administrator(server());
      const { id } = await server().createPerson({ roles: ['support'] });
      const page = await pageWith(phone, id);
      const ticks = { [`pick:role:${id}:support`]: 'on', 'pick:emperor': 'on' };
      t.is((await answer(phone, page, { decision: 'keep', ...ticks })).status, 400);
      t.deepEqual(await keptOf(id), []);
      const csrf = formsOf(page.text).find(({ names }) => names.includes('decision'))?.hidden['csrf'] ?? '';
      t.is((await phone.post('/admin/review/take', { csrf, ...ticks })).status, 400);
      t.deepEqual((await server().server.domain.directory.find(id))?.roles, ['support']);
    });

    test(on('a ticked selection is taken back after one more question'), async (t) => {
      const { phone, person } = await administrator(server());
      const { owner, key } = await createKey(server(), ['messages:read'], ['support']);
      await signInTo(await connect(server(), 'crm'), owner, { scope: 'openid messages:read', prompt: 'consent' });
      const { domain } = server().server;
      const [grant] = await domain.grants.of(owner.id);
      const page = await pageWith(phone, owner.id);
      const ticks = [`role:${owner.id}:support`, `key:${owner.id}:${key.client_id}`, `grant:${owner.id}:${grant?.id}`];
      const asked = await answer(phone, page, {
        decision: 'take',
        ...Object.fromEntries(ticks.map((tick) => [`pick:${tick}`, 'on'])),
      });
      t.regex(textOf(asked.text), /taken back at once: 3/);
      t.regex(textOf(asked.text), new RegExp(`${owner.email} · API key test key`));
      t.deepEqual((await domain.directory.find(owner.id))?.roles, ['support']);
      const done = await phone.press(asked, '/admin/review/take?stale=0');
      t.regex(textOf(done.text), /recorded under your name/);
      t.deepEqual((await domain.directory.find(owner.id))?.roles, []);
      t.like(await domain.keys.lifecycle.find(key.client_id), { status: 'revoked', revokedBy: person.id });
      t.deepEqual(await domain.grants.of(owner.id), []);
      const { items } = await domain.audit.list({ account: owner.id, type: 'account.role_revoked', limit: 1 });
      t.is(items[0]?.actor, person.id);
    });

    test(on('nothing ticked, nothing held and nothing of somebody else is taken or kept'), async (t) => {
      const { phone } = await administrator(server());
      const { owner, key } = await createKey(server(), ['messages:read'], ['support']);
      const other = await server().createPerson();
      const page = await pageWith(phone, owner.id);
      t.is((await answer(phone, page, { decision: 'take' })).status, 422);
      t.is((await answer(phone, page, { keep: `key:${other.id}:${key.client_id}` })).status, 409);
      t.is((await answer(phone, page, { keep: 'emperor:x:y' })).status, 400);
      const asked = await answer(phone, page, { take: `key:${other.id}:${key.client_id}` });
      t.is((await phone.press(asked, '/admin/review/take?stale=0')).status, 409);
      t.is((await server().server.domain.keys.lifecycle.find(key.client_id))?.status, 'active');
      t.deepEqual(await keptOf(other.id), []);
    });

    test(on('auditors read it and decide nothing'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const member = await server().createPerson({ roles: ['support'] });
      const page = await pageWith(phone, member.id);
      t.deepEqual(
        formsOf(page.text).filter(({ names }) => names.includes('decision')),
        [],
      );
      const csrf = formsOf((await phone.open('/account')).text)[0]?.hidden['csrf'] ?? '';
      const key = `role:${member.id}:support`;
      t.is((await phone.post('/admin/review', { csrf, keep: key })).status, 403);
      t.is((await phone.post('/admin/review/take', { csrf, [`pick:${key}`]: 'on' })).status, 403);
      t.deepEqual((await server().server.domain.directory.find(member.id))?.roles, ['support']);
    });

    test(on('the CSV has every holding, and runs in no spreadsheet'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const { id } = await server().administration.createServiceAccount(OPERATOR, {
        username: `csv-${on('').slice(0, 3)}`,
        roles: ['support'],
      });
      const csv = await phone.open('/admin/review.csv?stale=0');
      t.regex(csv.headers.get('Content-Type') ?? '', /^text\/csv/);
      const lines = csv.text.split('\r\n');
      t.regex(lines[0] ?? '', /^account,account_id,kind,name,scopes,since,by,last_used,kept_at,kept_by,grant_id$/);
      t.regex(lines.find((line) => line.includes(id)) ?? '', /,role,support,calls:read messages:read.*,operator,/);
      t.notRegex(csv.text, /(?:^|,)[=+@]/m);
    });
  },
  { config: ADMIN_ROLES },
);
