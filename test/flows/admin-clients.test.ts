// `/admin/clients`: applications in the browser. Attackers: who may only look, forged forms, names and settings that break out of
// the page.
import test from 'ava';
import { ADMIN_ROLES, administrator } from '../helpers/administrator.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { formTo, textOf } from '../helpers/html.ts';
import { basic, post } from '../helpers/http.ts';
import { connect, signInTo } from '../helpers/foreign-client.ts';
import type { Page } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HERE = '/admin/clients';
const PROGRAM = { name: 'Rotating', grants: ['client_credentials'], scopes: ['messages:read'] };
const shownAs = (page: Page, id: string): string =>
  new RegExp(`<code id="${id}"[^>]*>([^<]+)</code>`).exec(page.text)?.[1] ?? '';

onEachStorage(
  ({ on, server }) => {
    const credentials = (id: string, secret: string) =>
      post(server(), 'token', { grant_type: 'client_credentials' }, basic(id, secret));
    const actAddress = (act: string, client: string) =>
      `/admin/act/${act}?${new URLSearchParams({ client, return_to: `${HERE}/${client}` })}`;

    test(
      on('an application is made by the form, shown its secret once, changed, and ended with what it ends told'),
      async (t) => {
        const { phone } = await administrator(server());
        const form = await phone.open(`${HERE}/new`);
        const made = await phone.submit(form, {
          name: 'Harbour Import',
          kind: 'server',
          'grant:client_credentials': 'on',
          'grant:authorization_code': 'on',
          redirect_uris: 'http://127.0.0.1:9/import',
          'scope:messages:read': 'on',
          'scope:calls:read': 'on',
        });
        const [id, secret] = [shownAs(made, 'client-id'), shownAs(made, 'client-secret')];
        t.is((await credentials(id, secret)).body['scope'], 'messages:read calls:read');
        const shown = await phone.open(`${HERE}/${id}`);
        t.false(shown.text.includes(secret));
        t.true(textOf(shown.text).includes('Managed here'));
        t.true((await phone.open(HERE)).text.includes(id));

        const change = await phone.open(`${HERE}/${id}/change`);
        t.regex(change.text, /<textarea[^>]*name="redirect_uris"[^>]*>http:\/\/127\.0\.0\.1:9\/import<\/textarea>/);
        const changed = await phone.submit(change, {
          name: 'Harbour Import',
          'grant:client_credentials': 'on',
          'scope:messages:read': 'on',
        });
        t.is(changed.url.searchParams.get('done'), 'recorded');
        t.is((await credentials(id, secret)).body['scope'], 'messages:read');

        const ending = actAddress('disable-client', id);
        const asked = await phone.open(ending);
        t.regex(textOf(asked.text), /People who lose access 0/);
        const ended = await phone.press(asked, ending);
        t.is(ended.url.pathname, `${HERE}/${id}`);
        t.is((await credentials(id, secret)).status, 401);
        const again = actAddress('enable-client', id);
        await phone.press(await phone.open(again), again);
        t.is((await credentials(id, secret)).status, 200);
      },
    );

    test(on('a secret is replaced by making another and removing the former'), async (t) => {
      const { phone } = await administrator(server());
      const { client, secret = '' } = await server().administration.createClient(OPERATOR, {
        settings: PROGRAM,
        isConfidential: true,
      });
      const made = await phone.press(await phone.open(`${HERE}/${client.id}`), `${HERE}/${client.id}/secrets`);
      const next = shownAs(made, 'client-secret');
      t.is((await credentials(client.id, next)).status, 200);
      t.is((await credentials(client.id, secret)).status, 200);
      const page = await phone.open(`${HERE}/${client.id}`);
      await phone.press(page, `${HERE}/${client.id}/secrets/${client.secrets[0]?.id}/remove`);
      t.is((await credentials(client.id, secret)).status, 401);
      t.is((await credentials(client.id, next)).status, 200);
    });

    test(on('what breaks a rule is said with what was typed, and no scope of our own is offered'), async (t) => {
      const { phone } = await administrator(server());
      const form = await phone.open(`${HERE}/new`);
      t.false(form.text.includes('scope:admin:write') || form.text.includes('scope:qr:approve'));
      const refused = await phone.press(form, HERE, {
        name: 'Broken "><script>alert(1)</script>',
        'grant:authorization_code': 'on',
        redirect_uris: 'http://elsewhere.example/cb',
        'scope:admin:write': 'on',
        'scope:mesages:read': 'on',
      });
      t.is(refused.status, 422);
      t.regex(textOf(refused.text), /redirect_uris\.0: must be https/);
      t.regex(refused.text, /<span class="line">scopes\.\d: unknown scope [^<]*; did you mean/);
      t.regex(textOf(refused.text), /only a client of the configuration files may ask for/);
      t.true(refused.text.includes('http://elsewhere.example/cb</textarea>'));
      t.false(refused.text.includes('<script>alert'));
    });

    test(on('a cursor that does not come from the list is refused'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      t.is((await phone.open(`${HERE}?after=zz`)).status, 400);
    });

    test(on('an application of a file names its line, and how many use it, and nothing to press'), async (t) => {
      const app = await connect(server(), 'crm');
      await signInTo(app, await server().createPerson(), { scope: 'openid' });
      const { phone } = await administrator(server());
      const { text } = await phone.open(`${HERE}/crm`);
      t.regex(textOf(text), /Managed by a configuration file; change it there: \S*tokenim\.yaml:\d+/);
      t.regex(textOf(text), /People with access: 1, sign-ins and devices: 1/);
      t.false(text.includes('disable-client') || text.includes('/change"'));
      t.is((await phone.open(`${HERE}/crm/change`)).url.pathname, `${HERE}/crm`);
      const own = await server().administration.createClient(OPERATOR, { settings: PROGRAM, isConfidential: true });
      const forms = await phone.open(`${HERE}/${own.client.id}`);
      const csrf = /name="csrf" value="([^"]+)"/.exec(forms.text)?.[1] ?? '';
      const ending = actAddress('disable-client', 'crm');
      for (const address of [ending, actAddress('enable-client', 'crm')]) {
        const asked = await phone.open(address);
        t.regex(textOf(asked.text), /Managed by a configuration file; change it there: \S*tokenim\.yaml:\d+/);
        t.throws(() => formTo(asked.text, address));
      }
      for (const address of [ending, `${HERE}/crm/change`, `${HERE}/crm/secrets`, `${HERE}/crm/secrets/x/remove`]) {
        const forced = await phone.post(address, { csrf, name: 'CRM', 'grant:authorization_code': 'on' });
        t.is(forced.status, 409, address);
        t.regex(textOf(forced.text), /change it there: \S*tokenim\.yaml:\d+/);
      }
      t.is((await phone.open(`${HERE}/nobody`)).status, 404);
    });

    test(
      on('an application that proves itself by a key is not called public, and no setting of it is left out'),
      async (t) => {
        const { phone } = await administrator(server(), ['auditor']);
        const settings = {
          name: 'Vault',
          grants: ['authorization_code', 'device_code'],
          redirect_uris: ['https://vault.example/cb'],
          scopes: ['openid', 'messages:read'],
          optional_scopes: ['messages:read'],
          device_scopes: [],
          jwks_uri: 'http://127.0.0.1:9/jwks.json',
          backchannel_logout_uri: 'https://vault.example/logout',
        };
        const { client } = await server().administration.createClient(OPERATOR, { settings, isConfidential: false });
        t.true((await server().server.domain.clients.roster.find(client.id)).isConfidential);
        const text = textOf((await phone.open(`${HERE}/${client.id}`)).text);
        for (const part of [
          'On a server, with a key of its own',
          'optional_scopes messages:read',
          'device_scopes []',
          'jwks_uri http://127.0.0.1:9/jwks.json',
          'backchannel_logout_uri https://vault.example/logout',
          'pkce required',
          'id_token_signed_response_alg RS256',
          'dpop_bound_access_tokens false',
        ]) {
          t.true(text.includes(part), part);
        }
      },
    );

    test(on('a form that is not from our page, or from somebody who may only look, changes nothing'), async (t) => {
      const { phone } = await administrator(server());
      const { phone: auditor } = await administrator(server(), ['auditor']);
      const settings = { name: 'Steady', grants: ['client_credentials'], scopes: ['messages:read'] };
      const { client } = await server().administration.createClient(OPERATOR, { settings, isConfidential: true });
      const fields = { name: 'Forged', kind: 'browser', 'grant:device_code': 'on' };
      const paths = ['', `/${client.id}/change`, `/${client.id}/secrets`, `/${client.id}/secrets/x/remove`];
      for (const path of paths) {
        t.is((await phone.post(HERE + path, fields)).status, 403, path);
        const { value } =
          /name="csrf" value="(?<value>[^"]+)"/.exec((await auditor.open('/account')).text)?.groups ?? {};
        t.is((await auditor.post(HERE + path, { ...fields, csrf: value ?? '' })).status, 403, path);
      }
      t.deepEqual((await server().server.domain.clients.stored.find(client.id))?.settings, settings);
    });

    test(on('what was taken away meanwhile does not come back from an older form'), async (t) => {
      const { phone } = await administrator(server());
      const { client } = await server().administration.createClient(OPERATOR, {
        settings: { name: 'Older', grants: ['client_credentials'], scopes: ['messages:read', 'messages:send'] },
        isConfidential: true,
      });
      const address = `${HERE}/${client.id}/change`;
      const older = await phone.open(address);
      await server().administration.changeClient(OPERATOR, client.id, { scopes: ['messages:read'] });
      t.is((await phone.submit(older, { name: 'Renamed' })).status, 409);
      const now = await server().server.domain.clients.stored.find(client.id);
      t.deepEqual([now?.settings['name'], now?.settings['scopes']], ['Older', ['messages:read']]);
    });

    test(on('who may only look sees everything and finds nothing to change it with'), async (t) => {
      const { phone } = await administrator(server(), ['auditor']);
      const settings = { name: 'Looked At', grants: ['device_code'], scopes: ['openid'] };
      const { client } = await server().administration.createClient(OPERATOR, { settings, isConfidential: false });
      for (const path of [HERE, `${HERE}/${client.id}`]) {
        const { status, text } = await phone.open(path);
        t.is(status, 200);
        t.false(text.includes(`${HERE}/new`) || text.includes('disable-client'));
      }
      for (const path of [`${HERE}/new`, `${HERE}/${client.id}/change`]) t.is((await phone.open(path)).status, 403);
    });
  },
  { config: ADMIN_ROLES },
);
