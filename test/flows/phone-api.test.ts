// `/api/v1/qr` as phone applications of others write against it: scan, approve, deny, who may, and refusals. What
// attackers try is in attacks/approval.test.ts.
import test from 'ava';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { stopTime } from '../helpers/clock.ts';
import { answerOn, poll, signedInPhone, startDevice } from '../helpers/device.ts';
import { connect } from '../helpers/foreign-client.ts';
import { ask, type Reply } from '../helpers/http.ts';
import { boundToken, callApi, createPhoneApp } from '../helpers/phone-app.ts';
import { onEachStorage } from '../helpers/storages.ts';

const SCAN = '/api/v1/qr/scan';

const outcome = ({ status, body }: Reply): [number, unknown] => [status, body['code']];

onEachStorage(({ on, server, storage }) => {
  const scanWith = async (headers: Record<string, string>) => {
    const device = await startDevice(server());
    return callApi(server(), SCAN, { code: device.verification_uri_complete }, headers);
  };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  test(on('scan tells what the person must know, approve gives the device its tokens'), async (t) => {
    const device = await startDevice(server(), { scope: 'openid messages:read', headers: { 'User-Agent': 'TV/1.0' } });
    const app = await createPhoneApp(server());
    const { status, headers, body } = await app.scan(device.verification_uri_complete);
    t.is(status, 200);
    t.is(headers.get('Cache-Control'), 'no-store');
    const { transaction, expires_in, ...rest } = body;
    t.is(typeof transaction, 'string');
    t.true(Number(expires_in) > 300 && Number(expires_in) <= 600);
    t.deepEqual(rest, {
      user_code: device.user_code,
      client: { client_id: 'tv', name: 'Living Room TV' },
      scopes: [
        { name: 'openid', description: (rest['scopes'] as { description: string }[])[0]?.description },
        { name: 'messages:read', description: 'Read your messages' },
      ],
      device: { ip: '127.0.0.1', user_agent: 'TV/1.0' },
      check: null,
    });
    t.is((await poll(server(), device)).body['error'], 'authorization_pending');
    const approved = await app.approve(transaction);
    t.deepEqual([approved.status, approved.text], [204, '']);
    const tokens = (await poll(server(), device)).body;
    t.is(decodeJwt(String(tokens['id_token'])).sub, app.person.id);
    t.is(decodeJwt(String(tokens['access_token']))['scope'], 'messages:read');
  });

  test(on('the transaction and the codes in the answer are worth nothing at the token endpoint'), async (t) => {
    const device = await startDevice(server());
    const app = await createPhoneApp(server());
    const { body } = await app.scan(device.verification_uri_complete);
    await app.approve(body['transaction']);
    for (const device_code of [body['transaction'], body['user_code']].map(String)) {
      t.is((await poll(server(), { device_code })).body['error'], 'invalid_grant');
    }
  });

  test(
    on('the code may be the link in any letter case, its handle alone, or the user code in any spelling'),
    async (t) => {
      const app = await createPhoneApp(server());
      const spellings: ((device: Awaited<ReturnType<typeof startDevice>>) => string)[] = [
        (device) => device.verification_uri_complete,
        (device) => device.verification_uri_complete.toUpperCase(),
        (device) => ` ${device.verification_uri_complete.toLowerCase()}\n`,
        (device) => device.verification_uri_complete.split('/').pop() ?? '',
        (device) => (device.verification_uri_complete.split('/').pop() ?? '').toLowerCase(),
        (device) => device.user_code,
        (device) => device.user_code.toLowerCase().replace('-', ' '),
      ];
      for (const spell of spellings) {
        const device = await startDevice(server());
        const { status, body } = await app.scan(spell(device));
        t.deepEqual([status, body['user_code']], [200, device.user_code], spell(device));
      }
    },
  );

  test(on('a body that is no JSON object is refused'), async (t) => {
    const { token } = await createPhoneApp(server());
    const send = (body: string, type = 'application/json') =>
      ask(server(), SCAN, { method: 'POST', headers: { ...bearer(token), 'Content-Type': type }, body });
    for (const body of ['', '[]', '"x"', '{', 'null']) t.is((await send(body)).status, 400, body);
    t.is((await send('code=x', 'application/x-www-form-urlencoded')).status, 415);
  });

  test(on('an unknown code, link or transaction is code_unknown'), async (t) => {
    const app = await createPhoneApp(server());
    for (const code of ['BBBB-BBBB', 'A'.repeat(26), `${server().issuer}/d/${'B'.repeat(26)}`]) {
      t.deepEqual(outcome(await app.scan(code)), [404, 'code_unknown'], code);
    }
    for (const transaction of ['', 'unknown', '__proto__', 'x'.repeat(2000)]) {
      t.deepEqual(outcome(await app.approve(transaction)), [404, 'code_unknown'], transaction);
      t.deepEqual(outcome(await app.deny(transaction)), [404, 'code_unknown'], transaction);
    }
    for (const transaction of [undefined, 42, null, {}]) t.is((await app.approve(transaction)).status, 400);
  });

  test(on('refusals are problem details with a stable code'), async (t) => {
    const { headers, body } = await (await createPhoneApp(server())).scan('BBBB-BBBB');
    t.regex(headers.get('Content-Type') ?? '', /^application\/problem\+json/);
    t.like(body, { type: 'about:blank', status: 404, code: 'code_unknown' });
    t.is(typeof body['request_id'], 'string');
  });

  test(on('deny ends the request for the device'), async (t) => {
    const device = await startDevice(server());
    const app = await createPhoneApp(server());
    const { body } = await app.scan(device.verification_uri_complete);
    t.is((await app.deny(body['transaction'])).status, 204);
    t.is((await poll(server(), device)).body['error'], 'access_denied');
  });

  test(on('the sheet on the web and the application are one: the scan of the one binds the other'), async (t) => {
    const device = await startDevice(server());
    const app = await createPhoneApp(server());
    await app.scan(device.verification_uri_complete);
    const stranger = await signedInPhone(server(), await server().createPerson());
    t.is((await stranger.open(device.verification_uri_complete)).status, 403);
    const own = await signedInPhone(server(), app.person);
    t.is((await answerOn(own, device, 'approve')).status, 200);
  });

  if (storage === 'sqlite') {
    test.serial(on('an expired code is code_expired at every step, and nothing is given'), async (t) => {
      const time = stopTime(t);
      const device = await startDevice(server());
      const app = await createPhoneApp(server());
      const { transaction } = (await app.scan(device.verification_uri_complete)).body;
      time.advance(599);
      t.is((await app.scan(device.verification_uri_complete)).body['expires_in'], 1);
      const fresh = await createPhoneApp(server(), app.person);
      time.advance(1);
      for (const reply of [
        await fresh.scan(device.verification_uri_complete),
        await fresh.scan(device.user_code),
        await fresh.approve(transaction),
        await fresh.deny(transaction),
      ]) {
        t.deepEqual(outcome(reply), [410, 'code_expired']);
      }
      t.is((await poll(server(), device)).body['error'], 'expired_token');
    });

    test.serial(on('an expired token is refused'), async (t) => {
      const time = stopTime(t);
      const { token } = await createPhoneApp(server());
      time.advance(601);
      t.deepEqual(outcome(await scanWith(bearer(token))), [401, 'invalid_token']);
    });

    test.serial(on('a proof of long ago or of the future is refused'), async (t) => {
      stopTime(t);
      const { token, prove } = await boundToken(server());
      const now = Math.floor(Date.now() / 1000);
      for (const [iat, status] of [
        [now - 301, 401],
        [now + 301, 401],
        [now - 290, 200],
        [now + 290, 200],
      ] as const) {
        const headers = { Authorization: `DPoP ${token}`, DPoP: await prove(SCAN, { iat }) };
        t.is((await scanWith(headers)).status, status, String(iat - now));
      }
    });
  }

  test(on('without a token, or with one that is none, the answer is 401 and says what is needed'), async (t) => {
    const { token } = await createPhoneApp(server());
    const { headers, ...bare } = await scanWith({});
    t.deepEqual([bare.status, bare.body['code']], [401, 'unauthenticated']);
    t.regex(headers.get('WWW-Authenticate') ?? '', /^Bearer realm="[^"]+", DPoP realm="[^"]+", algs="ES256 EdDSA"$/);
    const spoiled = [`${token}x`, token.slice(0, -2), `${token.split('.').slice(0, 2).join('.')}.`, 'a.b.c', 'x'];
    for (const wrong of spoiled) {
      const reply = await scanWith(bearer(wrong));
      t.deepEqual(outcome(reply), [401, 'invalid_token'], wrong.slice(0, 12));
      t.regex(reply.headers.get('WWW-Authenticate') ?? '', /Bearer [^,]+, error="invalid_token"/);
    }
    for (const Authorization of [`Basic ${token}`, token, 'Bearer', `Bearer ${token} ${token}`, `Bearer\t${token}`]) {
      t.is((await scanWith({ Authorization })).status, 401, Authorization.slice(0, 8));
    }
    const query = await callApi(server(), `${SCAN}?access_token=${token}`, { code: 'BBBB-BBBB' }, {});
    t.is(query.status, 401);
  });

  test(on('a revoked token, and one of a disabled account, are refused at once'), async (t) => {
    const app = await createPhoneApp(server());
    await client.tokenRevocation(await connect(server(), 'tokenim-mobile'), app.token);
    t.deepEqual(outcome(await scanWith(bearer(app.token))), [401, 'invalid_token']);
    const other = await createPhoneApp(server());
    await server().administration.disableAccount({ actor: 'operator' }, other.person.id);
    t.deepEqual(outcome(await scanWith(bearer(other.token))), [401, 'invalid_token']);
  });

  test(on('a token bound to a key works with its proof, once each'), async (t) => {
    const { token, prove } = await boundToken(server());
    const device = await startDevice(server());
    const call = async (path: string, body: object) =>
      callApi(server(), path, body, { Authorization: `DPoP ${token}`, DPoP: await prove(path) });
    const { status, body } = await call(SCAN, { code: device.verification_uri_complete });
    t.is(status, 200);
    t.is((await call('/api/v1/qr/approve', { transaction: body['transaction'] })).status, 204);
    const proof = await prove(SCAN, {}, {});
    const again = () => scanWith({ Authorization: `DPoP ${token}`, DPoP: proof });
    const replies = await Promise.all(Array.from({ length: 10 }, again));
    t.is(replies.filter((reply) => reply.status === 200).length, 1);
    t.deepEqual(outcome(await again()), [401, 'invalid_dpop_proof']);
  });

  test(on('a bound token is worth nothing without its key'), async (t) => {
    const { token, prove } = await boundToken(server());
    const thief = await boundToken(server());
    const refused = async (code: string, headers: Record<string, string>, what: string) => {
      const reply = await scanWith(headers);
      t.deepEqual(outcome(reply), [401, code], what);
      t.regex(reply.headers.get('WWW-Authenticate') ?? '', new RegExp(`DPoP [^,]+, error="${code}"`), what);
    };
    const withProof = (DPoP: string) => ({ Authorization: `DPoP ${token}`, DPoP });
    await refused('invalid_token', bearer(token), 'as Bearer');
    await refused('invalid_token', { ...bearer(token), DPoP: await prove(SCAN) }, 'as Bearer with a proof');
    await refused('invalid_dpop_proof', { Authorization: `DPoP ${token}` }, 'without a proof');
    await refused('invalid_dpop_proof', withProof('a.b.c'), 'broken proof');
    await refused('invalid_dpop_proof', withProof(await prove(SCAN, {}, { signer: thief.keys })), 'key of another');
    await refused('invalid_dpop_proof', withProof(await prove(SCAN, { ath: 'x' })), 'of another token');
    await refused('invalid_dpop_proof', withProof(await prove(SCAN, { htm: 'GET' })), 'of another method');
    await refused('invalid_dpop_proof', withProof(await prove('/api/v1/qr/deny')), 'of another address');
    await refused(
      'invalid_dpop_proof',
      withProof(await prove(SCAN, { htu: `https://evil.example${SCAN}` })),
      'foreign',
    );
    await refused('invalid_dpop_proof', withProof(await prove(SCAN, { jti: '' })), 'without jti');
    await refused('invalid_dpop_proof', withProof(await prove(SCAN, {}, { typ: 'JWT' })), 'of another type');
    const both = `${await prove(SCAN)}, ${await prove(SCAN)}`;
    await refused('invalid_dpop_proof', withProof(both), 'two proofs');
    const { token: unbound } = await createPhoneApp(server());
    await refused('invalid_token', { Authorization: `DPoP ${unbound}`, DPoP: await prove(SCAN) }, 'an unbound token');
  });

  test(on('query and fragment do not count in the address of a proof'), async (t) => {
    const { token, prove } = await boundToken(server());
    const proof = await prove(SCAN, { htu: `${server().issuer.toUpperCase()}${SCAN}?a=b#c` });
    t.is((await scanWith({ Authorization: `dpop ${token}`, DPoP: proof })).status, 200);
  });

  test(on('GET changes nothing and is not served'), async (t) => {
    const { token } = await createPhoneApp(server());
    const { status, headers } = await ask(server(), SCAN, { headers: bearer(token) });
    t.is(status, 405);
    t.is(headers.get('Allow'), 'POST');
  });

  test(on('who lacks the role that the client demands is refused'), async (t) => {
    const device = await startDevice(server(), { clientId: 'kiosk' });
    const app = await createPhoneApp(server());
    t.deepEqual(outcome(await app.scan(device.verification_uri_complete)), [403, 'client_not_allowed']);
    t.is((await poll(server(), device, 'kiosk')).body['error'], 'authorization_pending');
  });

  test(on('every step is recorded under the account, without codes'), async (t) => {
    const device = await startDevice(server());
    const app = await createPhoneApp(server());
    const stranger = await createPhoneApp(server());
    const { transaction } = (await app.scan(device.verification_uri_complete)).body;
    await stranger.approve(transaction);
    await app.deny(transaction);
    const recorded = async (account: string) => {
      const { items } = await server().server.domain.audit.list({ account, limit: 50 });
      return items.filter(({ type }) => type.startsWith('device.'));
    };
    const own = await recorded(app.person.id);
    t.deepEqual(own.map(({ type }) => type).toSorted(), ['device.denied', 'device.scanned']);
    t.like(own[0], { client: 'tv', account: app.person.id });
    const foreign = await recorded(stranger.person.id);
    t.deepEqual(
      foreign.map(({ type, reason }) => [type, reason]),
      [['device.mismatch', 'not_yours']],
    );
    const written = JSON.stringify([...own, ...foreign]) + server().logged();
    const handle = device.verification_uri_complete.split('/').pop() ?? '';
    for (const secret of [device.device_code, device.user_code, handle, app.token]) t.false(written.includes(secret));
  });
});

