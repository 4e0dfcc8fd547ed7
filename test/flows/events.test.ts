// `events_uri` and `qr_uri` (contract §3): what is told, in which order, to whom, until when; and that it is hints only. The
// page that listens is in `views/assets/qr-sign-in.js`, who may not listen and how often in attacks/streams.test.ts.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import jsQR from 'jsqr';
import { type AuthServer, startAuthServer } from '../helpers/auth-server.ts';
import { stopTime } from '../helpers/clock.ts';
import { answerOn, approve, type DeviceAnswer, poll, signedInPhone, startDevice } from '../helpers/device.ts';
import { type EventReader, readEvents } from '../helpers/events.ts';
import { ask } from '../helpers/http.ts';
import type { Phone } from '../helpers/phone.ts';
import { redisAvailable, startRedis } from '../helpers/redis-server.ts';
import { onEachStorage } from '../helpers/storages.ts';
import { rasterOf } from '../helpers/svg.ts';

const ORIGINS = { clients: { board: boardClient() } };

function boardClient() {
  return { name: 'Notice Board', grants: ['device_code'], origins: ['https://board.example'], scopes: ['openid'] };
}

onEachStorage(
  ({ on, server, storage }) => {
    let second: AuthServer | undefined;
    test.before(async () => {
      second = await startAuthServer(undefined, { beside: server() });
    });
    test.after.always(() => second?.stop());

    /** Told of each step of somebody who opens the code and approves. */
    async function approvedBefore(reader: EventReader, device: DeviceAnswer): Promise<void> {
      await reader.until('pending');
      const phone = await signedInPhone(server(), await server().createPerson());
      await phone.submit(await phone.open('/device'), { user_code: device.user_code });
      await reader.until('scanned');
      await answerOn(phone, device, 'approve');
      await reader.until('approved');
      await reader.ended;
    }

    test(on('streams that waited for their turn on a lost connection give their places back'), async (t) => {
      const { events_uri } = await startDevice(server());
      const { pathname, host } = new URL(events_uri);
      const connection = connect(Number(new URL(server().origin).port), '127.0.0.1');
      connection.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(8));
      await once(connection, 'data');
      const statusNow = async (): Promise<number> => {
        const reader = await readEvents(server(), events_uri);
        reader.close();
        await sleep(50);
        return reader.status;
      };
      while ((await statusNow()) !== 429);
      connection.destroy();
      await once(connection, 'close');
      await sleep(100);
      const readers = await Promise.all([1, 2, 3, 4].map(() => readEvents(server(), events_uri)));
      t.deepEqual(
        readers.map(({ status }) => status),
        [200, 200, 200, 200],
      );
      for (const reader of readers) reader.close();
    });

    test(
      on('who sends many requests behind a stream loses the connection, and with it what waits in memory'),
      async (t) => {
        const { events_uri } = await startDevice(server());
        const { pathname, host } = new URL(events_uri);
        const connection = connect(Number(new URL(server().origin).port), '127.0.0.1');
        connection.on('error', () => undefined).resume();
        const closed = once(connection, 'close');
        connection.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        connection.write(`GET /account/sign-in HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(40));
        await closed;
        const reader = await readEvents(server(), events_uri);
        t.is(reader.status, 200);
        reader.close();
      },
    );

    test(on('the current state comes first, then each change, and approval ends the stream'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(server(), device.events_uri);
      t.is(reader.status, 200);
      t.is(reader.headers['content-type'], 'text/event-stream; charset=utf-8');
      t.is(reader.headers['cache-control'], 'no-store');
      t.is(reader.headers['x-accel-buffering'], 'no');
      await approvedBefore(reader, device);
      const hints = reader.hints();
      t.deepEqual(
        hints.map(({ state }) => state),
        ['pending', 'scanned', 'approved'],
      );
      t.true(hints.every(({ seq }, index) => index === 0 || seq > (hints[index - 1]?.seq ?? seq)));
    });

    test(on('a refusal is told and ends the stream'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(server(), device.events_uri);
      await answerOn(await signedInPhone(server(), await server().createPerson()), device, 'deny');
      await reader.until('denied');
      await reader.ended;
      t.is((await poll(server(), device)).body['error'], 'access_denied');
    });

    test(on('who comes late is told the end at once, also after redemption'), async (t) => {
      const device = await startDevice(server());
      await approve(server(), device);
      t.is((await poll(server(), device)).status, 200);
      const reader = await readEvents(server(), device.events_uri);
      await reader.ended;
      t.deepEqual(
        reader.hints().map(({ state }) => state),
        ['approved'],
      );
    });

    test(on('the stream holds no code, no token and nobody'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(server(), device.events_uri);
      const person = await approve(server(), device);
      await reader.ended;
      const handle = device.verification_uri_complete.split('/').pop() ?? '';
      for (const secret of [device.device_code, device.user_code, handle, person.id, person.email]) {
        t.false(reader.text().includes(secret));
      }
      t.regex(reader.text(), /^retry: \d+\n\n(?::\n\n|event: state\ndata: \{"state":"[a-z]+","seq":\d\}\n\n)+$/);
    });

    test(on('its address is another secret than the handle, and no part of either gives the other'), async (t) => {
      const device = await startDevice(server());
      const handle = device.verification_uri_complete.split('/').pop() ?? '';
      t.false(device.events_uri.includes(handle));
      t.false(device.events_uri.includes(device.device_code));
      t.regex(device.events_uri, /\/qr\/events\/[\w-]{43}\.[\w-]{22}$/);
    });

    test(on('the address, the secret in it and the image stay out of the log'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(server(), device.events_uri);
      await reader.until('pending');
      reader.close();
      await ask(server(), device.qr_uri);
      const logged = server().logged();
      t.true(logged.includes('/qr/image/:handle'));
      for (const address of [device.events_uri, device.qr_uri]) {
        t.false(logged.includes(address.split('/').pop()?.split('.').pop() ?? ''));
      }
    });

    test(
      on("a page of the client's registered origin reads, pages of others are refused, none by a star"),
      async (t) => {
        const device = await startDevice(server(), { clientId: 'board' });
        const events = (origin: string) => readEvents(server(), device.events_uri, { Origin: origin });
        for (const origin of ['https://board.example', server().issuer]) {
          const reader = await events(origin);
          t.is(reader.headers['access-control-allow-origin'], origin);
          t.regex(reader.headers.vary ?? '', /Origin/);
          t.is(reader.headers['access-control-allow-credentials'], undefined);
          reader.close();
        }
        for (const origin of ['https://evil.example', 'null', 'https://board.example.evil.example']) {
          const refused = await events(origin);
          t.is(refused.status, 403, origin);
          t.is(refused.headers['access-control-allow-origin'], undefined, origin);
          refused.close();
        }
        const plain = await readEvents(server(), device.events_uri);
        t.is(plain.headers['access-control-allow-origin'], undefined);
        plain.close();
      },
    );

    test(on('a scan at one process is told by another'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(second ?? server(), device.events_uri);
      await approvedBefore(reader, device);
      t.is((await poll(second ?? server(), device)).status, 200);
    });

    test(on('looking changes nothing: neither events nor the image scan or slow the poll'), async (t) => {
      const device = await startDevice(server());
      const reader = await readEvents(server(), device.events_uri);
      await reader.until('pending');
      t.is((await ask(server(), device.qr_uri)).status, 200);
      t.is((await ask(server(), device.events_uri, { method: 'HEAD' })).status, 200);
      t.is((await poll(server(), device)).body['error'], 'authorization_pending');
      t.is(reader.hints().length, 1);
      reader.close();
    });

    test(on('the image is the link in upper case, for any site to show, and is not stored'), async (t) => {
      const device = await startDevice(server());
      const { status, headers, text } = await ask(server(), device.qr_uri);
      t.is(status, 200);
      t.is(headers.get('Content-Type'), 'image/svg+xml');
      t.is(headers.get('Cross-Origin-Resource-Policy'), 'cross-origin');
      t.is(headers.get('Cache-Control'), 'no-store');
      const { data, width, height } = rasterOf(text);
      t.is(jsQR.default(data, width, height)?.data, device.verification_uri_complete.toUpperCase());
    });

    test(on('an image of an unknown handle is refused'), async (t) => {
      t.is((await ask(server(), `/qr/image/${'A'.repeat(26)}`)).status, 404);
    });

    if (storage === 'sqlite') {
      test.serial(on('at expiry the stream says so and ends, and the image is gone'), async (t) => {
        const time = stopTime(t);
        const device = await startDevice(server());
        const reader = await readEvents(server(), device.events_uri);
        await reader.until('pending');
        time.advance(device.expires_in);
        await reader.ended;
        t.is(reader.hints().at(-1)?.state, 'expired');
        t.is((await ask(server(), device.qr_uri)).status, 410);
      });
    }
  },
  { config: ORIGINS },
);

if (redisAvailable()) {
  test('redis: a store that goes away costs hints only: streams stay, polls find the tokens, hints come again', async (t) => {
    const redis = await startRedis(t, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const server = await startAuthServer(t, { storage: redis.url });
    const device = await startDevice(server);
    const phone = await signedInPhone(server, await server.createPerson());
    const sheet = await phone.open(device.verification_uri_complete);
    const reader = await readEvents(server, device.events_uri);
    await reader.until('pending');
    await redis.restart();
    t.is((await until(() => ask(server, '/readyz'))).status, 200);
    t.false(reader.hasEnded());
    t.is((await phone.submit(sheet, { decision: 'approve' })).status, 200);
    t.is((await poll(server, device)).status, 200);
    const late = await readEvents(server, device.events_uri);
    await late.ended;
    t.is(late.hints().at(-1)?.state, 'approved');
    t.true(await isHintedAgain(server, phone));
  });
}

/** A hint may fall between the store's return and the new subscription; that is what the poll is for. */
async function isHintedAgain(server: AuthServer, phone: Phone): Promise<boolean> {
  for (let attempt = 1; attempt <= 10; attempt++) {
    const device = await startDevice(server);
    const reader = await readEvents(server, device.events_uri);
    await answerOn(phone, device, 'approve');
    const heard = await reader.until('approved', 1000).catch(() => undefined);
    reader.close();
    if (heard) return true;
  }
  return false;
}

async function until(request: () => ReturnType<typeof ask>) {
  for (let attempt = 1; ; attempt++) {
    const reply = await request();
    if (reply.status === 200 || attempt === 100) return reply;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
