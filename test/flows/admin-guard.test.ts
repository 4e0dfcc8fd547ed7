// Who may come to the pages of administration, and who may only look. Attackers: strangers, people without the role, roles that
// were taken away, weak sign-ins, old sessions, forged forms.
import test from 'ava';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { textOf } from '../helpers/html.ts';
import { createPhone } from '../helpers/phone.ts';
import { codeOf, giveTotp, signInWithCode } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const PAGES = ['', '/people', '/roles', '/roles/support', '/keys', '/records', '/review', '/configuration'].map(
  (path) => `/admin${path}`,
);

onEachStorage(
  ({ on, server }) => {
    test(on('who is not signed in is asked to, and comes back'), async (t) => {
      const person = await server().createPerson({ roles: ['auditor'] });
      for (const path of PAGES) {
        const phone = createPhone(server().issuer);
        const asked = await phone.open(path);
        t.is(asked.url.pathname, '/account/sign-in');
        t.is((await phone.submit(asked, { login: person.email, password: person.password })).url.pathname, path);
      }
    });

    test(on('members and a role that is only called admin read that it is not for them'), async (t) => {
      for (const roles of [[], ['support', 'developer'], ['admin']]) {
        const { phone } = await administrator(server(), roles);
        for (const path of PAGES) {
          const { status, text } = await phone.open(path);
          t.is(status, 403);
          t.true(textOf(text).includes('For administrators') && text.includes('<code class="chip">auditor</code>'));
        }
        t.false((await phone.open('/')).text.includes('href="/admin"'));
      }
    });

    test(on('auditors and administrators see every page, and the way to them'), async (t) => {
      for (const role of ['auditor', 'chief']) {
        const { phone } = await administrator(server(), [role]);
        t.true((await phone.open('/')).text.includes('href="/admin"'));
        for (const path of PAGES) t.is((await phone.open(path)).status, 200, `${role} ${path}`);
      }
    });

    test(on('a role that was taken away opens nothing at the next request'), async (t) => {
      const { person, phone } = await administrator(server());
      t.is((await phone.open('/admin')).status, 200);
      await server().administration.revokeRole(OPERATOR, person.id, 'chief');
      t.is((await phone.open('/admin')).status, 403);
    });

    test(
      on('whose session ended while the page of an act was open comes back to it with all that it is about'),
      async (t) => {
        const { person, phone } = await administrator(server());
        const { id } = await server().createPerson();
        const address = `/admin/act/disable?${new URLSearchParams({ account: id, return_to: `/admin/people/${id}` })}`;
        const asked = await phone.open(address);
        await server().administration.signOut(OPERATOR, person.id);
        const page = await phone.press(asked, address);
        t.is(page.url.pathname, '/account/sign-in');
        t.is(page.url.searchParams.get('return_to'), address);
      },
    );

    test(on('a role that demands a second factor is without effect after a password alone'), async (t) => {
      const person = await server().createPerson({ roles: ['strong'] });
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      const { status, text } = await phone.open('/admin');
      t.is(status, 403);
      t.true(textOf(text).includes('second factor'));
      const secret = await giveTotp(server(), person);
      const other = createPhone(server().issuer);
      await signInWithCode(other, person, await codeOf(secret));
      t.is((await other.open('/admin')).status, 200);
    });
  },
  { config: ADMIN_ROLES },
);
