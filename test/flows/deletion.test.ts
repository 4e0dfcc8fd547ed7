// Deleting an account: at once nothing else may use it, for two weeks its person may keep it, then it is gone with all that hung
// on it.
import test from 'ava';
import * as client from 'openid-client';
import { createAdministration } from '../../src/compose/administration.ts';
import { createErasure } from '../../src/compose/erasure.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { PASSWORD, type AuthServer } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { answerOn, poll, startDevice } from '../helpers/device.ts';
import { authorizationRequest, callbackOf, connect, refusalOf, signInTo, walk } from '../helpers/foreign-client.ts';
import { textOf } from '../helpers/html.ts';
import { lettersTo } from '../helpers/mailbox.ts';
import { createPhone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const DAYS_14 = 14 * 86_400;

const sweep = async ({ server }: AuthServer): Promise<void> => {
  const acts = createAdministration(server.domain);
  const failed: unknown[] = [];
  const erasure = createErasure({
    domain: server.domain,
    acts,
    clock: systemClock,
    onError: (error) => failed.push(error),
  });
  await erasure.sweep();
  erasure.close();
  if (failed.length > 0) throw failed[0];
};

onEachStorage(({ on, server, storage }) => {
  const asked = async () => {
    const person = await server().createPerson();
    const config = await connect(server(), 'crm');
    const { tokens, phone } = await signInTo(config, person, {
      scope: 'openid offline_access messages:read',
      prompt: 'consent',
    });
    const page = await phone.open('/account/delete');
    const answer = await phone.press(page, '/account/delete');
    return { person, config, tokens, phone, answer };
  };

  test(
    on('asking ends what applications hold and tells the person, by mail too, until when it can be undone'),
    async (t) => {
      const { person, config, tokens, answer } = await asked();
      t.true(textOf(answer.text).includes('will be erased on'));
      t.false((await client.tokenIntrospection(config, tokens.access_token)).active);
      t.is(await refusalOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '')), 'invalid_grant');
      const subjects = (await lettersTo(server(), person.email)).map(({ subject }) => subject);
      t.deepEqual(subjects, ['Your TokenIM account will be deleted']);
    },
  );

  test(on('meanwhile the API keys of the person are refused, and come back when the account is kept'), async (t) => {
    const person = await server().createPerson();
    const key = await server().server.domain.keys.issuer.create({
      ownerId: person.id,
      name: 'mine',
      scopes: ['messages:read'],
    });
    const request = async (): Promise<number> => {
      const { client_id, client_secret } = key;
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
      return (await fetch(`${server().issuer}/oauth/token`, { method: 'POST', body })).status;
    };
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    await phone.press(await phone.open('/account/delete'), '/account/delete');
    t.is(await request(), 401);
    await phone.press(await phone.open('/account/delete'), '/account/delete/keep');
    t.is(await request(), 200);
    t.is((await server().server.domain.directory.find(person.id))?.deletionAt, undefined);
  });

  test(on('meanwhile applications get nothing new, not even who it is, and devices neither'), async (t) => {
    const { person, config, phone } = await asked();
    const request = await authorizationRequest(config, { scope: 'openid email' });
    const { searchParams } = callbackOf(await walk(phone, request.url, person));
    t.is(searchParams.get('error'), 'access_denied');
    const device = await startDevice(server(), { scope: 'openid profile' });
    t.is((await answerOn(phone, device, 'approve')).status, 403);
    t.is((await poll(server(), device)).body['error'], 'authorization_pending');
    await phone.press(await phone.open('/account/delete'), '/account/delete/keep');
    t.true(callbackOf(await walk(phone, request.url, person)).searchParams.has('code'));
  });

  test(on('whose time has come is not kept any more, for the erasing may have begun'), async (t) => {
    const person = await server().createPerson();
    const { administration } = server();
    await administration.scheduleDeletion({ actor: person.id }, person.id, Date.now() - 1);
    await t.throwsAsync(administration.keepAccount({ actor: person.id }, person.id), {
      message: /deletion_due/,
    });
    await sweep(server());
    t.is(await server().server.domain.directory.find(person.id), undefined);
  });

  test(on('an account that was kept, or whose time has not come, is not erased'), async (t) => {
    const { person, phone } = await asked();
    await sweep(server());
    t.truthy(await server().server.domain.directory.find(person.id));
    await phone.press(await phone.open('/account/delete'), '/account/delete/keep');
    await sweep(server());
    t.truthy(await server().server.domain.directory.find(person.id));
  });

  test(on('a form of another site deletes nothing'), async (t) => {
    const person = await server().createPerson();
    const phone = createPhone(server().issuer);
    await phone.signIn(person);
    t.is((await phone.post('/account/delete', { csrf: 'forged' })).status, 403);
    t.is((await server().server.domain.directory.find(person.id))?.deletionAt, undefined);
  });

  if (storage === 'sqlite') {
    test.serial(on('who signed in long ago proves again who they are before'), async (t) => {
      const time = stopTime(t);
      const person = await server().createPerson();
      const phone = createPhone(server().issuer);
      await phone.signIn(person);
      time.advance(3600);
      const page = await phone.open('/account/delete');
      const answer = await phone.press(page, '/account/delete');
      t.is(answer.url.pathname, '/account/confirm');
      t.is((await server().server.domain.directory.find(person.id))?.deletionAt, undefined);
      const back = await phone.submit(answer, { password: PASSWORD });
      t.is(back.url.pathname, '/account/delete');
      await phone.press(back, '/account/delete');
      t.not((await server().server.domain.directory.find(person.id))?.deletionAt, undefined);
    });

    test.serial(
      on('when its time has come the account is gone, its address is free, and its records stay'),
      async (t) => {
        const time = stopTime(t);
        const { person, phone } = await asked();
        time.advance(DAYS_14 + 1);
        await sweep(server());
        const { domain } = server().server;
        t.is(await domain.directory.find(person.id), undefined);
        t.deepEqual(await domain.signIns.listOf(person.id), []);
        t.deepEqual(await domain.grants.of(person.id), []);
        t.is((await phone.open('/account')).url.pathname, '/account/sign-in');
        t.is((await createPhone(server().issuer).signIn(person)).status, 403);
        const again = await server().createPerson({ email: person.email });
        t.not(again.id, person.id);
        const { items } = await domain.audit.list({ account: person.id, limit: 100 });
        t.is(items.filter(({ type }) => type === 'account.erased').length, 1);
        t.false(JSON.stringify(items).includes(person.email));
      },
    );
  }
});
