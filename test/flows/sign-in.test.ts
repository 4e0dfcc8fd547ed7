// The sign-in page: one answer for every refusal, limits that cannot be reset, and no way to another site.
import test from 'ava';
import { authorizationRequest, connect } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { createPhone, locationOf } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example/',
  '///evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/%09/evil.example/..//evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/.//evil.example',
  '/account/..//evil.example',
];

onEachStorage(
  ({ on, server }) => {
    test(on('a wrong password and an unknown account get the same answer'), async (t) => {
      const { email } = await server().createPerson();
      const answers = await Promise.all(
        [email, 'nobody@example.com'].map(async (login) => {
          const page = await createPhone(server().issuer).signIn({ email: login, password: 'wrong password' });
          return { status: page.status, text: textOf(page.text).replaceAll(login, '') };
        }),
      );
      t.is(answers[0]?.status, 403);
      t.deepEqual(answers[0], answers[1]);
    });

    test(on('the language links of a form refused on the way to an application lead back to it'), async (t) => {
      const phone = createPhone(server().issuer);
      const form = await phone.open((await authorizationRequest(await connect(server(), 'crm'))).url);
      const refused = await phone.submit(form, { login: 'stranger@example.com', password: 'wrong' });
      const link = /href="([^"]+lang=zh-CN)"/.exec(refused.text)?.[1] ?? '';
      const translated = await phone.open(link);
      t.is(translated.status, 200);
      t.true(translated.text.includes('name="password"'));
      t.true(translated.text.includes('lang="zh-CN"'));
    });

    test(on('what was typed as the password is not shown again'), async (t) => {
      const page = await createPhone(server().issuer).signIn({
        email: 'nobody@example.com',
        password: 'a-typed-secret',
      });
      t.false(page.text.includes('a-typed-secret'));
      t.false(server().logged().includes('a-typed-secret'));
    });

    test(
      on('an account under attack is closed for a while, also to the right password, and says for how long'),
      async (t) => {
        const person = await server().createPerson();
        const phone = createPhone(server().issuer);
        for (let attempt = 0; attempt < 3; attempt++) {
          t.is((await phone.signIn({ ...person, password: 'wrong password' })).status, 403);
        }
        const stopped = await phone.signIn(person);
        t.is(stopped.status, 429);
        t.true(Number(stopped.headers.get('Retry-After')) > 0);
        const other = await server().createPerson();
        t.is((await phone.signIn(other)).status, 200);
      },
    );

    test(on('an account that does not exist is closed alike'), async (t) => {
      const phone = createPhone(server().issuer);
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        statuses.push((await phone.signIn({ email: 'no-such@example.com', password: 'wrong' })).status);
      }
      t.deepEqual(statuses, [403, 403, 403, 429]);
    });

    test(on('return_to leads to pages of this server'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      const page = await phone.open('/account/sign-in?return_to=%2Fdevice%3Fuser_code%3DBBBB-BBBB');
      const next = await phone.submit(page, { login: person.email, password: person.password });
      t.is(`${next.url.pathname}${next.url.search}`, '/device?user_code=BBBB-BBBB');
    });

    test(on('return_to never leads to another site, before or after signing in'), async (t) => {
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      for (const target of ELSEWHERE) {
        for (const path of ['/account/sign-in', '/qr']) {
          const page = await phone.open(`${path}?${new URLSearchParams({ return_to: target })}`);
          t.is(page.url.origin, server().issuer, `${path} ${target}`);
          t.is(locationOf(page), undefined, `${path} ${target}`);
        }
      }
    });

    test(on('the posted return_to is judged as well'), async (t) => {
      for (const return_to of ELSEWHERE.slice(0, 4)) {
        const { email: login, password } = await server().createPerson();
        const phone = createPhone(server().issuer);
        const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account/sign-in')).text)?.[1] ?? '';
        const answer = await phone.post('/account/sign-in', { csrf, return_to, login, password });
        t.is(answer.status, 303);
        t.is(locationOf(answer)?.origin, server().issuer);
      }
    });

    test(on('a form from another site signs nobody in'), async (t) => {
      const { email: login, password } = await server().createPerson();
      const phone = createPhone(server().issuer);
      const csrf = /name="csrf" value="([^"]+)"/.exec((await phone.open('/account/sign-in')).text)?.[1] ?? '';
      t.is((await phone.post('/account/sign-in', { login, password })).status, 403);
      const crossSite = { 'Sec-Fetch-Site': 'cross-site' };
      t.is((await phone.post('/account/sign-in', { csrf, login, password }, crossSite)).status, 403);
      t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
    });
  },
  { config: { limits: { sign_in: { per_account: 3 } } } },
);
