// Polls that come too soon, too often, at the wrong moment, or for codes that nobody has (RFC 8628 §3.5).
import { randomBytes } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { approve, poll, scanLink, signedInPhone, startDevice } from '../../helpers/device.ts';
import { attacksOn } from './attacks.ts';

const display = (name: string) => ({ name, grants: ['device_code'], scopes: ['openid'] });

const attack = attacksOn({ clients: { hasty: display('Hasty Display'), sprayed: display('Sprayed Display') } });

const errorsOf = (replies: Awaited<ReturnType<typeof poll>>[]) => replies.map(({ body }) => body['error']);

attack(6, 'slow_down, until it keeps to it; an approved code is given at any pace', async (t, { server, pass }) => {
  const device = await startDevice(server);
  const once = async () => (await poll(server, device)).body['error'];
  t.is(await once(), 'authorization_pending');
  t.is(await once(), 'slow_down');
  for (let count = 0; count < 2; count++) {
    await pass(device.interval);
    t.is(await once(), 'authorization_pending');
  }
  await approve(server, device);
  t.is((await poll(server, device)).status, 200);
});

attack(7, 'each is refused at the door, none is recorded, and patience helps again', async (t, { server, pass }) => {
  const device = await startDevice(server, { clientId: 'hasty' });
  const provider = server.server.authorization.provider();
  let asked = 0;
  const note = ({ oidc }: KoaContextWithOIDC) => void (oidc.client?.clientId === 'hasty' && asked++);
  provider.on('grant.error', note);
  t.teardown(() => void provider.off('grant.error', note));
  const begun = Date.now();
  t.is((await poll(server, device, 'hasty')).body['error'], 'authorization_pending');
  const replies = await Promise.all(Array.from({ length: 100 }, () => poll(server, device, 'hasty')));
  // Where a hundred polls take longer than the interval, one of them is in time.
  const inTime = errorsOf(replies).filter((error) => error !== 'slow_down').length;
  t.true(inTime <= (Date.now() - begun) / 4000, String(inTime));
  t.is(asked, 0, 'oidc-provider is not troubled');
  const { items } = await server.server.domain.audit.list({ client: 'hasty', limit: 100 });
  t.deepEqual(
    items.map(({ type }) => type),
    ['device.issued'],
  );
  await pass(device.interval);
  t.is((await poll(server, device, 'hasty')).body['error'], 'authorization_pending');
});

attack(8, 'the first poll is never too soon', async (t, { server }) => {
  for (let count = 0; count < 3; count++) {
    const device = await startDevice(server);
    t.is((await poll(server, device)).body['error'], 'authorization_pending');
  }
});

attack(9, 'no poll undoes it: exactly one gets the tokens', async (t, { server }) => {
  const phone = await signedInPhone(server, await server.createPerson());
  for (let round = 0; round < 5; round++) {
    const device = await startDevice(server);
    const sheet = await scanLink(phone, device);
    const [answer, ...replies] = await Promise.all([
      phone.submit(sheet, { decision: 'approve' }),
      ...Array.from({ length: 10 }, () => poll(server, device)),
    ]);
    t.is(answer.status, 200);
    const all = [...replies, await poll(server, device)];
    t.is(all.filter(({ status }) => status === 200).length, 1);
  }
});

// 256 random bits cannot be guessed; what spraying could do is fill the store with records of refusals.
attack(10, 'invalid_grant alike, of which few are recorded, and codes of others go on', async (t, { server }) => {
  const device = await startDevice(server, { clientId: 'sprayed' });
  const spray = () => poll(server, { device_code: randomBytes(32).toString('base64url') }, 'sprayed');
  for (let wave = 0; wave < 10; wave++) {
    const replies = await Promise.all(Array.from({ length: 30 }, spray));
    t.deepEqual([...new Set(errorsOf(replies))], ['invalid_grant']);
  }
  const { items } = await server.server.domain.audit.list({ client: 'sprayed', limit: 400 });
  // 120 in a minute of the clock, of which the spray may meet two.
  t.true(items.length > 1 && items.length <= 241, String(items.length));
  t.is((await poll(server, device, 'sprayed')).body['error'], 'authorization_pending');
});
