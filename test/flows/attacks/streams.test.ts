// `events_uri`: who may listen, and how much of the server listening takes. Readers that take nothing are dropped after 15
// seconds, which test/qr/hints.test.ts shows without waiting.
import { startAuthServer } from '../../helpers/auth-server.ts';
import { poll, startDevice } from '../../helpers/device.ts';
import { readEvents } from '../../helpers/events.ts';
import { ask } from '../../helpers/http.ts';
import { attacksOn } from './attacks.ts';

const PER_ADDRESS = 10;

const attack = attacksOn({ limits: { event_streams: { per_address: PER_ADDRESS } } });

attack(32, 'guessed, missing, shortened and borrowed secrets are unknown, foreign pages refused', async (t, scene) => {
  const { server } = scene;
  const [device, other] = [await startDevice(server), await startDevice(server)];
  const [id = '', secret = ''] = device.events_uri.split('/').pop()?.split('.') ?? [];
  const names = [
    id,
    `${id}.`,
    `${id}.${other.events_uri.split('.').pop()}`,
    `${id}.${secret.slice(0, -1)}`,
    `${id}.${secret}.x`,
    `.${secret}`,
    device.verification_uri_complete.split('/').pop() ?? '',
    `${'A'.repeat(43)}.${secret}`,
    `%00.${secret}`,
  ];
  for (const name of names) {
    const reader = await readEvents(server, `${server.issuer}/qr/events/${name}`);
    reader.close();
    t.is(reader.status, 404, name);
  }
  for (const Origin of ['https://evil.example', 'null', 'https://tv.example.evil.example']) {
    const reader = await readEvents(server, device.events_uri, { Origin });
    reader.close();
    t.deepEqual([reader.status, reader.headers['access-control-allow-origin']], [403, undefined], Origin);
  }
  t.is((await poll(server, device)).body['error'], 'authorization_pending');
});

// The only test of this file that holds streams: they are counted by address.
attack(
  33,
  '429 by code and by address, room again when one leaves; who leaves ends them all',
  async (t, { server }) => {
    const [device, neighbour] = [await startDevice(server), await startDevice(server)];
    const open = (at = device) => readEvents(server, at.events_uri);
    const held = await Promise.all(Array.from({ length: 8 }, () => open()));
    t.deepEqual(new Set(held.map(({ status }) => status)), new Set([200]));
    const refused = await open();
    t.is(refused.status, 429);
    t.true(Number(refused.headers['retry-after']) > 0);
    for (let count = held.length; count < PER_ADDRESS; count++) held.push(await open(neighbour));
    t.is(held.at(-1)?.status, 200);
    t.is((await open(neighbour)).status, 429);
    held[0]?.close();
    t.is(await statusOnceFreed(open), 200);
    for (const { close } of held) close();

    const leaving = await startAuthServer(t, { beside: server });
    const reader = await readEvents(leaving, device.events_uri);
    await reader.until('pending');
    leaving.server.leave();
    await reader.ended;
    t.deepEqual(
      reader.hints().map(({ state }) => state),
      ['pending'],
      'the next process tells the rest',
    );
    t.is((await ask(leaving, device.events_uri)).status, 503);
  },
);

async function statusOnceFreed(open: () => ReturnType<typeof readEvents>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { status, close } = await open();
    close();
    if (status === 200 || attempt === 100) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
