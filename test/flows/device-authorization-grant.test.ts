// The device authorization grant (RFC 8628) as devices meet it: the answer, what is given. What people see is in
// device-pages.test.ts; pace, endings and misuse in attacks/codes.test.ts and attacks/polling.test.ts.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { answerOn, approve, poll, signedInPhone, startDevice } from '../helpers/device.ts';
import { connect } from '../helpers/foreign-client.ts';
import { post } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

onEachStorage(({ on, server }) => {
  test(
    on('the answer has the members of RFC 8628 §3.2, interval always, with addresses of our own pages'),
    async (t) => {
      const device = await startDevice(server());
      t.is(device.interval, 5);
      t.is(device.expires_in, 600);
      t.is(device.verification_uri, `${server().issuer}/device`);
      t.regex(device.verification_uri_complete, new RegExp(`^${server().issuer}/d/[A-Z2-7]{26}$`));
      t.regex(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      t.false(device.verification_uri_complete.includes(device.device_code));
    },
  );

  test(on('an application of another maker polls until the person has approved'), async (t) => {
    const config = await connect(server(), 'tv');
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid messages:read' });
    const waiting = client.pollDeviceAuthorizationGrant(config, device);
    const person = await approve(server(), device as Parameters<typeof approve>[1]);
    const tokens = await waiting;
    t.is(tokens.claims()?.sub, person.id);
    t.is(decodeJwt(tokens.access_token)['scope'], 'messages:read');
  });

  test(on('a person who denies ends the polling with access_denied'), async (t) => {
    const device = await startDevice(server());
    const phone = await signedInPhone(server(), await server().createPerson());
    await answerOn(phone, device, 'deny');
    t.is((await poll(server(), device)).body['error'], 'access_denied');
  });

  test(on('a client without the grant is refused'), async (t) => {
    const { body } = await post(server(), 'device_authorization', { client_id: 'spa', scope: 'openid' });
    t.is(body['error'], 'unauthorized_client');
  });

  test(on('who lacks the role that the client demands cannot approve'), async (t) => {
    const device = await startDevice(server(), { clientId: 'kiosk' });
    const phone = await signedInPhone(server(), await server().createPerson());
    t.is((await phone.open(device.verification_uri_complete)).status, 403);
    t.is((await poll(server(), device, 'kiosk')).body['error'], 'authorization_pending');
  });

  test(on('each approved device has a grant of its own: revoking one leaves the other'), async (t) => {
    const scope = 'openid offline_access';
    const [first, second] = [await startDevice(server(), { scope }), await startDevice(server(), { scope })];
    const person = await approve(server(), first);
    await approve(server(), second, person);
    const [one, two] = [await poll(server(), first), await poll(server(), second)];
    await post(server(), 'revoke', { client_id: 'tv', token: String(one.body['refresh_token']) });
    const refresh = (reply: typeof one) =>
      post(server(), 'token', {
        grant_type: 'refresh_token',
        client_id: 'tv',
        refresh_token: String(reply.body['refresh_token']),
      });
    t.is((await refresh(one)).body['error'], 'invalid_grant');
    t.is((await refresh(two)).status, 200);
  });
});
