// Registering: one answer for every address, what is wrong told field by field, and letters to stored addresses only.
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { PASSWORD } from '../helpers/auth-server.ts';
import { authorizationRequest, connect } from '../helpers/foreign-client.ts';
import { attributeOf, textOf } from '../helpers/html.ts';
import { lettersSettled, letterTo, linkIn, lettersTo } from '../helpers/mailbox.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const newAddress = () => `${randomUUID()}@example.com`;
const newName = () => `u${randomUUID().slice(0, 12)}`;

async function register(phone: Phone, fields: Readonly<Record<string, string>>): Promise<Page> {
  return phone.submit(await phone.open('/account/register'), fields);
}

onEachStorage(({ on, server }) => {
  test(on('registering, activating and signing in'), async (t) => {
    const email = newAddress();
    const username = newName();
    const phone = createPhone(server().issuer);
    const sent = await register(phone, { email, password: PASSWORD, username, name: 'Lin Xiaoyu' });
    t.is(sent.status, 200);
    t.true(textOf(sent.text).includes(email));

    const link = linkIn(await letterTo(server(), email));
    const done = await phone.submit(await phone.open(link), {});
    t.true(textOf(done.text).includes('Your account is active'));
    for (const login of [email, username]) {
      const home = await createPhone(server().issuer).signIn({ email: login, password: PASSWORD });
      t.is(home.url.pathname, '/account');
      t.true(textOf(home.text).includes('Lin Xiaoyu'));
    }
  });

  test(on('nobody signs in before the address is confirmed, and the page reminds of the mail'), async (t) => {
    const email = newAddress();
    const phone = createPhone(server().issuer);
    await register(phone, { email, password: PASSWORD });
    await letterTo(server(), email);
    const here = await phone.signIn({ email, password: PASSWORD });
    t.is(here.status, 403);
    t.true(textOf(here.text).includes('Have you just registered?'));
    const elsewhere = await createPhone(server().issuer).signIn({ email, password: PASSWORD });
    t.is(elsewhere.status, 403);
    t.false(textOf(elsewhere.text).includes('Have you just registered?'));
  });

  test(on('the answer to a known address is that to an unknown one, and its owner gets a letter'), async (t) => {
    const { email: known } = await server().createPerson();
    const unknown = newAddress();
    const answers = await Promise.all(
      [known, unknown].map(async (email) => {
        const { status, text } = await register(createPhone(server().issuer), { email, password: PASSWORD });
        return { status, text: textOf(text).replaceAll(email, '') };
      }),
    );
    t.deepEqual(answers[0], answers[1]);
    const { subject, text } = await letterTo(server(), known);
    t.is(subject, 'You have a TokenIM account already');
    t.false(/activate\/[\w-]{43}/.test(text));
  });

  test(on('a disabled account is not written to'), async (t) => {
    const { email, id } = await server().createPerson();
    await server().server.domain.directory.disable(id);
    t.is((await register(createPhone(server().issuer), { email, password: PASSWORD })).status, 200);
    t.deepEqual(await lettersSettled(server(), email), []);
  });

  test(on('everything wrong is told at once, what was typed stays, and the password does not'), async (t) => {
    const typed = { email: 'lin@', username: 'lin xiaoyu', name: 'a\u202eb', password: 'password1' };
    const page = await register(createPhone(server().issuer), typed);
    t.is(page.status, 422);
    for (const name of ['email', 'username', 'name', 'password'])
      t.true(page.text.includes(`id="${name}-error"`), name);
    t.is(attributeOf(page.text.slice(page.text.indexOf('name="email"')), 'value'), 'lin@');
    t.false(page.text.includes('password1'));
  });

  test(on('a user name that is taken is told, in any spelling'), async (t) => {
    const username = newName();
    await server().administration.createPerson({ actor: 'operator' }, { email: newAddress(), username, active: true });
    const fields = { email: newAddress(), username: username.toUpperCase(), password: PASSWORD };
    const page = await register(createPhone(server().issuer), fields);
    t.is(page.status, 422);
    t.true(textOf(page.text).includes('Somebody has this user name already'));
  });

  for (const [why, password] of [
    ['the address itself', 'zhang.xiaoming@example.com'],
    ['a pinyin phrase', 'woaini1314'],
    ['a row of keys', 'qwertyuiop'],
    ['what leaks know', 'P@ssw0rd1'],
    ['repetition', 'a'.repeat(128)],
  ] as const) {
    test(on(`a password that is ${why} is refused`), async (t) => {
      const fields = { email: 'zhang.xiaoming@example.com', password };
      const page = await register(createPhone(server().issuer), fields);
      t.is(page.status, 422);
      t.true(page.text.includes('id="password-error"'));
    });
  }

  test(on('a password may be long and of any script'), async (t) => {
    for (const password of ['窗外雨声与七只蓝色的鲸鱼', `${'é😀ß'.repeat(5)} kiwi, barge & ${'ő'.repeat(90)}`]) {
      const page = await register(createPhone(server().issuer), { email: newAddress(), password });
      t.is(page.status, 200, password);
    }
  });

  test(on('a letter never goes to an address as it was typed, only to the one that is stored'), async (t) => {
    const local = randomUUID();
    const known = `${local}@example.com`;
    await server().createPerson({ email: known });
    // Full-width letters fold to the same address; a Cyrillic letter makes another one.
    const same = ` ${local.toUpperCase()}@ＥＸＡＭＰＬＥ.com `;
    t.is((await register(createPhone(server().issuer), { email: same, password: PASSWORD })).status, 200);
    t.is((await letterTo(server(), known)).to, known);

    const lookalike = `${local}@ex\u0430mple.com`;
    t.is((await register(createPhone(server().issuer), { email: lookalike, password: PASSWORD })).status, 200);
    t.regex((await letterTo(server(), `${local}@xn--exmple-4nf.com`)).subject, /Activate/);
    t.is((await lettersTo(server(), known)).length, 1);
  });

  test(on('addresses that would add header lines or are too long are refused'), async (t) => {
    const hostile = [
      'lin@example.com\r\nBcc: eve@example.com',
      'lin@example.com\nSubject: x',
      'lin@example.com,eve@example.com',
      'lin@example.com\0',
      `${'l'.repeat(65)}@example.com`,
      `lin@${'example.'.repeat(40)}com`,
      'l\u200bin@example.com',
      `${'x'.repeat(20_000)}@example.com`,
    ];
    for (const email of hostile) {
      const phone = createPhone(server().issuer);
      t.is((await register(phone, { email, password: PASSWORD })).status, 422, JSON.stringify(email.slice(0, 40)));
      t.is((await phone.submit(await phone.open('/account/reset'), { email })).status, 422);
      t.is((await phone.submit(await phone.open('/account/activate'), { email })).status, 422);
    }
  });

  test(on('a form without its token registers nobody'), async (t) => {
    const email = newAddress();
    const answer = await createPhone(server().issuer).post('/account/register', { email, password: PASSWORD });
    t.is(answer.status, 403);
    t.deepEqual(await lettersSettled(server(), email), []);
  });

  test(on('who registers on the way to an application comes back to it'), async (t) => {
    const email = newAddress();
    const phone = createPhone(server().issuer);
    const signIn = await phone.open((await authorizationRequest(await connect(server(), 'crm'))).url);
    const interaction = signIn.url.pathname;
    const href = /href="(\/account\/register[^"]*)"/.exec(signIn.text)?.[1] ?? '';
    await phone.submit(await phone.open(href), { email, password: PASSWORD });
    const done = await phone.submit(await phone.open(linkIn(await letterTo(server(), email))), {});
    t.true(done.text.includes(`href="${interaction}"`));
    t.true((await phone.open(interaction)).text.includes('Harbour CRM'));
  });

  test(on('the letter is in the language of the page, which the account keeps'), async (t) => {
    const email = newAddress();
    const phone = createPhone(server().issuer);
    await phone.open('/account/register?lang=zh-CN');
    await register(phone, { email, password: PASSWORD });
    const letter = await letterTo(server(), email);
    t.is(letter.subject, '激活您的 TokenIM 账号');
    await phone.submit(await phone.open(linkIn(letter)), {});
    t.is((await server().server.domain.directory.findByLogin(email))?.locale, 'zh-CN');
  });

  test(on('no address, link or password stands in the log'), async (t) => {
    const email = newAddress();
    const phone = createPhone(server().issuer);
    await register(phone, { email, password: PASSWORD });
    const link = linkIn(await letterTo(server(), email));
    await phone.submit(await phone.open(link), {});
    const log = server().logged();
    for (const secret of [email, link.slice(-43), PASSWORD]) t.false(log.includes(secret));
    t.true(log.includes('/account/activate/:token'));
  });
});

