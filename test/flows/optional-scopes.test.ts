// Scopes that people may leave out: each stands as a box on the consent page and the confirm sheet; what is unticked reaches no
// token, is not asked for again, and can be allowed later. What the form says of any other scope counts for nothing.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { approve, poll, scanLink, signedInPhone, startDevice } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, exchange, refusalOf, SECRETS } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';
import type { TestPerson } from '../helpers/auth-server.ts';

const REDIRECT = 'http://127.0.0.1:9/notes';
const WIDE = 'openid profile email messages:read calls:read';
/** Offline access is asked for with `prompt=consent` alone (OpenID Connect Core §11). */
const LASTING = { scope: `${WIDE} offline_access`, prompt: 'consent' };
const OPTIONAL = ['profile', 'offline_access', 'calls:read'];

const clients = {
  notes: {
    name: 'Harbour Notes',
    grants: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT],
    // As crm, so that it has the same secret.
    secrets: [{ hash: 'sha256:bxKpib5xL5j3VZtCEtOY931Zdf5tmy1C4Z33i-59IfM' }],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'messages:read', 'messages:send', 'calls:read'],
    optional_scopes: OPTIONAL,
  },
  screen: {
    name: 'Hall Screen',
    grants: ['device_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'offline_access', 'messages:read', 'calls:read'],
    optional_scopes: ['profile', 'calls:read'],
  },
};

interface Asked {
  page: Page;
  phone: Phone;
  finish(page: Page): ReturnType<typeof exchange>;
}

/** The boxes of a page by name of the scope, and whether each is ticked. */
const boxesOf = ({ text }: Page): Record<string, boolean> =>
  Object.fromEntries(
    [...text.matchAll(/<input type="checkbox"[^>]*>/g)].map(([tag]) => [
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
      /\schecked\b/.test(tag),
    ]),
  );

function scopesOf(token: string): string[] {
  const { scope } = decodeJwt(token);
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
}