onEachStorage(
  ({ on, server }) => {
    test.serial(on('user codes are limited by account, with the time to wait'), async (t) => {
      const device = await startDevice(server());
      const app = await createPhoneApp(server());
      for (let time = 0; time < 3; time++) t.is((await app.scan('BBBB-BBBB')).status, 404);
      const { status, headers, body } = await app.scan(device.user_code);
      t.deepEqual([status, body['code']], [429, 'user_code_throttled']);
      t.true(Number(headers.get('Retry-After')) > 0);
      t.is((await app.scan(device.verification_uri_complete)).status, 200, 'links are counted apart');
    });

    test.serial(on('scanned links are limited by account and by address'), async (t) => {
      const device = await startDevice(server());
      const link = device.verification_uri_complete;
      const [first, second] = [await createPhoneApp(server()), await createPhoneApp(server())];
      const statuses = async (app: typeof first, times: number) => {
        const seen: number[] = [];
        for (let time = 0; time < times; time++) seen.push((await app.scan(link)).status);
        return seen;
      };
      // One link was scanned in the test before.
      t.deepEqual(await statuses(first, 5), [200, 200, 200, 200, 429]);
      t.deepEqual(await statuses(second, 4), [403, 429, 429, 429]);
      t.deepEqual(outcome(await second.scan('code://of/nobody')), [400, 'code_malformed']);
    });
  },
  { config: { limits: { user_code: { per_account: 3 }, scan: { per_account: 4, per_address: 6 } } } },
);