onEachStorage(
  ({ on, server }) => {
    test(on('where registration is closed there is no form, and the sign-in page offers none'), async (t) => {
      const phone = createPhone(server().issuer);
      t.is((await phone.open('/account/register')).status, 403);
      const signIn = await phone.open('/account/sign-in');
      t.false(signIn.text.includes('/account/register'));
      t.true(signIn.text.includes('/account/reset'));
    });
  },
  { config: { registration: 'closed' } },
);

onEachStorage(
  ({ on, server }) => {
    test.serial(on('one address gets a few letters, and further requests the same answer'), async (t) => {
      const email = newAddress();
      const phone = createPhone(server().issuer);
      for (let count = 0; count < 4; count++) {
        t.is((await register(phone, { email, password: PASSWORD })).status, 200);
      }
      t.is((await lettersSettled(server(), email)).length, 2);
    });

    test.serial(on('who asks too often is told to wait'), async (t) => {
      const statuses: number[] = [];
      for (let count = 0; count < 8; count++) {
        const phone = createPhone(server().issuer);
        statuses.push((await register(phone, { email: newAddress(), password: PASSWORD })).status);
      }
      t.is(statuses.at(-1), 429);
    });
  },
  { config: { limits: { account_mail: { per_recipient: 2, per_address: 8 } } } },
);