onEachStorage(
  ({ on, server }) => {
    const notes = () => connect(server(), 'notes', SECRETS.crm);
    const newPerson = (roles: readonly string[] = ['support']) => server().createPerson({ roles });

    /** Opens the request as who signed in; what comes next is the consent page, or the way back. */
    async function ask(person: TestPerson, parameters: Record<string, string> = {}, used?: Phone): Promise<Asked> {
      const config = await notes();
      const phone = used ?? (await signedInPhone(server(), person));
      const request = await authorizationRequest(config, { redirect_uri: REDIRECT, scope: WIDE, ...parameters });
      const page = await phone.open(request.url);
      return { page, phone, finish: (last) => exchange(config, callbackOf(last), request) };
    }

    /** Presses "Allow" with exactly these boxes ticked. */
    async function answer({ phone, page }: Asked, ticked: readonly string[], also?: string): Promise<Page> {
      const action = /action="(\/interaction\/[^"]+\/consent)"/.exec(page.text)?.[1] ?? '';
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const fields = new URLSearchParams({ csrf, decision: 'approve' });
      if (also !== undefined) fields.append('decision', also);
      ticked.forEach((scope) => fields.append('scope', scope));
      const posted = await phone.post(action, fields as unknown as Record<string, string>);
      return posted.status === 303 ? phone.open(posted.headers.get('Location') ?? '') : posted;
    }

    const isAsked = ({ page }: Asked): boolean => page.text.includes('name="decision"');

    test(on('optional scopes stand as ticked boxes, required ones without'), async (t) => {
      const { page } = await ask(await newPerson(), LASTING);
      t.deepEqual(boxesOf(page), { profile: true, offline_access: true, 'calls:read': true });
      const text = textOf(page.text);
      for (const words of ['Read your messages', 'See your e-mail address', 'You choose']) t.true(text.includes(words));
    });

    test(on('the words are those of the configuration, in the language of the reader'), async (t) => {
      const person = await newPerson();
      const phone = await signedInPhone(server(), person, { 'Accept-Language': 'zh-CN' });
      const { page } = await ask(person, {}, phone);
      t.true(page.text.includes('由您选择'));
      t.true(page.text.includes('查看您的姓名和语言'));
    });

    test(on('what is unticked is in no token, not in the answer, and not at UserInfo'), async (t) => {
      const asked = await ask(await newPerson(), LASTING);
      const tokens = await asked.finish(await answer(asked, ['offline_access']));
      t.is(tokens.scope, 'messages:read');
      t.deepEqual(scopesOf(tokens.access_token), ['messages:read']);
      t.is(tokens.claims()?.['name'], undefined);
      t.is(tokens.claims()?.['preferred_username'], undefined);
      t.truthy(tokens.claims()?.['email']);
      const config = await notes();
      t.is((await client.tokenIntrospection(config, tokens.access_token)).scope, 'messages:read');
    });

    test(on('UserInfo tells nothing of what was unticked'), async (t) => {
      const person = await newPerson();
      const asked = await ask(person, { scope: 'openid profile email' });
      const tokens = await asked.finish(await answer(asked, []));
      const told = await client.fetchUserInfo(await notes(), tokens.access_token, person.id);
      t.is(told.email, person.email);
      t.false('preferred_username' in told || 'name' in told || 'updated_at' in told);
    });

    test(on('a refresh has no more, whatever it asks for and although it was allowed since'), async (t) => {
      const person = await newPerson();
      const asked = await ask(person, LASTING);
      const tokens = await asked.finish(await answer(asked, ['offline_access']));
      const config = await notes();
      const refresh = tokens.refresh_token ?? '';
      t.is(await refusalOf(client.refreshTokenGrant(config, refresh, { scope: 'calls:read' })), 'invalid_scope');
      await allow(asked.phone, 'calls:read');
      const next = await client.refreshTokenGrant(config, refresh);
      t.deepEqual(scopesOf(next.access_token), ['messages:read']);
    });

    test(on('a sign-in without its person present needs the ticked box'), async (t) => {
      const asked = await ask(await newPerson(), LASTING);
      const tokens = await asked.finish(await answer(asked, ['calls:read']));
      await asked.phone.signOut();
      const refused = refusalOf(client.refreshTokenGrant(await notes(), tokens.refresh_token ?? 'none'));
      t.is(await refused, 'invalid_grant');
    });

    test(on('the same request does not ask again, in this browser or another'), async (t) => {
      const person = await newPerson();
      const first = await ask(person);
      await first.finish(await answer(first, []));
      for (const phone of [first.phone, await signedInPhone(server(), person)]) {
        const again = await ask(person, {}, phone);
        t.false(isAsked(again));
        const tokens = await again.finish(again.page);
        t.deepEqual(scopesOf(tokens.access_token), ['messages:read']);
      }
    });

    test(on('a request for one more scope asks for that one alone'), async (t) => {
      const person = await newPerson();
      const first = await ask(person);
      await first.finish(await answer(first, []));
      const second = await ask(person, { scope: `${WIDE} messages:send` }, first.phone);
      t.deepEqual(boxesOf(second.page), {});
      t.true(textOf(second.page.text).includes('Send messages as you'));
      t.false(textOf(second.page.text).includes('See your call history'));
      const tokens = await second.finish(await answer(second, []));
      t.deepEqual(scopesOf(tokens.access_token), ['messages:read', 'messages:send']);
    });

    test(on('prompt=consent shows the refused ones again, unticked, and takes the change of mind'), async (t) => {
      const person = await newPerson();
      const first = await ask(person, LASTING);
      await first.finish(await answer(first, ['profile']));
      const again = await ask(person, LASTING, first.phone);
      t.deepEqual(boxesOf(again.page), { offline_access: false, 'calls:read': false });
      const tokens = await again.finish(await answer(again, ['calls:read']));
      t.deepEqual(scopesOf(tokens.access_token), ['messages:read', 'calls:read']);
      const third = await ask(person, {}, first.phone);
      t.false(isAsked(third));
    });

    test(
      on('ticking what was not asked for, is reserved or unknown gives nothing; required ones need no tick'),
      async (t) => {
        const asked = await ask(await newPerson(), { scope: 'openid messages:read calls:read' });
        const forged = [
          'messages:send',
          'qr:approve',
          'admin:write',
          'keys:write',
          'email',
          'no such scope',
          '__proto__',
        ];
        const tokens = await asked.finish(await answer(asked, forged));
        t.is(tokens.scope, 'messages:read');
        t.deepEqual(scopesOf(tokens.access_token), ['messages:read']);
      },
    );

    test(on('a decision sent twice is none'), async (t) => {
      const asked = await ask(await newPerson());
      const twice = await answer(asked, [], 'approve');
      t.is(twice.status, 400);
    });

    test(on('an application that asks for nothing else gets a token without scopes'), async (t) => {
      const asked = await ask(await newPerson(), { scope: 'openid calls:read' });
      const tokens = await asked.finish(await answer(asked, []));
      t.falsy(tokens.scope);
      t.deepEqual(scopesOf(tokens.access_token), []);
    });

    test(on('a pushed request asks the same'), async (t) => {
      const person = await newPerson();
      const config = await notes();
      const { url, ...request } = await authorizationRequest(config, { redirect_uri: REDIRECT, ...LASTING });
      const phone = await signedInPhone(server(), person);
      const page = await phone.open(await client.buildAuthorizationUrlWithPAR(config, url.searchParams));
      t.deepEqual(Object.keys(boxesOf(page)), OPTIONAL);
      const back = await answer({ page, phone, finish: () => Promise.reject(new Error('unused')) }, ['calls:read']);
      const tokens = await exchange(config, callbackOf(back), request);
      t.deepEqual(scopesOf(tokens.access_token), ['messages:read', 'calls:read']);
    });

    test(on('what the roles do not grant is said plainly, and is no box'), async (t) => {
      const { page } = await ask(await newPerson([]));
      t.false('calls:read' in boxesOf(page));
      const text = textOf(page.text);
      t.regex(text, /Your role does not allow this, so it will not be able to: See your call history/);
    });

    test.serial(on('a scope that becomes required is asked for again'), async (t) => {
      const person = await newPerson();
      const first = await ask(person);
      await first.finish(await answer(first, []));
      const { config } = server().server;
      const before = config.current();
      const { notes: entry } = before.clients;
      if (!entry) return t.fail();
      const required = { ...entry, optional_scopes: ['profile', 'offline_access'] };
      config.replace({ ...before, clients: { ...before.clients, notes: required } });
      try {
        const again = await ask(person, {}, first.phone);
        t.deepEqual(boxesOf(again.page), {});
        t.true(textOf(again.page.text).includes('See your call history'));
      } finally {
        config.replace(before);
      }
    });

    test(on('consent is recorded with what was left out'), async (t) => {
      const person = await newPerson();
      const asked = await ask(person, { scope: 'openid messages:read calls:read' });
      await asked.finish(await answer(asked, []));
      const { items } = await server().server.domain.audit.list({ account: person.id, limit: 20 });
      const approved = items.find(({ type }) => type === 'consent.approved');
      t.deepEqual(approved?.scopes, ['openid', 'messages:read']);
      t.is(approved?.details?.['refused'], 'calls:read');
    });

    const tokenOf = async (phone: Phone): Promise<string> =>
      /name="csrf" value="([^"]+)"/.exec((await phone.open('/account/apps')).text)?.[1] ?? '';

    async function allow(phone: Phone, scope: string, clientId = 'notes'): Promise<Page> {
      const csrf = await tokenOf(phone);
      return phone.post('/account/apps/allow', { csrf, client_id: clientId, scope });
    }

    test(on('/account/apps shows what was refused and allows it for the next sign-in'), async (t) => {
      const person = await newPerson();
      const asked = await ask(person, { scope: 'openid messages:read calls:read' });
      const tokens = await asked.finish(await answer(asked, []));
      const page = await asked.phone.open('/account/apps');
      t.regex(textOf(page.text), /You did not allow it to See your call history Allow/);
      t.is((await allow(asked.phone, 'calls:read')).status, 303);
      t.false(textOf((await asked.phone.open('/account/apps')).text).includes('You did not allow it to'));
      t.is((await client.tokenIntrospection(await notes(), tokens.access_token)).scope, 'messages:read');
      const next = await ask(person, { scope: 'openid messages:read calls:read' }, asked.phone);
      t.false(isAsked(next));
      t.deepEqual(scopesOf((await next.finish(next.page)).access_token), ['messages:read', 'calls:read']);
      const { items } = await server().server.domain.audit.list({ account: person.id, limit: 20 });
      t.deepEqual(items.find(({ type }) => type === 'consent.allowed')?.scopes, ['calls:read']);
    });

    test(
      on('nothing can be allowed that was not asked and refused, nor by anybody else, nor without a form of ours'),
      async (t) => {
        const person = await newPerson();
        const asked = await ask(person, { scope: 'openid messages:read calls:read' });
        await asked.finish(await answer(asked, []));
        for (const scope of ['messages:send', 'qr:approve', 'admin:write', 'profile', '']) {
          t.is((await allow(asked.phone, scope)).status, 404, scope);
        }
        t.is((await allow(asked.phone, 'calls:read', 'crm')).status, 404);
        t.is((await allow(await signedInPhone(server(), await newPerson()), 'calls:read')).status, 403);
        const forged = { csrf: 'forged', client_id: 'notes', scope: 'calls:read' };
        t.is((await asked.phone.post('/account/apps/allow', forged)).status, 403);
        t.is((await createPhone(server().issuer).post('/account/apps/allow', forged)).status, 403);
        t.true(textOf((await asked.phone.open('/account/apps')).text).includes('You did not allow it to'));
      },
    );

    test(on('ending all access forgets the refusal too: everything is asked for anew'), async (t) => {
      const person = await newPerson();
      const first = await ask(person);
      await first.finish(await answer(first, []));
      const csrf = await tokenOf(first.phone);
      await first.phone.post('/account/apps/end', { csrf, client_id: 'notes' });
      const again = await ask(person, {}, first.phone);
      t.deepEqual(boxesOf(again.page), { profile: false, 'calls:read': false });
    });

    test(on('the confirm sheet of a device has the same boxes'), async (t) => {
      const person = await newPerson();
      const phone = await signedInPhone(server(), person);
      const scope = 'openid profile messages:read calls:read';
      const device = await startDevice(server(), { clientId: 'screen', scope });
      const sheet = await scanLink(phone, device);
      t.deepEqual(boxesOf(sheet), { profile: true, 'calls:read': true });
      await phone.submit(sheet, { decision: 'approve', scope: 'profile' });
      const { body } = await poll(server(), device, 'screen');
      t.is(body['scope'], 'messages:read');
      t.deepEqual(scopesOf(String(body['access_token'])), ['messages:read']);
      const live = await post(
        server(),
        'introspect',
        { token: String(body['access_token']) },
        basic('im-api', SECRETS['im-api']),
      );
      t.is(live.body['scope'], 'messages:read');
    });

    test(on('what was unticked for one device is unticked on the next sheet, and ticking it gives it'), async (t) => {
      const person = await newPerson();
      const phone = await signedInPhone(server(), person);
      const scope = 'openid messages:read calls:read';
      await approve(server(), await startDevice(server(), { clientId: 'screen', scope }), person);
      const device = await startDevice(server(), { clientId: 'screen', scope });
      const sheet = await scanLink(phone, device);
      t.deepEqual(boxesOf(sheet), { 'calls:read': false });
      await phone.submit(sheet, { decision: 'approve', scope: 'calls:read' });
      const { body } = await poll(server(), device, 'screen');
      t.deepEqual(scopesOf(String(body['access_token'])), ['messages:read', 'calls:read']);
    });

    test(on('a device has no more after a refresh, although it was allowed since'), async (t) => {
      const person = await newPerson();
      const device = await startDevice(server(), { clientId: 'screen', scope: 'openid messages:read calls:read' });
      await approve(server(), device, person);
      const { body } = await poll(server(), device, 'screen');
      t.is((await allow(await signedInPhone(server(), person), 'calls:read', 'screen')).status, 303);
      const fields = { grant_type: 'refresh_token', client_id: 'screen', refresh_token: String(body['refresh_token']) };
      const next = await post(server(), 'token', fields);
      t.deepEqual(scopesOf(String(next.body['access_token'])), ['messages:read']);
    });

    test(
      on('a device of which all was unticked gets no token, and the person can still give it something'),
      async (t) => {
        const phone = await signedInPhone(server(), await newPerson());
        const device = await startDevice(server(), { clientId: 'screen', scope: 'calls:read' });
        const refused = await phone.submit(await scanLink(phone, device), { decision: 'approve' });
        t.is(refused.status, 400);
        t.true(textOf(refused.text).includes('Nothing is ticked'));
        await phone.submit(await scanLink(phone, device), { decision: 'approve', scope: 'calls:read' });
        const { body } = await poll(server(), device, 'screen');
        t.is(body['scope'], 'calls:read');
      },
    );

    test(on('a device gets nothing that was ticked without being asked for'), async (t) => {
      const person = await newPerson();
      const phone = await signedInPhone(server(), person);
      const device = await startDevice(server(), { clientId: 'screen', scope: 'openid messages:read calls:read' });
      await phone.submit(await scanLink(phone, device), {
        decision: 'approve',
        scope: 'profile messages:send qr:approve',
      });
      const { body } = await poll(server(), device, 'screen');
      t.is(body['scope'], 'messages:read');
    });
  },
  { config: { clients } },
);
