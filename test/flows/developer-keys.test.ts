// Developer settings: a person makes, uses, rotates and revokes API keys on pages, and learns what is wrong with one. Attackers:
// others' keys, scopes beyond one's own, weaker sign-ins, forged forms, enumeration, secrets where they do not belong.
import test from 'ava';
import { decodeJwt } from 'jose';
import { apiKeyCollection } from '../../src/api-keys/api-key.ts';
import { createAdministration } from '../../src/compose/administration.ts';
import { OPERATOR, PASSWORD } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { developer, KEYS, keyOn, makeKey, tokenOf } from '../helpers/developer.ts';
import { signedInPhone } from '../helpers/device.ts';
import { SECRETS } from '../helpers/foreign-client.ts';
import { formsOf, textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import { createPhone, type Page } from '../helpers/phone.ts';
import { codeOf, giveTotp, signInWithCode } from '../helpers/second-factor.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

onEachStorage(
  ({ on, server, storage }) => {
    const pageOf = (clientId: string) => `${KEYS}/${clientId}`;
    const isActive = async (token: unknown) =>
      (await post(server(), 'introspect', { token: String(token) }, basic('im-api', SECRETS['im-api']))).body['active'];

    test(on('from nothing to a token: the role, a key, the printed command'), async (t) => {
      const { person, phone } = await developer(server());
      t.true((await phone.open('/')).text.includes(`href="${KEYS}"`));
      const { clientId, secret, page } = await makeKey(phone);
      t.is(page.status, 200);
      t.is(page.headers.get('Cache-Control'), 'no-store');
      t.regex(secret, /^tim_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
      const command = `curl -s -u ${clientId}:${secret} -d grant_type=client_credentials ${server().issuer}/oauth/token`;
      t.true(textOf(page.text).includes(command));
      const { status, body } = await tokenOf(server(), clientId, secret);
      t.is(status, 200);
      t.like(decodeJwt(String(body['access_token'])), { owner: person.id, scope: 'messages:read' });
    });

    test(on('with scopes of two resources the printed command asks for those of one'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret, page } = await makeKey(phone, { 'scope:files:read': 'on' });
      const scope = /-d 'scope=([^']+)'/.exec(textOf(page.text))?.[1] ?? '';
      t.is((await tokenOf(server(), clientId, secret, { scope })).status, 200);
    });

    test(on('the key is shown once: neither the list nor its page has it'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      for (const address of [KEYS, pageOf(clientId)]) {
        const { text } = await phone.open(address);
        t.true(text.includes(clientId));
        t.false(text.includes(secret.slice(-38)));
      }
    });

    test(on('a key lasts 90 days unless another time is chosen'), async (t) => {
      const { phone } = await developer(server());
      const days = async (clientId: string) => {
        const key = await server().server.domain.keys.lifecycle.find(clientId);
        return Math.round(((key?.expiresAt ?? 0) - (key?.createdAt ?? 0)) / 86_400_000);
      };
      t.is(await days((await makeKey(phone)).clientId), 90);
      t.is(await days((await makeKey(phone, { days: '7' })).clientId), 7);
      const form = await phone.open(`${KEYS}/new`);
      const refused = await phone.submit(form, { name: 'x', 'scope:messages:read': 'on', days: '366' });
      t.is(refused.status, 422);
    });

    test(on('people without the role read which one they need, and can do nothing'), async (t) => {
      const phone = await signedInPhone(server(), await server().createPerson());
      for (const address of [KEYS, `${KEYS}/new`, `${KEYS}/inspect`, pageOf('tim_live_000000000000')]) {
        const { status, text } = await phone.open(address);
        t.is(status, 403);
        t.true(textOf(text).includes('Ask an administrator') && text.includes('<code class="chip">developer</code>'));
      }
      const csrf = formsOf((await phone.open('/account')).text)[0]?.hidden['csrf'] ?? '';
      const answer = await phone.post(KEYS, { csrf, name: 'x', 'scope:messages:read': 'on' });
      t.is(answer.status, 403);
    });

    test(on('who is not signed in is asked to, and comes back'), async (t) => {
      const person = await server().createPerson({ roles: ['developer'] });
      const phone = createPhone(server().issuer);
      const page = await phone.open(KEYS);
      t.is(page.url.pathname, '/account/sign-in');
      const back = await phone.submit(page, { login: person.email, password: person.password });
      t.is(back.url.pathname, KEYS);
    });

    test(on('no form offers a scope beyond the roles, and none that is sent all the same is given'), async (t) => {
      const { phone, person } = await developer(server());
      const form = await phone.open(`${KEYS}/new`);
      t.false(form.text.includes('calls:read') || form.text.includes('scope:keys:'));
      const [{ action, hidden } = { action: '', hidden: {} }] = formsOf(form.text).filter((one) => one.action === KEYS);
      for (const scope of ['calls:read', 'keys:write', 'qr:approve', 'no:such', '__proto__', '']) {
        const answer = await phone.post(action, { ...hidden, name: 'x', [`scope:${scope}`]: 'on' });
        t.is(answer.status, 422, scope);
      }
      t.deepEqual(await server().server.domain.keys.lifecycle.allOf(person.id), []);
    });

    test(
      on('a role that is taken away takes its scopes from the key, and the page says which role is missing'),
      async (t) => {
        const { phone, person } = await developer(server(), ['developer', 'support']);
        const { clientId, secret } = await makeKey(phone, { 'scope:calls:read': 'on' });
        await server().administration.revokeRole(OPERATOR, person.id, 'support');
        t.is((await tokenOf(server(), clientId, secret)).body['scope'], 'messages:read');
        const refused = await tokenOf(server(), clientId, secret, { scope: 'calls:read' });
        t.is(refused.body['error'], 'invalid_scope');
        t.regex(String(refused.body['error_description']), /calls:read.*support/);
        t.regex(textOf((await phone.open(pageOf(clientId))).text), /Not in effect.*support/);
      },
    );

    test(on('who loses the role manages nothing any more, while their keys go on'), async (t) => {
      const { phone, person } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      await server().administration.revokeRole(OPERATOR, person.id, 'developer');
      t.is((await phone.open(pageOf(clientId))).status, 403);
      t.is((await tokenOf(server(), clientId, secret)).status, 200);
    });

    test(on("another person's key looks like one that nobody has, and cannot be touched"), async (t) => {
      const victim = await developer(server());
      const { clientId, secret } = await makeKey(victim.phone);
      const { phone } = await developer(server());
      await makeKey(phone);
      const csrf = formsOf((await phone.open(`${KEYS}/new`)).text)[0]?.hidden['csrf'] ?? '';
      for (const path of ['', '/rotate', '/revoke']) {
        const send = (id: string) =>
          path === '' ? phone.open(pageOf(id)) : phone.post(pageOf(id) + path, { csrf, overlap: '0' });
        const [foreign, unknown] = [await send(clientId), await send('tim_live_000000000000')];
        t.is(foreign.status, 404);
        const words = ({ text }: Page) => textOf(text).replace(/Request \S+/, '');
        t.is(words(foreign), words(unknown));
      }
      t.is((await tokenOf(server(), clientId, secret)).status, 200);
    });

    test(on('a key is not made for somebody else'), async (t) => {
      const victim = await server().createPerson({ roles: ['support'] });
      const { phone } = await developer(server());
      const [{ hidden } = { hidden: {} }] = formsOf((await phone.open(`${KEYS}/new`)).text).filter(
        (f) => f.action === KEYS,
      );
      const form = { ...hidden, owner: victim.id, name: 'x', 'scope:messages:read': 'on' };
      t.is((await phone.post(KEYS, form)).status, 404);
      t.is((await phone.open(`${KEYS}/new?owner=${victim.id}`)).status, 404);
      t.deepEqual(await server().server.domain.keys.lifecycle.allOf(victim.id), []);
    });

    test(on('a form of another site, or without its CSRF field, makes, rotates and revokes nothing'), async (t) => {
      const { phone, person } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const [{ hidden } = { hidden: {} }] = formsOf((await phone.open(`${KEYS}/new`)).text).filter(
        (f) => f.action === KEYS,
      );
      const fields = { ...hidden, name: 'x', 'scope:messages:read': 'on', overlap: '0' };
      for (const path of [KEYS, `${pageOf(clientId)}/rotate`, `${pageOf(clientId)}/revoke`, `${KEYS}/inspect`]) {
        t.is((await phone.post(path, { ...fields, csrf: 'forged' })).status, 403);
        t.is((await phone.post(path, fields, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
      }
      t.is((await server().server.domain.keys.lifecycle.allOf(person.id)).length, 1);
      t.is((await tokenOf(server(), clientId, secret)).status, 200);
    });

    test(on('rotation keeps the client_id, and says which of the two secrets was last used'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const rotated = keyOn(
        await phone.press(await phone.open(pageOf(clientId)), `${pageOf(clientId)}/rotate`, { overlap: '24' }),
      );
      t.is(rotated.clientId, clientId);
      t.not(rotated.secret, secret);
      const { lifecycle, lastUse } = server().server.domain.keys;
      t.is((await tokenOf(server(), clientId, secret)).status, 200);
      await lastUse.close();
      const [present, former] = (await lifecycle.find(clientId))?.secrets ?? [];
      t.is(present?.lastUsedAt, undefined);
      t.is(typeof former?.lastUsedAt, 'number');
      t.regex(textOf((await phone.open(pageOf(clientId))).text), /Former secret last used/);
      t.is((await tokenOf(server(), clientId, rotated.secret)).status, 200);
    });

    test(on('without overlap the former secret ends at once, and its holder is told why'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      await phone.press(await phone.open(pageOf(clientId)), `${pageOf(clientId)}/rotate`, { overlap: '0' });
      t.is((await tokenOf(server(), clientId, secret)).body['error'], 'invalid_client');
    });

    test(on('revoking ends the key and, at introspection, the tokens that it obtained'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const { body } = await tokenOf(server(), clientId, secret);
      t.true(await isActive(body['access_token']));
      const page = await phone.open(pageOf(clientId));
      t.regex(textOf(page.text), /Introspection calls its tokens inactive.*verifies tokens offline/);
      const after = await phone.press(page, `${pageOf(clientId)}/revoke`, {});
      t.regex(textOf(after.text), /Revoked by its owner on/);
      t.false(await isActive(body['access_token']));
      const refused = await tokenOf(server(), clientId, secret);
      t.is(refused.status, 401);
      t.regex(String(refused.body['error_description']), /revoked on .* by its owner/);
    });

    test(
      on('a key that may be used from certain addresses is refused elsewhere, with the reason for its holder only'),
      async (t) => {
        const { phone } = await developer(server());
        const { clientId, secret } = await makeKey(phone, { addresses: '203.0.113.0/24, 2001:db8::/32' });
        const from = (address: string, key = secret) =>
          tokenOf(server(), clientId, key, {}, { 'X-Forwarded-For': address });
        t.is((await from('203.0.113.9')).status, 200);
        t.is((await from('2001:db8::9')).status, 200);
        const elsewhere = await from('198.51.100.9');
        t.is(elsewhere.status, 401);
        t.is(elsewhere.body['error'], 'invalid_client');
        t.regex(String(elsewhere.body['error_description']), /network address/);
        const other = await makeKey(phone);
        const stranger = await from('198.51.100.9', other.secret);
        t.is(stranger.body['error_description'], 'client authentication failed');
        // A client writes the header too: only what the trusted proxy appended counts.
        t.is((await from('203.0.113.9, 198.51.100.9')).status, 401);
        t.regex(textOf((await phone.open(pageOf(clientId))).text), /not allowed\. 198\.51\.100\.9/);
      },
    );

    test(on('the ranges hold wherever the key authenticates, not at the token endpoint alone'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone, { addresses: '203.0.113.0/24' });
      for (const endpoint of ['introspect', 'revoke']) {
        const answer = await post(
          server(),
          endpoint,
          { token: 'x' },
          { ...basic(clientId, secret), 'X-Forwarded-For': '198.51.100.9' },
        );
        t.is(answer.body['error'], 'invalid_client', endpoint);
      }
    });

    test(on('what is no address is refused on the form, with what was typed'), async (t) => {
      const { phone } = await developer(server());
      const form = await phone.open(`${KEYS}/new`);
      const answer = await phone.submit(form, { name: 'Mine', 'scope:messages:read': 'on', addresses: '10.0.0.0/99' });
      t.is(answer.status, 422);
      t.true(textOf(answer.text).includes('neither an address nor a range'));
      t.true(answer.text.includes('value="Mine"') && answer.text.includes('value="10.0.0.0/99"'));
      t.regex(answer.text, /name="scope:messages:read"[^>]*checked/);
    });

    test(on('ranges may be separated as in Chinese; separators alone are no list'), async (t) => {
      const { phone } = await developer(server());
      const { clientId } = await makeKey(phone, { addresses: '10.0.0.0/8，192.0.2.7、198.51.100.0/24；' });
      const key = await server().server.domain.keys.lifecycle.find(clientId);
      t.deepEqual(key?.addresses, ['10.0.0.0/8', '192.0.2.7', '198.51.100.0/24']);
      const form = await phone.open(`${KEYS}/new`);
      const answer = await phone.submit(form, { name: 'x', 'scope:messages:read': 'on', addresses: ' , ' });
      t.is(answer.status, 422);
      t.true(textOf(answer.text).includes('neither an address nor a range'));
    });

    test(on('a key for one resource gets no token of another'), async (t) => {
      const { phone } = await developer(server());
      const form = await phone.open(`${KEYS}/new`);
      const chosen = { name: 'x', resource: 'im', 'scope:messages:read': 'on' };
      t.is((await phone.submit(form, { ...chosen, 'scope:files:read': 'on' })).status, 422);
      const { clientId, secret } = keyOn(await phone.submit(form, chosen));
      t.is((await tokenOf(server(), clientId, secret)).status, 200);
      const other = await tokenOf(server(), clientId, secret, { resource: 'https://files.tokenim.example/' });
      t.is(other.body['error'], 'invalid_target');
    });

    test(on('a named resource without the requested scopes is refused, saying whose they are'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const resource = `${server().issuer}/api/v1`;
      const { body } = await tokenOf(server(), clientId, secret, { resource, scope: 'messages:read' });
      t.is(body['error'], 'invalid_scope');
      t.is(
        body['error_description'],
        'messages:read belongs to https://im.tokenim.example/, not to the resource asked for',
      );
    });

    test(on('a key at an endpoint of other grants is told that the grant is not its own'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const fields = { client_id: clientId, scope: 'messages:read', response_type: 'code' };
      for (const endpoint of ['device_authorization', 'par']) {
        const right = await post(server(), endpoint, fields, basic(clientId, secret));
        t.is(right.body['error'], 'unauthorized_client', `${endpoint} ${right.text}`);
        const wrong = await post(server(), endpoint, fields, basic(clientId, `${secret.slice(0, -1)}~`));
        t.like(wrong, { status: 401, body: { error: 'invalid_client' } }, endpoint);
      }
    });

    test(on('no page tells a client_id that is a key from one that nobody has'), async (t) => {
      const { phone } = await developer(server());
      const { clientId } = await makeKey(phone);
      const pageFor = async (path: string, id: string) => {
        const query = new URLSearchParams({ client_id: id, response_type: 'code', scope: 'openid' });
        const { status, text } = await createPhone(server().issuer).open(`${path}?${query}`);
        return {
          status,
          text: textOf(text)
            .replaceAll(id, 'ID')
            .replaceAll(/[0-9a-f-]{20,}|[\w-]{16,}/g, ''),
        };
      };
      for (const path of ['/oauth/authorize', '/oauth/logout']) {
        t.deepEqual(await pageFor(path, clientId), await pageFor(path, 'tim_live_000000000000'), path);
      }
    });

    test(
      on('a key made before keys stopped getting them has nothing of the scopes of our own interface'),
      async (t) => {
        const person = await server().createPerson({ roles: ['developer'] });
        const { client_id, client_secret } = await server().administration.createKey(OPERATOR, {
          ownerId: person.id,
          name: 'old',
          scopes: ['messages:read'],
        });
        const keys = apiKeyCollection(server().server.store, Date.now);
        await keys.update(client_id, (old) => ({ ...old, scopes: [...old.scopes, 'keys:write'] }));
        const asked = await tokenOf(server(), client_id, client_secret, { scope: 'keys:write' });
        t.is(asked.body['error'], 'invalid_scope');
        t.is(asked.body['error_description'], 'keys:write is never given to API keys');
        const { body } = await tokenOf(server(), client_id, client_secret);
        t.is(body['scope'], 'messages:read');
      },
    );

    test(on('who maintains hundreds of service accounts manages the keys of each'), async (t) => {
      const { person, phone } = await developer(server());
      const { directory } = server().server.domain;
      const stem = `m-${person.id.toLowerCase()}`;
      const ids: string[] = [];
      for (let number = 0; number < 203; number++) {
        const service = { username: `${stem}-${number}`, roles: ['member'], maintainers: [person.id] };
        ids.push((await directory.createServiceAccount(service)).id);
      }
      t.is((await server().server.domain.keys.keyring.owners(person.id)).length, 204);
      const statuses = await Promise.all(
        [ids[0], ids[200], ids[202]].map(async (id) => (await phone.open(`${KEYS}/new?owner=${id}`)).status),
      );
      t.deepEqual(statuses, [200, 200, 200]);
    });

    test(on('to a stranger every refusal of the token endpoint is the same'), async (t) => {
      const { phone, person } = await developer(server());
      const [live, revoked, expiring] = [await makeKey(phone), await makeKey(phone), await makeKey(phone)];
      await server().administration.revokeKey(OPERATOR, revoked.clientId);
      await server().administration.disableKey(OPERATOR, expiring.clientId);
      const stranger = await server().createPerson({ roles: ['developer'] });
      const { client_secret } = await server().administration.createKey(OPERATOR, { ownerId: stranger.id, name: 'x' });
      const ids = [live.clientId, revoked.clientId, expiring.clientId, 'tim_live_000000000000'];
      const answers = await Promise.all(ids.map((id) => tokenOf(server(), id, `${id}_${client_secret.slice(22)}`)));
      for (const { status, body, headers } of answers) {
        t.is(status, 401);
        t.deepEqual(body, answers[0]?.body);
        t.is(headers.get('WWW-Authenticate'), answers[0]?.headers.get('WWW-Authenticate') ?? null);
      }
      t.not(person.id, stranger.id);
    });

    test(on('maintainers see and manage the keys of their service accounts, and nobody else does'), async (t) => {
      const { person, phone } = await developer(server());
      const service = await server().administration.createServiceAccount(OPERATOR, {
        username: `robot-${person.id.toLowerCase()}`,
        roles: ['support'],
        maintainers: [person.id],
      });
      const form = await phone.open(`${KEYS}/new?owner=${service.id}`);
      const made = keyOn(await phone.submit(form, { name: 'nightly', 'scope:calls:read': 'on' }));
      t.is((await tokenOf(server(), made.clientId, made.secret)).body['scope'], 'calls:read');
      const key = await server().server.domain.keys.lifecycle.find(made.clientId);
      t.like(key, { ownerId: service.id, createdBy: person.id });
      t.true((await phone.open(KEYS)).text.includes(made.clientId));
      const { phone: other } = await developer(server());
      t.is((await other.open(`${KEYS}/new?owner=${service.id}`)).status, 404);
      t.is((await other.open(pageOf(made.clientId))).status, 404);
      const revoked = await phone.press(await phone.open(pageOf(made.clientId)), `${pageOf(made.clientId)}/revoke`, {});
      t.regex(textOf(revoked.text), /by an administrator or maintainer/);
    });

    test(
      on(
        'a sign-in without the second factor of a role gives none of its scopes to a key, and rotates none that has them',
      ),
      async (t) => {
        const person = await server().createPerson({ roles: ['developer', 'operator'] });
        const secret = await giveTotp(server(), person);
        const { client_id } = await server().administration.createKey(OPERATOR, {
          ownerId: person.id,
          name: 'x',
          scopes: ['calls:read'],
        });
        const weak = { accountId: person.id, scopes: await server().server.domain.scopesOfAccount(person.id, ['pwd']) };
        const acts = createAdministration(server().server.domain);
        const holder = {
          ...weak,
          acts: {
            create: (key: Parameters<typeof acts.createKey>[1]) => acts.createKey(OPERATOR, key),
            rotate: (id: string) => acts.rotateKey(OPERATOR, id, {}),
            revoke: (id: string) => acts.revokeKey(OPERATOR, id),
          },
        };
        const { keyring } = server().server.domain.keys;
        await t.throwsAsync(keyring.create(holder, { name: 'y', scopes: ['calls:read'] }), {
          code: 'scope_not_granted',
        });
        await t.throwsAsync(keyring.rotate(holder, client_id, {}), { code: 'second_factor_needed' });
        const phone = createPhone(server().issuer);
        await signInWithCode(phone, person, await codeOf(secret));
        t.true((await phone.open(`${KEYS}/new`)).text.includes('scope:calls:read'));
      },
    );

    test(on('every step is recorded with who did it, and no record holds a secret'), async (t) => {
      const { phone, person } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const rotated = keyOn(
        await phone.press(await phone.open(pageOf(clientId)), `${pageOf(clientId)}/rotate`, { overlap: '24' }),
      );
      await tokenOf(server(), clientId, rotated.secret);
      await phone.press(await phone.open(pageOf(clientId)), `${pageOf(clientId)}/revoke`, {});
      await tokenOf(server(), clientId, rotated.secret);
      const { items } = await server().server.domain.audit.list({ client: clientId, limit: 50 });
      const acts = items.filter(({ type }) => type.startsWith('key.'));
      t.deepEqual(acts.map(({ type }) => type).toSorted(), [
        'key.created',
        'key.refused',
        'key.revoked',
        'key.rotated',
      ]);
      for (const { actor, account, address } of acts)
        t.like({ actor, account, address }, { actor: person.id, account: person.id });
      t.is(acts.find(({ type }) => type === 'key.refused')?.reason, 'revoked');
      for (const hidden of [secret.slice(23), rotated.secret.slice(23)]) {
        t.false(JSON.stringify(items).includes(hidden));
        t.false(server().logged().includes(hidden));
      }
    });

    const inspect = async (key: string, phone: Awaited<ReturnType<typeof developer>>['phone']) => {
      const answer = await phone.submit(await phone.open(`${KEYS}/inspect`), { key });
      return { text: textOf(answer.text), answer };
    };

    test(on('the page tells its owner what is wrong with a key, and never shows it'), async (t) => {
      const { phone } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      const expectText = async (key: string, text: string) => {
        const { text: shown, answer } = await inspect(key, phone);
        t.true(shown.includes(text), `${text}\n${shown}`);
        t.false(answer.text.includes(secret.slice(23)));
        t.is(answer.url.search, '');
      };
      await expectText(secret, 'This key works.');
      await expectText(`  ${secret}\r\n`, 'white space');
      await expectText(
        secret.replace(/[a-z]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)),
        'full-width',
      );
      await expectText(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`, 'checksum');
      await expectText('my password', 'not a whole key');
      await server().administration.revokeKey(OPERATOR, clientId);
      await expectText(secret, 'Revoked on');
      t.false(server().logged().includes(secret.slice(23)));
    });

    test(on('who only holds a key hears its state, but not whose it is nor what it is called'), async (t) => {
      const owner = await developer(server());
      const { clientId, secret } = await makeKey(owner.phone, { name: 'Secret project' });
      const { phone } = await developer(server());
      const { text, answer } = await inspect(secret, phone);
      t.true(text.includes('This key works.'));
      t.false(answer.text.includes('Secret project') || answer.text.includes(owner.person.id));
      const stranger = await makeKey(phone);
      const { client_secret } = await server().administration.rotateKey(OPERATOR, stranger.clientId, {});
      t.truthy(client_secret);
      const guessed = await inspect(`${clientId}_${'0'.repeat(32)}000000`, phone);
      t.true(guessed.text.includes('checksum'));
    });

    if (storage === 'sqlite') {
      test.serial(on('making, rotating and revoking need a sign-in of lately'), async (t) => {
        const time = stopTime(t);
        const { phone, person } = await developer(server());
        const { clientId } = await makeKey(phone);
        const form = await phone.open(`${KEYS}/new`);
        const page = await phone.open(pageOf(clientId));
        time.advance(HOUR);
        const { lifecycle } = server().server.domain.keys;
        const before = await lifecycle.find(clientId);
        const answers = [
          await phone.submit(form, { name: 'x', 'scope:messages:read': 'on' }),
          await phone.press(page, `${pageOf(clientId)}/rotate`, { overlap: '0' }),
          await phone.press(page, `${pageOf(clientId)}/revoke`, {}),
        ];
        for (const { url } of answers) t.is(url.pathname, '/account/confirm');
        t.deepEqual(await lifecycle.find(clientId), before);
        t.is((await lifecycle.allOf(person.id)).length, 1);
        const back = await phone.submit(await phone.open(`${KEYS}/new`), { password: PASSWORD });
        t.is(back.url.pathname, `${KEYS}/new`);
        t.is((await phone.open(KEYS)).status, 200, 'looking needs none');
      });

      test.serial(on('an expired key is refused with its date, which the page tells too'), async (t) => {
        const time = stopTime(t);
        const { phone, person } = await developer(server());
        const { clientId, secret } = await makeKey(phone, { days: '7' });
        time.advance(8 * DAY);
        const { body, status } = await tokenOf(server(), clientId, secret);
        t.is(status, 401);
        t.regex(String(body['error_description']), /expired on \d{4}-\d\d-\d\d/);
        await phone.signIn(person);
        t.true((await inspect(secret, phone)).text.includes('This key expired on'));
      });
    }

    test(on('the holder of a key whose owner is disabled is told so'), async (t) => {
      const { phone, person } = await developer(server());
      const { clientId, secret } = await makeKey(phone);
      await server().administration.disableAccount(OPERATOR, person.id);
      const { body } = await tokenOf(server(), clientId, secret);
      t.is(body['error'], 'invalid_client');
      t.regex(String(body['error_description']), /owns this API key is not active/);
    });
  },
  { config: { trusted_proxies: ['127.0.0.1'] } },
);
